// The opinions of the map: read from the bytes the server sends, and found by where they lie.

const CODES = ["stage", "touchpoint", "lang", "sentiment", "within"];
const CELLS = 160;

export function read(buffer) {
  const bytes = new DataView(buffer);
  if (bytes.getUint32(0) !== 0x50504d31) throw new Error("not a map");
  const length = bytes.getUint32(4, true);
  const text = new TextDecoder();
  const header = JSON.parse(text.decode(new Uint8Array(buffer, 8, length)));
  const count = header.count;
  let at = 8 + length;
  const take = (Kind) => {
    const values = new Kind(buffer, at, count);
    at += values.byteLength;
    return values;
  };
  const points = { header, count, x: take(Float32Array), y: take(Float32Array), painpoint: take(Uint16Array) };
  for (const name of CODES) points[name] = take(Uint8Array);
  points.ids = count ? text.decode(new Uint8Array(buffer, at)).split("\n") : [];
  return points;
}

// Points by the square they lie in, as one list in the order of squares.
export class Whereabouts {
  constructor({ x, y, count }) {
    this.x = x;
    this.y = y;
    const cells = new Int32Array(count);
    this.starts = new Int32Array(CELLS * CELLS + 1);
    for (let i = 0; i < count; i += 1) {
      cells[i] = cell(y[i]) * CELLS + cell(x[i]);
      this.starts[cells[i] + 1] += 1;
    }
    for (let c = 0; c < CELLS * CELLS; c += 1) this.starts[c + 1] += this.starts[c];
    const next = this.starts.slice(0, -1);
    this.order = new Int32Array(count);
    for (let i = 0; i < count; i += 1) this.order[next[cells[i]]++] = i;
  }

  // Calls `each` for all points whose squares touch a rectangle.
  around(left, top, right, bottom, each) {
    for (let row = cell(top); row <= cell(bottom); row += 1) {
      const end = this.starts[row * CELLS + cell(right) + 1];
      for (let at = this.starts[row * CELLS + cell(left)]; at < end; at += 1) each(this.order[at]);
    }
  }

  // The point shown that is nearest to a place, if within reach; -1 for none.
  nearest(x, y, reach, shown) {
    let best = -1;
    let least = reach * reach;
    this.around(x - reach, y - reach, x + reach, y + reach, (i) => {
      const far = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
      if (shown[i] && (far < least || (far === least && best < 0))) {
        least = far;
        best = i;
      }
    });
    return best;
  }

  // The points shown inside a polygon: [x0, y0, x1, y1, ...]. What is enclosed twice is outside again.
  inside(corners, shown) {
    const found = [];
    const xs = corners.filter((_, i) => i % 2 === 0);
    const ys = corners.filter((_, i) => i % 2 === 1);
    const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    this.around(...box, (i) => {
      if (shown[i] && encloses(xs, ys, this.x[i], this.y[i])) found.push(i);
    });
    return found.sort((a, b) => a - b);
  }
}

function cell(value) {
  return Math.max(0, Math.min(CELLS - 1, Math.floor(((value + 1) / 2) * CELLS)));
}

function encloses(xs, ys, x, y) {
  let inside = false;
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i, i += 1) {
    if (ys[i] > y !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) inside = !inside;
  }
  return inside;
}
