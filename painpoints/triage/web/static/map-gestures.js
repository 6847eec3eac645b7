// What hands do on the map: move, zoom, draw a lasso, point, click; by mouse, pen, fingers or keys.

const STEP = 0.16;
const NEAR = 12;

export class Gestures {
  // `on` has: changed(), over(x, y, reach, event) at a place of the plane, left(), click(event), lasso(corners, add),
  // drawing(corners), key(event) for what is not moving about.
  constructor(canvas, view, on) {
    Object.assign(this, { canvas, view, on, fingers: new Map(), corners: null, lassoing: false, box: null });
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", (event) => this.cancel(event));
    canvas.addEventListener("pointerleave", () => this.fingers.size || on.left());
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  // Length of one unit of the plane in CSS pixels.
  get scale() {
    return this.view.zoom * Math.min(this.canvas.clientWidth, this.canvas.clientHeight) * 0.47;
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [this.view.x + (event.clientX - box.left - box.width / 2) / this.scale,
      this.view.y + (event.clientY - box.top - box.height / 2) / this.scale];
  }

  zoom(factor, x = this.view.x, y = this.view.y) {
    const zoom = Math.max(0.7, Math.min(80, this.view.zoom * factor));
    const change = this.view.zoom / zoom;
    this.look(x + (this.view.x - x) * change, y + (this.view.y - y) * change, zoom);
  }

  look(x, y, zoom = this.view.zoom) {
    Object.assign(this.view, { x: Math.max(-1.2, Math.min(1.2, x)), y: Math.max(-1.2, Math.min(1.2, y)), zoom });
    this.on.changed();
  }

  down(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    this.began = [event.clientX, event.clientY];
    this.moved = this.fingers.size > 1;
    const drawing = this.fingers.size === 1 && (this.lassoing || event.shiftKey);
    this.corners = drawing ? this.place(event) : null;
    this.box = null;
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) {
      this.on.over(...this.place(event), NEAR / this.scale, event);
      return;
    }
    if (Math.hypot(event.clientX - this.began[0], event.clientY - this.began[1]) > 4) this.moved = true;
    if (!this.moved) return;
    if (this.fingers.size === 2) this.pinch(event, before);
    else if (this.corners) {
      this.corners.push(...this.place(event));
      this.on.drawing(this.corners);
    } else this.look(this.view.x - (event.clientX - before[0]) / this.scale, this.view.y - (event.clientY - before[1]) / this.scale);
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
  }

  pinch(event, before) {
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)[1];
    const middle = { clientX: (event.clientX + other[0]) / 2, clientY: (event.clientY + other[1]) / 2 };
    const far = (place) => Math.max(20, Math.hypot(place[0] - other[0], place[1] - other[1]));
    this.zoom(far([event.clientX, event.clientY]) / far(before), ...this.place(middle));
    this.look(this.view.x - (event.clientX - before[0]) / 2 / this.scale, this.view.y - (event.clientY - before[1]) / 2 / this.scale);
  }

  up(event) {
    if (!this.fingers.delete(event.pointerId)) return;
    const corners = this.corners;
    if (this.fingers.size) return;
    this.corners = null;
    if (corners && corners.length >= 6) this.on.lasso(corners, event.ctrlKey || event.metaKey || event.altKey);
    else if (!this.moved) this.on.click(...this.place(event), NEAR / this.scale, event);
    this.on.drawing(null);
  }

  cancel(event) {
    this.fingers.delete(event.pointerId);
    this.corners = null;
    this.on.drawing(null);
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 18 : 1;
    this.zoom(Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) / 400), ...this.place(event));
  }

  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (way && event.shiftKey) this.stretch(way);
    else if (way) this.look(this.view.x + (way[0] * STEP) / this.view.zoom, this.view.y + (way[1] * STEP) / this.view.zoom);
    else if (event.key === "+" || event.key === "=") this.zoom(1.4);
    else if (event.key === "-") this.zoom(1 / 1.4);
    else if (event.key === "0") this.look(0, 0, 1);
    else if (event.key === "Enter" && this.box) {
      const [left, top, right, bottom] = this.box;
      this.box = null;
      this.on.lasso([left, top, right, top, right, bottom, left, bottom], false);
      this.on.drawing(null);
    } else if (event.key === "Escape" && this.box) {
      this.box = null;
      this.on.drawing(null);
    } else {
      this.on.key(event);
      return;
    }
    event.preventDefault();
  }

  // A rectangle from where the cross was when it began to where the keys have led its corner.
  stretch([across, down]) {
    const [left, top, right, bottom] = this.box ?? [this.view.x, this.view.y, this.view.x, this.view.y];
    const step = 28 / this.scale;
    this.box = [left, top, right + across * step, bottom + down * step];
    this.on.drawing([left, top, this.box[2], top, this.box[2], this.box[3], left, this.box[3]]);
  }
}
