// The controls beside the picture, and the keys.
import { box } from "./tools.js";

const by = (id) => document.getElementById(id);
const NEARER = 1.4;
const CHOICES = { b: "brush", e: "eraser", r: "rectangle", h: "hand" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function openControls(canvas, view, mask, tools) {
  const size = by("size");
  const resize = () => {
    tools.resize(Number(size.value));
    by("pixels").textContent = `${tools.size} px`;
  };
  const choose = (tool) => {
    document.querySelector(`[name=tool][value=${tool}]`).checked = true;
    tools.choose(tool);
    canvas.dataset.tool = tool;
  };
  size.addEventListener("input", resize);
  for (const each of document.querySelectorAll("[name=tool]")) each.addEventListener("change", () => choose(each.value));
  const does = {
    undo: () => mask.undo(),
    redo: () => mask.redo(),
    clear: () => mask.done.length && mask.add({ kind: "clear" }),
    invert: () => mask.add({ kind: "invert" }),
    nearer: () => view.zoom(NEARER),
    farther: () => view.zoom(1 / NEARER),
    whole: () => view.fit(),
    mark: () => part(false),
    unmark: () => part(true),
  };
  for (const [id, work] of Object.entries(does)) by(id).addEventListener("click", work);
  openParts(mask);

  mask.changed = () => {
    by("undo").disabled = !mask.done.length;
    by("redo").disabled = !mask.undone.length;
    by("share").textContent = spell(mask);
    view.draw();
  };
  mask.changed();
  resize();
  choose("brush");

  canvas.addEventListener("keydown", (event) => {
    const moved = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moved) tools.step(...moved, event.shiftKey);
    else if (event.key === " " || event.key === "Enter") tools.put();
    else if (event.key === "Escape") tools.drop();
    else if (event.key in CHOICES) choose(CHOICES[event.key]);
    else if (event.key === "[" || event.key === "]") change(event.key === "[" ? -5 : 5);
    else if (event.key === "+" || event.key === "=") does.nearer();
    else if (event.key === "-") does.farther();
    else if (event.key === "0") does.whole();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("textarea, input:not([type=radio], [type=range])")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) does.undo();
    else if (key === "y" || key === "z") does.redo();
    else return;
    event.preventDefault();
  });

  function change(by) {
    size.value = Number(size.value) + by;
    resize();
  }

  function part(erase) {
    const [from, to] = chosen(mask);
    const marked = box(from, to, mask);
    if (marked.width && marked.height) mask.add({ kind: "box", erase, ...marked });
  }
}

// ── a part of the picture, without painting ────────────────────────────────────────────────────────────────────

function openParts(mask) {
  const numbers = by("numbers");
  by("part").addEventListener("change", () => { numbers.hidden = by("part").value !== "own"; });
  for (const [id, most] of [["left", mask.width], ["top", mask.height], ["width", mask.width], ["height", mask.height]]) {
    by(id).max = most;
  }
  by("width").value = Math.round(mask.width / 2);
  by("height").value = Math.round(mask.height / 2);
}

// Two opposite corners.
function chosen(mask) {
  const said = by("part").value;
  if (said === "own") {
    const [left, top, width, height] = ["left", "top", "width", "height"].map((id) => Number(by(id).value) || 0);
    return [[left, top], [left + width, top + height]];
  }
  if (!said) return [[0, 0], [0, 0]];
  const [left, top, right, bottom] = said.split(",").map(Number);
  return [[left * mask.width, top * mask.height], [right * mask.width, bottom * mask.height]];
}

function spell(mask) {
  if (!mask.done.length) return "Paint over what shall change.";
  const percent = Math.round(mask.share * 100);
  if (mask.share === 0) return "Nothing is marked.";
  return percent < 1 ? "Less than 1 % of the picture may change." : `${percent} % of the picture may change.`;
}
