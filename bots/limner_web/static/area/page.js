// The page with the brush: opens the link, wires the tools, sends what was painted, shows what comes of it.
import { openControls } from "./controls.js";
import { openLink, Refused } from "./link.js";
import { Mask } from "./mask.js";
import { showOutcome } from "./outcome.js";
import { openPointers } from "./pointers.js";
import { Tools } from "./tools.js";
import { View } from "./view.js";

const link = openLink();
const by = (id) => document.getElementById(id);

async function open() {
  const opened = await link.opened();
  by("whose").textContent = `For ${opened.for} · ${opened.asset}`;
  if (opened.back) {
    by("back").href = `.${opened.back}`;
    by("back").hidden = false;
  }
  if (opened.outcome) {
    await showOutcome(link, opened.outcome, null);
    return;
  }
  const blob = await link.picture();
  const picture = await createImageBitmap(blob);
  by("editor").hidden = false;
  const canvas = by("view");
  canvas.setAttribute("aria-label", `Paint over what shall change. ${opened.alt}`);
  const mask = new Mask(opened.width, opened.height);
  const view = new View(canvas, picture, mask);
  const tools = new Tools(view, mask);
  openPointers(canvas, view, tools);
  openControls(canvas, view, mask, tools);
  by("price").textContent = opened.estimate ? `about ${opened.estimate}, for ${opened.for}` : "";
  by("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send(mask, blob);
  });
  const leaving = (event) => event.preventDefault();
  mask.changed = chain(mask.changed, () => {
    removeEventListener("beforeunload", leaving);
    if (mask.done.length) addEventListener("beforeunload", leaving);
  });
  sent = () => removeEventListener("beforeunload", leaving);
}

let sent = () => {};

async function send(mask, source) {
  const button = by("send");
  if (button.disabled) return;
  by("trouble").textContent = "";
  button.disabled = true;
  button.textContent = "Sending…";
  try {
    const png = await mask.png();
    if (!png) throw new Refused(unmarked(mask));
    const said = new FormData();
    said.append("prompt", by("prompt").value);
    said.append("mask", png, "mask.png");
    await link.submit(said);
    sent();
    await showOutcome(link, await link.state(), source);
  } catch (problem) {
    by("trouble").textContent = problem.message;
  } finally {
    button.disabled = false;
    button.textContent = "Paint";
  }
}

function unmarked(mask) {
  return mask.share < 0.5
    ? "Nothing is marked yet: paint over what shall change."
    : "Everything is marked: leave something as it is. To change all of it, answer the picture in the chat.";
}

function chain(one, other) {
  return () => { one(); other(); };
}

open()
  .catch((problem) => {
    by("refused").hidden = false;
    by("says").textContent = problem.message;
  })
  .finally(() => { document.documentElement.dataset.ready = "true"; });
