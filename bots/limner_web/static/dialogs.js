// Forms that a button opens, and second thoughts before what cannot be undone.
import { newId } from "./ids.js";

const dialog = document.getElementById("dialog");
const THOUGHT = 4000; // milliseconds in which the second press has to come

export function openDialogs() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const said = event.detail.parameters;
    if (event.detail.verb === "post" && !said.event) said.event = newId();
    if (event.detail.verb === "post" && !said.channel) said.channel = document.body.dataset.channel;
  });
  document.body.addEventListener("htmx:confirm", (event) => {
    const button = event.detail.elt;
    if (!button.dataset.sure || button.dataset.armed) return;
    event.preventDefault();
    const label = button.textContent;
    button.dataset.armed = "true";
    button.textContent = button.dataset.sure;
    setTimeout(() => {
      delete button.dataset.armed;
      button.textContent = label;
    }, THOUGHT);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog && dialog.childElementCount) dialog.showModal();
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (dialog.contains(event.detail.elt) && event.detail.elt.tagName === "FORM" && event.detail.successful) {
      dialog.close();
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.replaceChildren());
}
