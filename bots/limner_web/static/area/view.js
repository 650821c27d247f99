// How the picture lies in the window: drawn with what is marked over it, nearer or farther, moved about.
import { apply } from "./mask.js";

const NEAREST = 8; // times the size at which all of it is seen, or pixels of the screen for one of the picture's
const EDGE = 48; // pixels of the picture that stay in the window

export class View {
  constructor(canvas, picture, mask) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.picture = picture;
    this.mask = mask;
    this.over = document.createElement("canvas");
    this.step = null; // what is being painted, and not a part of the mask yet
    this.ring = null; // where the brush is: { x, y, size } of the picture, `cross` when it is moved by keys
    this.asked = false;
    this.fitted = true;
    this.scale = 1;
    this.x = this.y = 0;
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.resize();
  }

  // ── where things are ──────────────────────────────────────────────────────────────────────────────────────────

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (!width || !height) return;
    this.dense = window.devicePixelRatio || 1;
    for (const each of [this.canvas, this.over]) {
      each.width = Math.round(width * this.dense);
      each.height = Math.round(height * this.dense);
    }
    this.width = width;
    this.height = height;
    if (this.fitted) this.fit();
    else this.settle();
  }

  get whole() {
    return Math.min((this.width - 16) / this.mask.width, (this.height - 16) / this.mask.height);
  }

  fit() {
    this.scale = this.whole;
    this.x = (this.width - this.mask.width * this.scale) / 2;
    this.y = (this.height - this.mask.height * this.scale) / 2;
    this.fitted = true;
    this.draw();
  }

  // Zooms, so that what is at this point of the window stays there.
  zoom(times, at = [this.width / 2, this.height / 2]) {
    const least = this.whole / 2;
    const scale = Math.min(Math.max(this.scale * times, least), Math.max(this.whole * NEAREST, NEAREST));
    const [x, y] = this.inPicture(at);
    this.scale = scale;
    this.x = at[0] - x * scale;
    this.y = at[1] - y * scale;
    this.settle();
  }

  move(x, y) {
    this.x += x;
    this.y += y;
    this.settle();
  }

  settle() {
    this.fitted = false;
    const within = (at, length, room) => Math.min(Math.max(at, EDGE - length), room - EDGE);
    this.x = within(this.x, this.mask.width * this.scale, this.width);
    this.y = within(this.y, this.mask.height * this.scale, this.height);
    this.draw();
  }

  inPicture([x, y]) {
    return [(x - this.x) / this.scale, (y - this.y) / this.scale];
  }

  // Brings a point of the picture into sight.
  follow([x, y]) {
    const [left, top] = [this.x + x * this.scale, this.y + y * this.scale];
    const beyond = (at, room) => (at < EDGE ? EDGE - at : at > room - EDGE ? room - EDGE - at : 0);
    const [right, down] = [beyond(left, this.width), beyond(top, this.height)];
    if ((right || down) && !this.fitted) this.move(right, down);
    else this.draw();
  }

  // ── drawing ───────────────────────────────────────────────────────────────────────────────────────────────────

  draw() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.paint();
    });
  }

  paint() {
    const { context, mask } = this;
    this.place(context);
    context.fillStyle = pattern(context, this.dense * this.scale, checks());
    context.fillRect(0, 0, mask.width, mask.height);
    context.imageSmoothingEnabled = this.scale * (mask.width / this.picture.width) < 4;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.picture, 0, 0, mask.width, mask.height);
    this.tint();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.over, 0, 0);
    if (this.ring) this.circle();
  }

  // What is marked, with what is being painted, as a wash with stripes: it is seen on any picture.
  tint() {
    const over = this.over.getContext("2d");
    this.place(over);
    over.drawImage(this.mask.canvas, 0, 0);
    if (this.step) {
      over.beginPath();
      over.rect(0, 0, this.mask.width, this.mask.height);
      over.clip();
      apply(over, this.step, this.mask.width, this.mask.height);
    }
    over.restore();
    over.setTransform(1, 0, 0, 1, 0, 0);
    over.globalCompositeOperation = "source-in";
    over.fillStyle = pattern(over, 1, stripes(this.dense));
    over.fillRect(0, 0, this.over.width, this.over.height);
    over.globalCompositeOperation = "source-over";
  }

  place(context) {
    context.restore();
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    const scale = this.scale * this.dense;
    context.setTransform(scale, 0, 0, scale, this.x * this.dense, this.y * this.dense);
  }

  circle() {
    const { x, y, size, cross } = this.ring;
    const at = [(this.x + x * this.scale) * this.dense, (this.y + y * this.scale) * this.dense];
    const radius = Math.max((size / 2) * this.scale, 2) * this.dense;
    for (const [colour, width] of [["#000a", 3], ["#fffe", 1.4]]) {
      this.context.strokeStyle = colour;
      this.context.lineWidth = width * this.dense;
      this.context.beginPath();
      if (size) this.context.arc(...at, radius, 0, 2 * Math.PI);
      if (cross) {
        const arm = 9 * this.dense;
        this.context.moveTo(at[0] - arm, at[1]);
        this.context.lineTo(at[0] + arm, at[1]);
        this.context.moveTo(at[0], at[1] - arm);
        this.context.lineTo(at[0], at[1] + arm);
      }
      this.context.stroke();
    }
  }
}

function pattern(context, scale, tile) {
  const made = context.createPattern(tile, "repeat");
  made.setTransform(new DOMMatrix().scale(1 / scale));
  return made;
}

const tiles = new Map();

function tile(name, size, paint) {
  if (!tiles.has(name)) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    paint(canvas.getContext("2d"), size);
    tiles.set(name, canvas);
  }
  return tiles.get(name);
}

function checks() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return tile(`checks ${dark}`, 24, (context, size) => {
    context.fillStyle = dark ? "#2a2622" : "#fff";
    context.fillRect(0, 0, size, size);
    context.fillStyle = dark ? "#35302b" : "#e9e4dc";
    context.fillRect(0, 0, size / 2, size / 2);
    context.fillRect(size / 2, size / 2, size / 2, size / 2);
  });
}

function stripes(dense) {
  return tile(`stripes ${dense}`, Math.round(12 * dense), (context, size) => {
    context.fillStyle = "rgb(214 62 30 / 52%)";
    context.fillRect(0, 0, size, size);
    context.strokeStyle = "rgb(255 255 255 / 55%)";
    context.lineWidth = size / 7;
    for (const at of [-size, 0, size]) {
      context.beginPath();
      context.moveTo(at - size / 2, size * 1.5);
      context.lineTo(at + size * 1.5, -size / 2);
      context.stroke();
    }
  });
}
