// The page of a picture: its buttons, what comes of them since it was opened, and two versions under one slider.
import { openStream } from "./stream.js";
import { openDialogs } from "./dialogs.js";

openDialogs();
openStream({ toEnd: false });

const compare = document.querySelector(".compare");
if (compare) {
  const slider = compare.querySelector("input");
  const show = () => compare.style.setProperty("--at", `${slider.value}%`);
  slider.hidden = false;
  compare.classList.add("slides");
  slider.addEventListener("input", show);
  show();
  document.getElementById("with").addEventListener("change", (event) => event.target.form.requestSubmit());
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  if (event.key === "s") htmx.trigger(document.querySelector(".name .star"), "click");
});
document.documentElement.dataset.ready = "true";
