// The queue at the keyboard: moving through the list, opening, choosing, acting. Focus is never lost.

import { letter, silent, typing } from "./keyboard.js";
import { keepNotes } from "./queue/notes.js";
import { watchQuestions } from "./queue/questions.js";
import { watchNews } from "./queue/news.js";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const wide = matchMedia("(min-width: 52.01rem)");
const numbers = new Intl.NumberFormat({ ar: "ar-u-nu-arab", fa: "fa" }[document.documentElement.lang] ?? document.documentElement.lang);

document.documentElement.classList.add("scripted");
if (matchMedia("(min-width: 82.01rem)").matches && localStorage.getItem("narrowing") !== "closed") $("#narrowing").open = true;
$("#narrowing").addEventListener("toggle", (event) => {
  if (matchMedia("(min-width: 82.01rem)").matches) localStorage.setItem("narrowing", event.target.open ? "open" : "closed");
});

// The list

const rows = () => $$("#rows > .row");
const openId = () => $("#comment")?.dataset.id;
const link = (row) => row && $(".open", row);

// The row that is at hand: focused, or open, or where the last one was.
let place = 0;
function atHand() {
  const focused = document.activeElement?.closest?.(".row");
  const open = openId() && document.getElementById(`row-${openId()}`);
  return focused || open || rows()[Math.min(place, rows().length - 1)];
}

function rove(row) {
  for (const other of rows()) {
    const at = other === row;
    for (const item of $$(".open, .pick", other)) item.tabIndex = at ? 0 : -1;
  }
  if (row) place = rows().indexOf(row);
}

function step(by) {
  const all = rows();
  const from = document.activeElement?.closest?.(".row") || (openId() && document.getElementById(`row-${openId()}`));
  const next = from ? all[all.indexOf(from) + by] : all[by > 0 ? Math.min(place, all.length - 1) : 0];
  if (!next) {
    $(by > 0 ? ".pages [rel=next]" : ".pages [rel=prev]")?.click();
    return;
  }
  const inside = document.activeElement?.closest?.("#comment");
  rove(next);
  next.scrollIntoView({ block: "nearest" });
  if (!inside || !wide.matches) link(next).focus({ preventScroll: true });
  if (openId()) follow(next, inside);
}

// With a comment open, moving shows the one moved to; the address is that of the last, without a trail of steps.
let following = 0;
let wish = null;
function follow(row, inside) {
  clearTimeout(following);
  following = setTimeout(() => {
    if (openId() === row.dataset.id) return;
    wish = inside ? "comment" : null;
    const address = link(row).getAttribute("href");
    htmx.ajax("GET", address, { source: "#reading", target: "#comment", swap: "outerHTML" })
      .then(() => { if (openId() === row.dataset.id) history.replaceState({ htmx: true }, "", address); });
  }, 90);
}

let left = 0;
document.addEventListener("click", (event) => {
  const opened = event.target.closest?.(".row .open");
  if (opened) {
    left = scrollY;
    rove(opened.closest(".row"));
    if (event.detail === 0 || !wide.matches) wish = "comment";
  }
  const unit = event.target.closest?.(".unit, .opinion");
  if (unit) {
    if (unit.matches(".unit")) event.preventDefault();
    choose(unit.dataset.unit);
  }
  if (event.target.closest?.("#back")) {
    event.preventDefault();
    close();
  }
  const by = event.target.closest?.("[data-step]");
  if (by) stepOpinion(Number(by.dataset.step), false);
});

// Back to the list, on a phone with the comment put away.
function close() {
  const row = openId() && document.getElementById(`row-${openId()}`);
  if (!wide.matches && openId()) {
    history.pushState({ htmx: true }, "", $("#back").getAttribute("href"));
    const comment = $("#comment");
    delete comment.dataset.id;
    comment.replaceChildren();
    mark();
    scrollTo(0, left);
  }
  const target = row ?? atHand();
  target ? link(target).focus() : $("#found")?.focus();
}

// Which row is open, told to eyes and ears.
function mark() {
  for (const row of rows()) {
    const open = row.dataset.id === openId();
    row.classList.toggle("current", open);
    open ? link(row).setAttribute("aria-current", "true") : link(row).removeAttribute("aria-current");
  }
}

