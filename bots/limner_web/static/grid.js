// A grid by keyboard, and on without end.
const grid = document.getElementById("grid");
const announce = document.getElementById("announce");
const NEAR = "1600px 0px"; // how far below the window the next page is fetched

export function openGrid() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    const tile = document.activeElement.closest("#grid > li:not(.older)");
    if (event.key === "s" && tile) {
      event.preventDefault();
      htmx.trigger(tile.querySelector(".star"), "click");
      return;
    }
    const next = towards(tile, event.key);
    if (!next) return;
    event.preventDefault();
    next.querySelector("a").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const star = event.detail.elt;
    if (!star.matches?.(".star")) return;
    announce.textContent = star.getAttribute("aria-pressed") === "true" ? "Saved" : "Not saved any longer";
  });
  if (!grid) return;
  // What came last is watched for what follows it; where it does not come, its link is still there.
  new MutationObserver(watch).observe(grid, { childList: true });
  addEventListener("DOMContentLoaded", watch);
  if (document.readyState !== "loading") watch();
}

export function tiles() {
  return grid ? grid.querySelectorAll(":scope > li:not(.older)") : [];
}

function towards(tile, key) {
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key)) return null;
  const all = Array.from(tiles());
  if (!tile || key === "Home") return all[0];
  if (key === "End") return all[all.length - 1];
  const at = all.indexOf(tile);
  if (key === "ArrowLeft") return all[at - 1];
  if (key === "ArrowRight") return all[at + 1];
  return beside(all, at, key === "ArrowDown" ? 1 : -1);
}

// The tile in the next row that stands most nearly above or below.
function beside(all, at, step) {
  const middle = all[at].offsetLeft + all[at].offsetWidth / 2;
  let row = null;
  let best = null;
  for (let to = at + step; to >= 0 && to < all.length; to += step) {
    const each = all[to];
    if (Math.abs(each.offsetTop - all[at].offsetTop) < 4) continue;
    if (row !== null && Math.abs(each.offsetTop - row) > 4) break;
    row = each.offsetTop;
    const off = Math.abs(each.offsetLeft + each.offsetWidth / 2 - middle);
    if (best === null || off < best.off) best = { each, off };
  }
  return best?.each;
}

const coming = new IntersectionObserver((seen) => {
  for (const each of seen) {
    if (!each.isIntersecting) continue;
    coming.unobserve(each.target);
    htmx.trigger(each.target.querySelector("a"), "near");
  }
}, { rootMargin: NEAR });

function watch() {
  const older = grid?.querySelector(".older");
  if (older) coming.observe(older);
}
