// The map's picture: every opinion a small mark of a colour and a shape, written straight into the pixels, and the
// titles of pain points where there is room.

const SHAPES = {
  circle: (x, y) => x * x + y * y <= 1,
  square: (x, y) => Math.abs(x) <= 0.86 && Math.abs(y) <= 0.86,
  up: (x, y) => y <= 0.8 && y >= Math.abs(x) * 1.75 - 1.1,
  down: (x, y) => -y <= 0.8 && -y >= Math.abs(x) * 1.75 - 1.1,
  diamond: (x, y) => Math.abs(x) + Math.abs(y) <= 1.15,
  cross: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 1.05 && Math.min(Math.abs(x), Math.abs(y)) <= 0.38,
};
const CYCLE = ["circle", "square", "up", "diamond", "cross"];
const HUES = 8;

// The colour and the shape of the `number`-th of many: forty before one comes again.
export function style(number) {
  return { hue: `--map-${(number % HUES) + 1}`, shape: CYCLE[(number + Math.floor(number / HUES)) % CYCLE.length] };
}

export function colours(element) {
  const computed = getComputedStyle(element);
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  return (name) => {
    if (!known.has(name)) {
      probe.fillStyle = computed.getPropertyValue(name).trim();
      probe.fillRect(0, 0, 1, 1);
      known.set(name, [...probe.getImageData(0, 0, 1, 1).data.slice(0, 3)]);
    }
    return known.get(name);
  };
}

// Which pixels around a point a mark covers, and how much of each: 0..255.
const stamps = new Map();
function stamp(shape, radius) {
  const key = `${shape} ${radius}`;
  if (!stamps.has(key)) {
    const dx = [], dy = [], cover = [];
    const reach = Math.ceil(radius * 1.3);
    for (let y = -reach; y <= reach; y += 1) {
      for (let x = -reach; x <= reach; x += 1) {
        let hits = 0;
        for (let i = 0; i < 16; i += 1) {
          hits += SHAPES[shape]((x + ((i % 4) - 1.5) / 4) / radius, (y + (Math.floor(i / 4) - 1.5) / 4) / radius) ? 1 : 0;
        }
        if (hits) {
          dx.push(x);
          dy.push(y);
          cover.push(Math.round((hits / 16) * 256));
        }
      }
    }
    stamps.set(key, { dx: Int8Array.from(dx), dy: Int8Array.from(dy), cover: Int16Array.from(cover), reach });
  }
  return stamps.get(key);
}

