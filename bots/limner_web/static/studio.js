// The page: what htmx alone does not say.
import { openStream } from "./stream.js";
import { openComposer } from "./composer.js";
import { openAnswering } from "./answering.js";
import { openSuggestions } from "./suggestions.js";
import { openMicrophone } from "./microphone.js";
import { openDialogs } from "./dialogs.js";

openDialogs();
openStream();
const composer = openComposer();
openSuggestions(composer);
composer.onSent(openAnswering(composer));
openMicrophone(composer);
document.documentElement.dataset.ready = "true";