// Choosing several

function count() {
  const chosen = $$(".pick:checked").length;
  const told = $("#picked");
  if (told) told.textContent = $("#every")?.checked ? "" : chosen ? told.dataset.n.replace("#", numbers.format(chosen)) : "";
  const whole = $("#whole");
  if (!whole) return;
  whole.closest("label").hidden = false;
  whole.checked = chosen > 0 && chosen === $$(".pick").length;
  whole.indeterminate = chosen > 0 && !whole.checked;
}

document.addEventListener("change", (event) => {
  if (event.target.id === "whole") for (const pick of $$(".pick")) pick.checked = event.target.checked;
  if (event.target.matches("#whole, .pick, #every")) count();
});

// One opinion is at hand: corrections are of it.
function choose(unit, focus = false) {
  for (const item of $$("#comment .opinion")) item.classList.toggle("current", item.dataset.unit === unit);
  for (const item of $$("#comment .unit")) {
    item.dataset.unit === unit ? item.setAttribute("aria-current", "true") : item.removeAttribute("aria-current");
  }
  const here = document.getElementById(`unit-${unit}`);
  focus ? here?.focus() : here?.scrollIntoView({ block: "nearest" });
}
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(".row");
  if (row) rove(row);
  const unit = event.target.closest?.(".unit, .opinion");
  if (unit && !unit.matches("[aria-current], .current")) choose(unit.dataset.unit);
});

// In a text too long to be seen whole, the opinion at hand is.
function bringCurrent() {
  const text = $("#comment .text");
  const here = text?.querySelector("[aria-current]");
  if (!here || text.scrollHeight <= text.clientHeight) return;
  text.scrollTop += here.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 3;
}

function stepOpinion(by, focus = true) {
  const all = $$("#comment .opinion").map((item) => item.dataset.unit);
  const at = all.indexOf($("#comment .opinion.current")?.dataset.unit);
  const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
  if (next) choose(next, focus);
}

// What only scripts can do is not shown without them.
function unhide() {
  for (const item of $$(".steps .row[hidden]")) item.hidden = false;
}

// Acting: on what is chosen, else on what is open, else on the row at hand.
function act(key, action) {
  const bulk = $(`#bulk [name=action][value=${action}]`);
  if ($$(".pick:checked").length || $("#every")?.checked) return bulk?.click();
  if (openId()) return $(`#act [data-act=${key}]`)?.click();
  const pick = $(".pick", atHand() ?? document.createElement("i"));
  if (!pick || !bulk) return undefined;
  pick.checked = true;
  count();
  return bulk.click();
}

const ACTS = { a: "take", g: "assign", d: "done", w: "wait", i: "mute", r: "reopen" };
const KEYS = {
  j: () => step(1), k: () => step(-1), h: () => stepOpinion(-1), l: () => stepOpinion(1),
  o: () => { const row = atHand(); if (row) { wish = "comment"; link(row).click(); } },
  x: () => { const pick = $(".pick", atHand() ?? document.createElement("i")); if (pick) { pick.checked = !pick.checked; count(); } },
  n: () => { const note = $("#note"); note?.focus(); note?.setSelectionRange(note.value.length, note.value.length); },
  "/": () => { $("#q").focus(); $("#q").select(); },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (event.key === "Escape" && document.activeElement?.closest(".reading, .find, .aside")) {
    event.preventDefault();
    return close();
  }
  if (typing(event.target) || silent()) return;
  const pressed = letter(event);
  if (underway() && (ACTS[pressed] || /^[123ptsm]$/.test(pressed))) {
    event.preventDefault();
    early.push({ pressed, of: openId() });
    return;
  }
  const does = doing(pressed);
  if (!does) return;
  event.preventDefault();
  does();
}, true);

// What a key does now.
function doing(pressed) {
  return KEYS[pressed] ?? (ACTS[pressed] && (() => act(pressed, ACTS[pressed]))) ??
    (/^[123ptsm]$/.test(pressed) && $(`#comment .opinion.current [data-set="${pressed}"]`) &&
     (() => $(`#comment .opinion.current [data-set="${pressed}"]`).click()));
}

