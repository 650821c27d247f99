// The composer: Enter sends, pictures come by drop, paste and picker, options are counted.
import { newId } from "./ids.js";
import { scrollToEnd } from "./stream.js";

const form = document.getElementById("composer");
const words = document.getElementById("words");
const files = document.getElementById("files");
const previews = document.getElementById("previews");
const trouble = document.getElementById("trouble");
const options = form.querySelector("details.options");
const panel = options.querySelector(".panel");

export function openComposer() {
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    form.requestSubmit();
  });
  words.addEventListener("input", grow);
  words.addEventListener("paste", (event) => {
    const pasted = pictures(event.clipboardData);
    if (!pasted.length) return;
    event.preventDefault();
    add(pasted);
  });
  files.addEventListener("change", () => show(checked(Array.from(files.files))));
  panel.addEventListener("input", count);
  for (const button of document.querySelectorAll("[data-example]")) {
    button.addEventListener("click", () => {
      words.value = button.dataset.example;
      grow();
      words.focus();
      form.requestSubmit();
    });
  }
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    if (event.detail.successful) sent(event.detail.xhr.status === 202);
    else say(event.detail.xhr.responseText || "Limner cannot be reached just now. Your words are still here.");
  });
  for (const details of form.querySelectorAll("details")) {
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      details.querySelector("summary").focus();
    });
    details.addEventListener("toggle", () => {
      if (details.open) for (const other of form.querySelectorAll("details")) if (other !== details) other.open = false;
    });
  }
  document.addEventListener("click", (event) => {
    for (const open of form.querySelectorAll("details[open]")) if (!open.contains(event.target)) open.open = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const details = event.detail.elt.closest("details.samples");
    if (details) { details.open = false; scrollToEnd(); }
  });
  takeDrops();
  count();
  return { form, words, say, grow, sent, onSent: (done) => afterwards.push(done) };
}

const afterwards = [];

function sent(taken) {
  say("");
  form.elements.event.value = newId();
  if (!taken) return; // refused: the words stay, to be mended
  words.value = "";
  grow();
  show([]);
  for (const done of afterwards) done();
  options.open = false;
  scrollToEnd();
}

export function say(sentence) {
  trouble.textContent = sentence;
}

function grow() {
  words.classList.toggle("long", words.value.length > 60 || words.value.includes("\n"));
  const lines = words.value.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 56)), 0);
  words.rows = Math.min(8, Math.max(1, lines));
}

function count() {
  const said = Array.from(panel.querySelectorAll("input, select")).filter((each) =>
    each.type === "checkbox" ? each.checked : each.value !== "",
  );
  const chosen = document.getElementById("chosen");
  chosen.textContent = said.length ? ` ${said.map((each) => (each.type === "checkbox" ? each.name.replace("option-", "") : each.value)).join(", ")}` : "";
}

// ── pictures to go by ──────────────────────────────────────────────────────────────────────────────────────────

function pictures(transfer) {
  return Array.from(transfer?.files || []).filter((each) => each.type.startsWith("image/") || !each.type);
}

function add(more) {
  show(checked([...files.files, ...more]));
}

function checked(chosen) {
  const largest = Number(form.dataset.fileLimit);
  const most = Number(form.dataset.filesLimit);
  const large = chosen.find((each) => each.size > largest);
  say("");
  if (large) say(`“${large.name}” is too big a file. Please attach one of at most ${largest / 1e6} MB.`);
  const fitting = chosen.filter((each) => each.size <= largest);
  if (fitting.length > most) say(`${most} pictures are the most that go with one request.`);
  return fitting.slice(0, most);
}

function show(chosen) {
  const transfer = new DataTransfer();
  for (const each of chosen) transfer.items.add(each);
  files.files = transfer.files;
  for (const image of previews.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  previews.replaceChildren(...chosen.map(preview));
}

function preview(file, index) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.src = URL.createObjectURL(file);
  image.alt = file.name;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "×";
  remove.setAttribute("aria-label", `Remove ${file.name}`);
  remove.addEventListener("click", () => {
    show(Array.from(files.files).filter((_, each) => each !== index));
    words.focus();
  });
  item.append(image, remove);
  return item;
}

function takeDrops() {
  let depth = 0;
  const leave = () => { depth = 0; document.body.classList.remove("dropping"); };
  window.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    depth += 1;
    document.body.classList.add("dropping");
  });
  window.addEventListener("dragleave", () => { depth -= 1; if (depth <= 0) leave(); });
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    leave();
    const dropped = pictures(event.dataTransfer);
    if (dropped.length) add(dropped);
    else if (event.dataTransfer?.files.length) say("Only pictures can go with a prompt.");
  });
}
