// Answering a card: the next words change its picture, until they are sent or it is thought better of.
const messages = document.getElementById("messages");

export function openAnswering({ form, words }) {
  const field = form.elements.answers;
  const chip = document.getElementById("answering");

  function answer(message, name) {
    field.value = message;
    chip.hidden = !message;
    chip.querySelector("span").textContent = message ? `Changing ${name}` : "";
    if (message) words.focus();
  }

  messages.addEventListener("click", (event) => {
    const button = event.target.closest("[data-answer]");
    if (button) answer(button.dataset.answer, button.dataset.name);
  });
  chip.querySelector("button").addEventListener("click", () => {
    answer("", "");
    words.focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) answer("", "");
  });
  return () => answer("", "");
}