// Keys pressed before the answer to the last one was there are done after it, if the same comment is still open.
const early = [];
const underway = () => $("#act.htmx-request, #comment .correct.htmx-request");
function catchUp() {
  if (!early.length || underway()) return;
  const { pressed, of } = early.shift();
  of === openId() ? doing(pressed)?.() : early.splice(0);
}
document.addEventListener("htmx:sendError", () => early.splice(0));

// Which one is to be read when this one has left the list.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.path.split("?")[0] !== "/queue/act") return;
  const going = new Set([...event.detail.formData.getAll("seen")].map((name) => name.split("@")[0]));
  const all = rows();
  const from = all.findIndex((row) => row.dataset.id === openId());
  const next = from < 0 ? null : [...all.slice(from + 1), ...all.slice(0, from).reverse()].find((row) => !going.has(row.dataset.id));
  event.detail.formData.set("next", next?.dataset.id ?? "");
  // A button that stands outside its form is not looked for by htmx.
  const pressed = event.detail.triggeringEvent?.submitter;
  if (pressed?.name === "action") event.detail.formData.set("action", pressed.value);
  if (!event.detail.formData.has("open")) event.detail.formData.set("open", openId() ?? "");
});

// Where the focus was before parts of the page were put in place of others, and where it goes if that is gone.
let zone = null;
let held = null;
let asked = null;
const zoneOf = (item) => item?.closest?.("#comment") ? "comment" : item?.closest?.("#list") ? "list" : null;
document.addEventListener("click", (event) => {
  const asks = event.target.closest?.(".asks");
  if (asks) asked = { zone: zoneOf(document.activeElement) ?? zoneOf(asks), key: asks.dataset.set ?? asks.dataset.act };
}, true);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "offer") return; // nobody asked for it: what was done before it still counts
  held = document.activeElement;
  const boxed = held?.closest?.("dialog");
  zone = boxed ? asked?.zone ?? null : zoneOf(held);
  if (!boxed) asked = null;
  if (zone === "list" && held.closest(".row")) place = rows().indexOf(held.closest(".row"));
});

let settling = 0;
let shown = openId();
function settle() {
  cancelAnimationFrame(settling);
  settling = requestAnimationFrame(() => {
    mark();
    count();
    unhide();
    notes.restore();
    if (openId() !== shown) {
      $("#reading").scrollTop = 0;
      if (!wide.matches) scrollTo(0, 0);
      bringCurrent();
    }
    const moved = openId() !== shown;
    shown = openId();
    rove(atHand());
    if (wish === "comment") $("#comment-title")?.focus();
    else if (!document.activeElement || document.activeElement === document.body) {
      const key = asked?.key && `#comment .opinion.current [data-set="${asked.key}"], #act [data-act="${asked.key}"]`;
      const same = key ? $(key) : held?.id && document.getElementById(held.id);
      if (zone === "comment") (moved || !same ? $("#comment-title") ?? link(atHand()) : same)?.focus();
      else if (zone === "list") (same && same.closest(".row") ? same : link(atHand()) ?? $("#found"))?.focus();
    }
    wish = null;
    if (openId()) document.getElementById(`row-${openId()}`)?.scrollIntoView({ block: "nearest" });
    catchUp();
  });
}
for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) document.addEventListener(name, settle);

// What is searched for and the order stand beside the list: they follow the address when that changes by a link.
document.addEventListener("htmx:pushedIntoHistory", () => {
  const asked = new URLSearchParams(location.search);
  const words = $("#q");
  if (document.activeElement !== words) words.value = asked.get("q") ?? "";
  $("#sort").value = asked.get("sort") ?? "urgency";
});
// Nothing that says nothing stands in the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "filters") return;
  for (const [name, value] of [...event.detail.formData.entries()]) {
    if (value === "" || (name === "sort" && value === "urgency")) event.detail.formData.delete(name);
  }
});

const notes = keepNotes();
watchQuestions();
watchNews({ rows, openId, unsaved: notes.unsaved });
rove(atHand());
count();
unhide();
bringCurrent();
if (openId()) document.getElementById(`row-${openId()}`)?.scrollIntoView({ block: "nearest" });
