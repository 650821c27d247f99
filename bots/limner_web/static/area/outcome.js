// What comes of it: how far it is, then the picture, or why there is none.
const PACE = 1000; // milliseconds between two looks
const PATIENCE = 5; // looks in a row that may fail before it is said
const by = (id) => document.getElementById(id);

export async function showOutcome(link, outcome, source) {
  by("editor").hidden = true;
  by("outcome").hidden = false;
  const before = source ? URL.createObjectURL(source) : null;
  if (before) show(before, "The picture as it was");
  by("stage").focus();
  const began = performance.now() - outcome.seconds * 1000;
  let missed = 0;
  while (outcome.busy) {
    say(`${outcome.stage || "Painting"}…`, "You may close this page: the new version comes into the chat.", "busy");
    if (outcome.state === "painting") by("told").dataset.seconds = Math.floor((performance.now() - began) / 1000);
    await new Promise((resolve) => setTimeout(resolve, PACE));
    try {
      outcome = await link.state();
      missed = 0;
    } catch (problem) {
      missed += 1;
      if (missed < PATIENCE) continue;
      say("It goes on in the chat", problem.message, "failed");
      return;
    }
  }
  if (outcome.state !== "done") {
    say("No new version", outcome.said.join(" "), "failed");
    return;
  }
  const result = URL.createObjectURL(await link.result());
  show(result, outcome.picture);
  say("Done", `${outcome.job} is in the chat now, with all that can be done with it.`, "done");
  if (before) compare(before, result, outcome.picture);
}

function show(url, alt) {
  const picture = by("picture");
  picture.src = url;
  picture.alt = alt;
  picture.hidden = false;
}

function say(title, words, state) {
  const [stage, told] = [by("stage"), by("told")];
  if (stage.textContent !== title) stage.textContent = title;
  if (told.textContent !== words) told.textContent = words;
  by("outcome").dataset.state = state;
}

function compare(before, after, alt) {
  const button = by("before");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", shown);
    show(shown ? before : after, shown ? "The picture as it was" : alt);
  });
}
