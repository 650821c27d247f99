// The page of a picture: its buttons, and what comes of them since it was opened.
import { openStream } from "./stream.js";
import { openDialogs } from "./dialogs.js";

openDialogs();
openStream({ toEnd: false });
document.documentElement.dataset.ready = "true";