export function mark(canvas, { hue, shape }, colour) {
  const pixels = Math.round(16 * (globalThis.devicePixelRatio || 1));
  canvas.width = canvas.height = pixels;
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${colour(hue).join(" ")})`;
  const { dx, dy, cover } = stamp(shape, pixels * 0.3);
  for (let i = 0; i < dx.length; i += 1) {
    context.globalAlpha = cover[i] / 256;
    context.fillRect(pixels / 2 + dx[i], pixels / 2 + dy[i], 1, 1);
  }
}

export class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
  }

  // Makes the canvas as many pixels as it has on the screen.
  fit() {
    this.density = Math.min(globalThis.devicePixelRatio || 1, 2);
    const width = Math.max(1, Math.round(this.canvas.clientWidth * this.density));
    const height = Math.max(1, Math.round(this.canvas.clientHeight * this.density));
    if (this.canvas.width !== width || this.canvas.height !== height || !this.image) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.image = this.context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.colour = colours(this.canvas);
  }

  // Draws the points shown: `kinds` (n) into `styles`, those `chosen` (n) last and ringed, the others faded
  // beside them; faint kinds beneath all others.
  points(points, view, shown, kinds, styles, chosen, some) {
    const ground = this.colour("--card");
    this.pixels.fill(packed(ground));
    const room = Math.sqrt((this.canvas.clientWidth * this.canvas.clientHeight) / Math.max(points.count, 1));
    const size = Math.min(6, Math.max(0.9, Math.min(2.6, room * 0.28)) * view.zoom ** 0.4);
    const radius = Math.round(size * this.density * 2) / 2;
    const ink = this.colour("--ink");
    const faded = styles.map(({ hue, faint }) => this.colour(hue).map((c, i) => Math.round(c + (ground[i] - c) * (some ? 0.72 : faint ? 0.35 : 0))));
    const plain = styles.map(({ hue }) => this.colour(hue));
    const marks = styles.map(({ shape }) => stamp(shape, radius));
    const ring = size < 2.4 ? null : stamp("circle", radius + this.density);
    const { scale, left, top } = this.frame(view);
    const over = styles.map(({ faint }) => (faint ? 0 : 1));
    for (const late of [0, 1]) {
      for (let i = 0; i < points.count; i += 1) {
        if (!shown[i] || (some ? chosen[i] : over[kinds[i]]) !== late) continue;
        const x = Math.round(left + points.x[i] * scale);
        const y = Math.round(top + points.y[i] * scale);
        if (some && late && ring) this.put(ring, x, y, ink);
        this.put(marks[kinds[i]], x, y, some && late ? plain[kinds[i]] : faded[kinds[i]]);
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  put({ dx, dy, cover, reach }, x, y, [red, green, blue]) {
    const { width, height } = this.image;
    if (x < reach || y < reach || x >= width - reach || y >= height - reach) return;
    const full = (255 << 24) | (blue << 16) | (green << 8) | red;
    const pixels = this.pixels;
    const at = y * width + x;
    for (let i = 0; i < dx.length; i += 1) {
      const here = at + dy[i] * width + dx[i];
      const share = cover[i];
      if (share === 256) {
        pixels[here] = full;
      } else {
        const old = pixels[here];
        const rest = 256 - share;
        pixels[here] = (255 << 24) | ((((blue * share + ((old >> 16) & 255) * rest) >> 8) & 255) << 16) |
          ((((green * share + ((old >> 8) & 255) * rest) >> 8) & 255) << 8) | (((red * share + (old & 255) * rest) >> 8) & 255);
      }
    }
  }

  // Where the middle of the plane is, and how long one of its units, in pixels.
  frame(view) {
    const { width, height } = this.canvas;
    const scale = view.zoom * Math.min(width, height) * 0.47;
    return { scale, left: width / 2 - view.x * scale, top: height / 2 - view.y * scale };
  }

  // Writes titles, the first first, where none that is written already is in the way.
  labels(labels, view) {
    const context = this.context;
    const size = 12.5 * this.density;
    context.font = `600 ${size}px ${getComputedStyle(this.canvas).fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const { scale, left, top } = this.frame(view);
    const taken = [];
    for (const { x, y, text, rtl } of labels) {
      const across = left + x * scale;
      const down = top + y * scale;
      if (across < 0 || down < 0 || across > this.canvas.width || down > this.canvas.height) continue;
      context.direction = rtl ? "rtl" : "ltr";
      const half = context.measureText(text).width / 2 + 4;
      const middle = Math.max(half, Math.min(this.canvas.width - half, across));
      const box = [middle - half, down - size * 0.8, middle + half, down + size * 0.8];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box);
      context.strokeStyle = `rgb(${this.colour("--card").join(" ")})`;
      context.lineWidth = 4 * this.density;
      context.strokeText(text, middle, down);
      context.fillStyle = `rgb(${this.colour("--ink").join(" ")})`;
      context.fillText(text, middle, down);
      if (taken.length >= 40) return;
    }
  }

  // A line through places of the plane; of two corners a rectangle.
  outline(corners, view) {
    const { scale, left, top } = this.frame(view);
    const context = this.context;
    context.beginPath();
    for (let i = 0; i < corners.length; i += 2) context.lineTo(left + corners[i] * scale, top + corners[i + 1] * scale);
    context.closePath();
    for (const [name, width, dash] of [["--card", 4, []], ["--accent", 2, [6, 4]]]) {
      context.strokeStyle = `rgb(${this.colour(name).join(" ")})`;
      context.lineWidth = width * this.density;
      context.setLineDash(dash.map((length) => length * this.density));
      context.stroke();
    }
    context.setLineDash([]);
  }

  // A ring around the point looked at, and the cross that the keys steer.
  sight(x, y, view, cross) {
    const { scale, left, top } = this.frame(view);
    const context = this.context;
    context.strokeStyle = `rgb(${this.colour("--ink").join(" ")})`;
    context.lineWidth = 2 * this.density;
    context.beginPath();
    if (x !== null) context.arc(left + x * scale, top + y * scale, 8 * this.density, 0, 2 * Math.PI);
    if (cross) {
      const { width, height } = this.canvas;
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(width / 2 + dx * 5 * this.density, height / 2 + dy * 5 * this.density);
        context.lineTo(width / 2 + dx * 14 * this.density, height / 2 + dy * 14 * this.density);
      }
    }
    context.stroke();
  }
}

function packed([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
