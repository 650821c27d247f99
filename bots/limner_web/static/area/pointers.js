// Mouse, pen and fingers: one paints, two move the picture and zoom.
const WHEEL = 0.0016; // how much a wheel's pixel zooms

export function openPointers(canvas, view, tools) {
  const down = new Map(); // the pointers that touch, by id, where they are
  let moving = false; // the picture, not the brush

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 1) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, at(event));
    moving = down.size > 1 || event.button === 1 || tools.tool === "hand";
    if (moving) tools.drop();
    else tools.begin(view.inPicture(at(event)));
    grip(moving);
  });

  canvas.addEventListener("pointermove", (event) => {
    const now = at(event);
    const before = down.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType !== "touch") tools.hover(view.inPicture(now));
      return;
    }
    if (moving) {
      const others = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      if (others.length) pinch(before, now, others[0]);
      else view.move(now[0] - before[0], now[1] - before[1]);
    } else {
      const parts = event.getCoalescedEvents?.() || [];
      for (const each of parts.length ? parts : [event]) tools.go(view.inPicture(at(each)));
    }
    down.set(event.pointerId, now);
  });

  const up = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (!moving && event.type === "pointerup") tools.end(event.pointerType);
    if (event.type === "pointercancel") tools.drop();
    if (!down.size) grip((moving = false)); // after two fingers, the one that is left does not begin to paint
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => tools.hover(null));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 20 : 1) * WHEEL), at(event));
  }, { passive: false });

  function pinch(before, now, other) {
    const apart = (point) => Math.max(Math.hypot(point[0] - other[0], point[1] - other[1]), 8);
    const middle = (point) => [(point[0] + other[0]) / 2, (point[1] + other[1]) / 2];
    const [from, to] = [middle(before), middle(now)];
    view.move(to[0] - from[0], to[1] - from[1]);
    view.zoom(apart(now) / apart(before), to);
  }

  function grip(moves) {
    canvas.dataset.moving = moves;
  }
}
