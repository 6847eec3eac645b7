// The map of all opinions: draws them, and brings hands, legend and list together.

import { Chosen, Quotes, quoted } from "./map-chosen.js";
import { Gestures } from "./map-gestures.js";
import { Legend, kinds } from "./map-legend.js";
import { Painter, colours } from "./map-paint.js";
import { Whereabouts, read } from "./map-points.js";

const root = document.getElementById("unit-map");
const canvas = root.querySelector("canvas");
const state = root.querySelector("[data-state]");
const tip = root.querySelector("[data-tip]");
const heard = root.querySelector("[data-heard]");
const words = root.dataset;
const kept = `map ${location.host}`;
const LONGEST = 34;

const digits = [...words.digits];
const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, words.thousands).replace(/\d/g, (d) => digits[d]);

const points = await load();
if (points) begin(points);

async function load() {
  for (;;) {
    const answer = await fetch(words.points).catch(() => null);
    if (answer?.status === 202) {
      state.textContent = words.placing;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    } else if (answer?.ok) {
      state.hidden = true;
      return read(await answer.arrayBuffer());
    } else {
      state.textContent = document.documentElement.dataset.offline ?? "…";
      return null;
    }
  }
}

function begin(points) {
  const view = { x: 0, y: 0, zoom: 1 };
  const painter = new Painter(canvas);
  const quotes = new Quotes(words.quotes);
  const colouring = root.querySelector("select[name=colour]");
  const made = new Map();
  const kindsOf = (by) => made.get(by) ?? made.set(by, kinds(points, by, { smaller: words.smaller, outside: words.outside })).get(by);
  let where = new Whereabouts(points);
  let titles = labels(points);
  let shown = new Uint8Array(points.count).fill(1);
  let outline = null;
  let looked = -1;
  let waiting = 0;
  let noting = 0;

  const legend = new Legend(root.querySelector("[data-legend] ul"), root.querySelector("[data-all]"), number, () => {
    shown = legend.shown(points, kindsOf);
    redraw();
  });
  const chosen = new Chosen(root.querySelector("[data-chosen]"), points, quotes, words, number, { changed: redraw, done });
  const hands = new Gestures(canvas, view, {
    changed: moved,
    over: (x, y, reach, event) => look(where.nearest(x, y, reach, shown), event.pointerType !== "touch"),
    left: () => look(-1),
    click,
    lasso: (corners, add) => {
      const found = where.inside(corners, shown);
      chosen.set(add ? [...new Set([...chosen.rows, ...found])].sort((a, b) => a - b) : found);
      heard.textContent = words.chosen.replace("{n}", number(chosen.rows.length));
    },
    drawing: (corners) => {
      outline = corners;
      redraw();
    },
    key,
  });

  function redraw() {
    if (!waiting) waiting = requestAnimationFrame(draw);
  }

  function draw() {
    waiting = 0;
    const from = performance.now();
    const { styles, of } = kindsOf(colouring.value);
    painter.points(points, view, shown, of, styles, chosen.flags, chosen.rows.length > 0);
    painter.labels(titles.filter((title) => title.points.some((i) => shown[i])), view);
    if (outline) painter.outline(outline, view);
    painter.sight(looked < 0 ? null : points.x[looked], points.y[looked], view, canvas.matches(":focus-visible"));
    root.dataset.frame = (performance.now() - from).toFixed(1);
    clearTimeout(noting);
    noting = setTimeout(remember, 120);
  }

  // What the eye or the cross is on, with its words beside it.
  async function look(row, hover = true) {
    if (row === looked) return;
    looked = row;
    redraw();
    tip.hidden = true;
    if (row < 0) return;
    await new Promise((resolve) => setTimeout(resolve, 60));
    if (row !== looked) return;
    const [quote] = await quotes.of([points.ids[row]]).catch(() => []);
    if (!quote || row !== looked) return;
    const about = document.createElement("p");
    about.className = "muted small";
    about.textContent = [quote.sentiment, quote.touchpoint].filter(Boolean).join(" · ");
    const parts = [quoted(quote), about];
    if (!hover) {
      const link = document.createElement("a");
      link.href = quote.link;
      link.textContent = words.open;
      parts.push(link);
      heard.replaceChildren(quoted(quote), ` ${about.textContent}`);
    }
    tip.replaceChildren(...parts);
    tip.hidden = false;
    const { scale, left, top } = painter.frame(view);
    const x = (left + points.x[row] * scale) / painter.density;
    const y = (top + points.y[row] * scale) / painter.density;
    const room = canvas.clientWidth - tip.offsetWidth - 4;
    const above = y > tip.offsetHeight + 18;
    tip.style.setProperty("--tip-x", `${Math.max(4, Math.min(room, x - tip.offsetWidth / 2))}px`);
    tip.style.setProperty("--tip-y", `${above ? y - tip.offsetHeight - 12 : y + 14}px`);
  }

  function moved() {
    if (looked >= 0 && !canvas.matches(":focus-visible")) look(-1);
    if (canvas.matches(":focus-visible")) look(where.nearest(view.x, view.y, 60 / hands.scale, shown), false);
    redraw();
  }

  async function click(x, y, reach, event) {
    const row = where.nearest(x, y, reach * (event.pointerType === "touch" ? 1.8 : 1), shown);
    if (event.pointerType === "touch" || row < 0) {
      look(row, false);
    } else {
      const [quote] = await quotes.of([points.ids[row]]).catch(() => []);
      if (quote) location.assign(quote.link);
    }
  }

  async function key(event) {
    if (event.key === " " && looked >= 0) chosen.toggle(looked);
    else if (event.key === "Enter" && looked >= 0) {
      const [quote] = await quotes.of([points.ids[looked]]).catch(() => []);
      if (quote) location.assign(quote.link);
    } else if (event.key === "Escape" && chosen.rows.length) chosen.set([]);
    else return;
    event.preventDefault();
  }

  function done({ title, link, words: said, changed, failure }) {
    const line = document.createElement("p");
    line.className = failure ? "line failure" : "line";
    if (failure || said) line.textContent = failure ?? said;
    else {
      const goes = document.createElement("a");
      const name = document.createElement("bdi");
      name.textContent = title;
      goes.href = link;
      goes.append(name);
      line.append(`${words.made} `, goes);
    }
    if (!failure && changed !== 0) {
      const back = document.createElement("button");
      back.setAttribute("form", "undo");
      back.textContent = words.undo;
      line.append(" ", back);
      refresh();
    }
    document.getElementById("told").replaceChildren(line);
  }

  // What stands in words beside the map: the table of pain points, and those to choose from.
  async function rewrite() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of [".map-table tbody", "optgroup[data-points]"]) {
      const now = page.querySelector(part);
      if (now) root.querySelector(part)?.replaceChildren(...now.childNodes);
    }
    root.querySelector(".map-table").hidden = page.querySelector(".map-table")?.hidden ?? true;
  }

  // The same map after a change of pain points.
  async function refresh() {
    chosen.set([]);
    look(-1);
    const [fresh] = await Promise.all([load(), rewrite().catch(() => {})]);
    if (!fresh) return;
    Object.assign(points, fresh);
    where = new Whereabouts(points);
    titles = labels(points);
    made.clear();
    quotes.known.clear();
    delete legend.hidden.painpoint;
    shown = legend.shown(points, kindsOf);
    chosen.set([]);
    recolour();
    root.dataset.turn = String(Number(root.dataset.turn ?? 0) + 1);
  }

  function recolour() {
    painter.fit();
    legend.show(colouring.value, kindsOf(colouring.value), painter.colour);
    redraw();
  }

  function pick(id) {
    const place = points.header.painpoints.findIndex((point) => point.id === id) + 1;
    const rows = [...Array(points.count).keys()].filter((i) => points.painpoint[i] === place);
    if (!place || !rows.length) return;
    chosen.set(rows);
    const xs = middling(rows.map((i) => points.x[i]));
    const ys = middling(rows.map((i) => points.y[i]));
    hands.look(xs.middle, ys.middle, Math.max(1, Math.min(12, 1.2 / Math.max(xs.width, ys.width, 0.05))));
    canvas.scrollIntoView({ block: "nearest" });
  }

  // For who comes back from a comment.
  function remember() {
    root.dataset.shown = String(shown.reduce((sum, one) => sum + one, 0));
    sessionStorage.setItem(kept, JSON.stringify({ ...view, colour: colouring.value, chosen: chosen.rows.slice(0, 5000).map((i) => points.ids[i]) }));
  }

  function recall() {
    const before = JSON.parse(sessionStorage.getItem(kept) ?? "null");
    if (!before) return;
    Object.assign(view, { x: before.x, y: before.y, zoom: before.zoom });
    colouring.value = before.colour;
    if (before.chosen.length) {
      const rows = new Map(points.ids.map((id, i) => [id, i]));
      chosen.set(before.chosen.flatMap((id) => rows.get(id) ?? []));
    }
  }

  const lassoing = root.querySelector("[data-lasso]");
  listen(lassoing, "click", () => {
    hands.lassoing = !hands.lassoing;
    lassoing.setAttribute("aria-pressed", String(hands.lassoing));
    canvas.classList.toggle("lassoing", hands.lassoing);
  });
  for (const [name, factor] of [["in", 1.5], ["out", 1 / 1.5]]) listen(root.querySelector(`[data-${name}]`), "click", () => hands.zoom(factor));
  listen(root.querySelector("[data-home]"), "click", () => hands.look(0, 0, 1));
  listen(root.querySelector(".map-table"), "click", (event) => {
    const button = event.target.closest("[data-point]");
    if (button) pick(button.dataset.point);
  });
  listen(colouring, "change", recolour);
  listen(canvas, "focus", redraw);
  listen(canvas, "blur", () => look(-1));
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) listen(matchMedia(query), "change", recolour);
  new ResizeObserver(recolour).observe(canvas);
  recall();
  recolour();
  if (points.count < points.header.total) {
    state.hidden = false;
    state.textContent = words.sampled.replace("{n}", number(points.count)).replace("{total}", number(points.header.total));
  }
  root.dataset.ready = "true";
}

function listen(target, kind, call) {
  target.addEventListener(kind, call);
}

// A title for the middle of each pain point, the biggest first.
function labels(points) {
  const members = points.header.painpoints.map(() => []);
  for (let i = 0; i < points.count; i += 1) if (points.painpoint[i]) members[points.painpoint[i] - 1].push(i);
  return points.header.painpoints.flatMap(({ title }, place) => {
    const mine = members[place];
    if (!mine.length) return [];
    const text = title.length > LONGEST ? `${title.slice(0, LONGEST).trimEnd()}…` : title;
    const strong = /\p{L}/u.exec(text)?.[0] ?? "";
    return [{ points: mine, text, rtl: /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(strong),
      x: middling(mine.map((i) => points.x[i])).middle, y: middling(mine.map((i) => points.y[i])).middle }];
  }).sort((one, other) => other.points.length - one.points.length);
}

function middling(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  return { middle: at(0.5), width: at(0.9) - at(0.1) };
}
