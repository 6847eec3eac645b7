// What the colours and shapes of the map mean, and which of it is shown.

import { mark, style } from "./map-paint.js";

const TOLD = 20;
const FEELINGS = {
  neg: { hue: "--map-neg", shape: "down" }, neu: { hue: "--map-neu", shape: "circle" }, pos: { hue: "--map-pos", shape: "square" },
};
const LISTS = { sentiment: "sentiments", stage: "stages", touchpoint: "touchpoints", lang: "languages" };
const OUTSIDE = { hue: "--map-none", shape: "circle", faint: true };

// The kinds that a colouring tells apart: `styles`, `names`, and which one each point is of (n,).
export function kinds(points, by, words) {
  if (by !== "painpoint") {
    const list = points.header[LISTS[by]];
    const styles = list.map(({ code }, i) => (by === "sentiment" && FEELINGS[code]) || (code === "none" ? OUTSIDE : style(i)));
    return { styles, names: list.map(({ name }) => name), of: points[by] };
  }
  const titles = points.header.painpoints.map(({ title }) => title);
  const most = Math.min(TOLD, titles.length);
  const styles = [...Array(most).keys()].map(style);
  const names = titles.slice(0, most);
  const of = new Uint8Array(points.count);
  const rest = titles.length > most;
  for (let i = 0; i < points.count; i += 1) {
    const number = points.painpoint[i];
    of[i] = number === 0 ? most + (rest ? 1 : 0) : Math.min(number - 1, most);
  }
  if (rest) {
    styles.push({ hue: "--map-rest", shape: "circle" });
    names.push(words.smaller);
  }
  styles.push(OUTSIDE);
  names.push(words.outside);
  return { styles, names, of };
}

export class Legend {
  // `hidden` has, for each colouring, the numbers of the kinds that are not shown.
  constructor(list, all, number, changed) {
    Object.assign(this, { list, number, changed, hidden: {} });
    all.addEventListener("click", () => {
      this.hidden = {};
      for (const box of this.list.querySelectorAll("input")) box.checked = true;
      changed();
    });
  }

  show(by, { styles, names, of }, colour) {
    const counts = new Int32Array(styles.length);
    for (const kind of of) counts[kind] += 1;
    const hidden = (this.hidden[by] ??= new Set());
    this.list.replaceChildren(...styles.flatMap((look, kind) => {
      if (!counts[kind]) return [];
      const item = document.createElement("li");
      const label = document.createElement("label");
      const box = document.createElement("input");
      const drawn = document.createElement("canvas");
      const told = document.createElement("span");
      const name = document.createElement("bdi");
      const count = document.createElement("span");
      box.type = "checkbox";
      box.checked = !hidden.has(kind);
      box.addEventListener("change", () => {
        box.checked ? hidden.delete(kind) : hidden.add(kind);
        this.changed();
      });
      drawn.setAttribute("aria-hidden", "true");
      mark(drawn, look, colour);
      name.textContent = names[kind];
      told.append(name);
      count.className = "muted small";
      count.textContent = this.number(counts[kind]);
      label.append(box, drawn, told, count);
      item.append(label);
      return [item];
    }));
  }

  // Which points are shown, under all colourings' filters: (n,) of 0 and 1.
  shown(points, kindsOf) {
    const shown = new Uint8Array(points.count).fill(1);
    for (const [by, hidden] of Object.entries(this.hidden)) {
      if (!hidden.size) continue;
      const { of } = kindsOf(by);
      for (let i = 0; i < points.count; i += 1) if (hidden.has(of[i])) shown[i] = 0;
    }
    return shown;
  }
}
