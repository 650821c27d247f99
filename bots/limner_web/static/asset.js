// A page with buttons, and what comes of them since it was opened; of a picture, two versions under one slider.
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
  const star = document.querySelector(".name .star");
  if (event.key === "s" && star) htmx.trigger(star, "click");
});
document.documentElement.dataset.ready = "true";
