// The tools: what a pointer, or a key, does to the mask.
const SMALLEST = 0.004;
const LARGEST = 0.3; // of the picture's longer side

export class Tools {
  constructor(view, mask) {
    this.view = view;
    this.mask = mask;
    this.tool = "brush";
    this.size = 1;
    this.cursor = [mask.width / 2, mask.height / 2]; // moved by keys
    this.corner = null; // of a rectangle that is drawn by keys
  }

  // A brush's diameter in pixels of the picture, from a setting of 0 to 100.
  resize(setting) {
    const longest = Math.max(this.mask.width, this.mask.height);
    this.size = Math.max(1, Math.round(longest * SMALLEST * (LARGEST / SMALLEST) ** (setting / 100)));
    if (this.view.ring) this.view.ring.size = this.round ? this.size : 0;
    this.view.draw();
  }

  choose(tool) {
    this.drop();
    this.tool = tool;
    this.view.ring = null;
    this.view.draw();
  }

  get round() {
    return this.tool === "brush" || this.tool === "eraser";
  }

  // ── by pointer ────────────────────────────────────────────────────────────────────────────────────────────────

  begin(point) {
    const erase = this.tool === "eraser";
    this.view.step = this.round
      ? { kind: "stroke", erase, size: this.size, points: [point] }
      : { kind: "box", erase, from: point, ...box(point, point, this.mask) };
    this.hover(point);
  }

  go(point) {
    const step = this.view.step;
    if (!step) return;
    if (step.kind === "stroke") step.points.push(point);
    else Object.assign(step, box(step.from, point, this.mask));
    this.hover(point);
  }

  end(by) {
    const step = this.view.step;
    this.view.step = null;
    if (step && (step.kind === "stroke" || (step.width && step.height))) this.mask.add(step);
    if (by === "touch") this.hover(null);
    this.view.draw();
  }

  drop() {
    this.view.step = null;
    this.corner = null;
    this.view.draw();
  }

  hover(point) {
    this.view.ring = point && this.round ? { x: point[0], y: point[1], size: this.size } : null;
    this.view.draw();
  }

  // ── by key ────────────────────────────────────────────────────────────────────────────────────────────────────

  step(x, y, paints) {
    const far = this.round ? Math.max(1, Math.round(this.size / 2)) : Math.max(1, Math.round(this.mask.width / 100));
    const before = this.cursor;
    const within = (at, most) => Math.min(Math.max(at, 0), most);
    this.cursor = [within(before[0] + x * far, this.mask.width), within(before[1] + y * far, this.mask.height)];
    if (paints && this.round) {
      this.mask.add({ kind: "stroke", erase: this.tool === "eraser", size: this.size, points: [before, this.cursor] });
    }
    if (this.corner) this.view.step = { kind: "box", erase: false, ...box(this.corner, this.cursor, this.mask) };
    this.aim();
  }

  put() {
    if (this.round) {
      this.mask.add({ kind: "stroke", erase: this.tool === "eraser", size: this.size, points: [this.cursor] });
    } else if (this.tool === "rectangle" && this.corner === null) {
      this.corner = this.cursor;
    } else if (this.corner) {
      this.corner = null;
      this.end("key");
    }
    this.aim();
  }

  aim() {
    this.view.ring = { x: this.cursor[0], y: this.cursor[1], size: this.round ? this.size : 0, cross: true };
    this.view.follow(this.cursor);
  }
}

// A rectangle between two corners, in whole pixels, as far as it is on the picture.
export function box(one, other, { width, height }) {
  const [left, right] = [one[0], other[0]].sort((a, b) => a - b).map((each) => between(each, width));
  const [top, bottom] = [one[1], other[1]].sort((a, b) => a - b).map((each) => between(each, height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function between(at, most) {
  return Math.min(Math.max(Math.round(at), 0), most);
}
