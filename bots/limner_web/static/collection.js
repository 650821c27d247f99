// A collection: its buttons, what comes of them, and its grid without end.
import { openStream } from "./stream.js";
import { openDialogs } from "./dialogs.js";
import { openGrid } from "./grid.js";

openDialogs();
openStream({ toEnd: false });
openGrid();
document.documentElement.dataset.ready = "true";
