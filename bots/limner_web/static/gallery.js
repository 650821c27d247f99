// The gallery: its search by keyboard. Everything else is the address.
import { openGrid, tiles } from "./grid.js";

const seek = document.getElementById("seek");
const find = document.getElementById("find");
const filters = find.querySelector("details");

openGrid();
find.addEventListener("submit", () => {
  // What is left empty is no part of the address.
  for (const each of find.elements) if (each.name && !each.value) each.disabled = true;
});
addEventListener("pageshow", () => { for (const each of find.elements) each.disabled = false; });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") leave(event);
  if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  seek.focus();
  seek.select();
});

function leave(event) {
  if (filters.open) {
    filters.open = false;
    filters.querySelector("summary").focus();
  } else if (event.target === seek) {
    seek.blur();
    tiles()[0]?.querySelector("a").focus();
  } else {
    document.activeElement.blur();
  }
}

document.addEventListener("click", (event) => {
  if (filters.open && !filters.contains(event.target)) filters.open = false;
});
document.documentElement.dataset.ready = "true";
