// Cards as they appear and change: a card that is there already is replaced, unless it is the same.
const messages = document.getElementById("messages");
const announce = document.getElementById("announce");
const connection = document.getElementById("connection");
const CLOSE = 160; // pixels from the end that still count as reading the newest

export function openStream({ toEnd = true } = {}) {
  document.body.addEventListener("htmx:sseBeforeMessage", (event) => {
    event.preventDefault();
    put(event.detail.data);
  });
  document.body.addEventListener("htmx:sseOpen", (event) => {
    connection.textContent = "";
    const source = event.detail.source;
    const library = document.getElementById("library");
    if (library) source.addEventListener("library", () => htmx.trigger(library, "refresh"));
  });
  document.body.addEventListener("htmx:sseError", () => {
    connection.textContent = " · reconnecting…";
  });
  // A refusal comes as the answer itself, and is appended by htmx.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== messages) return;
    const last = messages.lastElementChild;
    if (!last || last.dataset.seen) return;
    arrived(last, true);
    scrollToEnd();
  });
  for (const card of messages.children) arrived(card, false);
  setInterval(tick, 1000);
  if (!toEnd) return;
  scrollToEnd();
  restPictures();
}

function put(html) {
  const follow = nearEnd();
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const fresh = holder.content.firstElementChild;
  const old = document.getElementById(fresh.id);
  if (old && old.dataset.version === fresh.dataset.version) return;
  const news = !old || old.dataset.state !== fresh.dataset.state;
  if (old) {
    const focused = old.contains(document.activeElement) ? document.activeElement.id : null;
    keepHeight(old, fresh);
    old.replaceWith(fresh);
    if (focused !== null) (document.getElementById(focused) || fresh).focus({ preventScroll: true });
  } else {
    fresh.classList.add("fresh");
    messages.append(fresh);
  }
  htmx.process(fresh);
  arrived(fresh, news);
  if (follow) scrollToEnd();
}

function arrived(card, news) {
  card.dataset.seen = "true";
  card.arrivedAt = performance.now();
  if (news && card.dataset.told) announce.textContent = card.dataset.told;
  const onward = news && card.querySelector("a[data-at-once]");
  if (onward) location.assign(onward.href);
  for (const image of card.querySelectorAll("img")) {
    image.addEventListener("load", () => nearEnd(image.height + CLOSE) && scrollToEnd(), { once: true });
  }
}

// The partial picture stays until the next one is there: nothing flashes.
function keepHeight(old, fresh) {
  const before = old.querySelector(".partial");
  const after = fresh.querySelector(".partial");
  if (!before || !after) return;
  const next = after.src;
  after.src = before.src;
  const loader = new Image();
  loader.addEventListener("load", () => { after.src = next; });
  loader.src = next;
}

function tick() {
  for (const line of messages.querySelectorAll(".state-painting .progress")) {
    const card = line.closest(".card");
    const seconds = Number(line.dataset.seconds) + (performance.now() - card.arrivedAt) / 1000;
    if (seconds >= 1) line.querySelector(".elapsed").textContent = `${Math.floor(seconds)} s`;
  }
}

function nearEnd(within = CLOSE) {
  const page = document.documentElement;
  return page.scrollHeight - window.innerHeight - window.scrollY < within;
}

export function scrollToEnd() {
  window.scrollTo({ top: document.documentElement.scrollHeight });
}

function restPictures() {
  window.addEventListener("load", () => scrollToEnd(), { once: true });
}
