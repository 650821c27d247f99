// The list under which one may go on: arrows choose, Tab or Enter takes, Escape leaves.
const list = document.getElementById("suggestions");

export function openSuggestions({ words, form, grow }) {
  let chosen = -1;
  const items = () => Array.from(list.children);

  function mark(index) {
    chosen = index;
    for (const [each, item] of items().entries()) item.setAttribute("aria-selected", String(each === index));
    const item = items()[index];
    if (item) {
      words.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else words.removeAttribute("aria-activedescendant");
  }
  function hide() {
    list.hidden = true;
    list.replaceChildren();
    mark(-1);
  }
  function take(item) {
    words.value = item.dataset.text;
    hide();
    grow();
    words.focus();
    words.dispatchEvent(new Event("input", { bubbles: true }));
  }

  list.addEventListener("htmx:afterSwap", () => {
    if (!words.value) return hide(); // sent meanwhile
    list.hidden = list.childElementCount === 0;
    mark(-1);
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (item) take(item);
  });
  // Before the composer's own keys.
  words.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const count = list.childElementCount;
    if (event.key === "ArrowDown") mark((chosen + 1) % count);
    else if (event.key === "ArrowUp") mark((chosen - 1 + count) % count);
    else if (event.key === "Escape") hide();
    else if (event.key === "Tab" && !event.shiftKey) take(items()[Math.max(0, chosen)]);
    else if (event.key === "Enter" && chosen >= 0) take(items()[chosen]);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
  words.addEventListener("input", () => words.value || hide());
  words.addEventListener("blur", hide);
  form.addEventListener("submit", hide);
}
