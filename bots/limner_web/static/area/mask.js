// What is marked: a canvas of the picture's own size, opaque where the picture may change, and the steps that made it.
const REMEMBERED = 200; // steps that can be undone

export class Mask {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.canvas = layer(width, height);
    this.done = [];
    this.undone = [];
    this.changed = () => {};
    this.ground = null; // what steps made that are too long ago to be undone
    this.glance = layer(...glance(width, height)).getContext("2d", { willReadFrequently: true });
  }

  add(step) {
    this.done.push(step);
    this.undone = [];
    apply(this.canvas.getContext("2d"), step, this.width, this.height);
    if (this.done.length > REMEMBERED) this.forget();
    this.changed();
  }

  undo() {
    if (!this.done.length) return;
    this.undone.push(this.done.pop());
    this.repaint();
  }

  redo() {
    if (!this.undone.length) return;
    const step = this.undone.pop();
    this.done.push(step);
    apply(this.canvas.getContext("2d"), step, this.width, this.height);
    this.changed();
  }

  repaint() {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    if (this.ground) context.drawImage(this.ground, 0, 0);
    for (const step of this.done) apply(context, step, this.width, this.height);
    this.changed();
  }

  forget() {
    this.ground ||= layer(this.width, this.height);
    apply(this.ground.getContext("2d"), this.done.shift(), this.width, this.height);
  }

  // About how much is marked, from 0 to 1, by a small copy.
  get share() {
    const { width, height } = this.glance.canvas;
    this.glance.clearRect(0, 0, width, height);
    this.glance.drawImage(this.canvas, 0, 0, width, height);
    const pixels = this.glance.getImageData(0, 0, width, height).data;
    let sum = 0;
    for (let at = 3; at < pixels.length; at += 4) sum += pixels[at];
    return sum / (255 * width * height);
  }

  // The mask as the Images API takes it: transparent where the picture may change, black elsewhere, nothing between.
  // Null when nothing is marked, or everything.
  async png() {
    const out = layer(this.width, this.height);
    const context = out.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.canvas, 0, 0);
    const image = context.getImageData(0, 0, this.width, this.height);
    const bytes = image.data;
    let marked = 0;
    for (let at = 0; at < bytes.length; at += 4) {
      const stays = bytes[at + 3] < 128;
      if (!stays) marked += 1;
      bytes[at] = bytes[at + 1] = bytes[at + 2] = 0;
      bytes[at + 3] = stays ? 255 : 0;
    }
    if (!marked || marked === this.width * this.height) return null;
    context.putImageData(image, 0, 0);
    return new Promise((resolve) => out.toBlob(resolve, "image/png"));
  }
}

// One step, on any canvas whose transformation is the picture's.
export function apply(context, step, width, height) {
  context.save();
  context.globalCompositeOperation = step.erase ? "destination-out" : "source-over";
  context.fillStyle = context.strokeStyle = "#000";
  if (step.kind === "stroke") stroke(context, step);
  else if (step.kind === "box") context.fillRect(step.x, step.y, step.width, step.height);
  else if (step.kind === "clear") context.clearRect(0, 0, width, height);
  else if (step.kind === "invert") {
    context.globalCompositeOperation = "xor";
    context.fillRect(0, 0, width, height);
  }
  context.restore();
}

function stroke(context, { points, size }) {
  context.beginPath();
  if (points.length === 1) {
    context.arc(points[0][0], points[0][1], size / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.lineWidth = size;
  context.lineCap = context.lineJoin = "round";
  context.moveTo(...points[0]);
  for (const point of points.slice(1)) context.lineTo(...point);
  context.stroke();
}

function layer(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function glance(width, height) {
  const small = Math.min(1, 256 / Math.max(width, height));
  return [Math.max(1, Math.round(width * small)), Math.max(1, Math.round(height * small))];
}
