// What colleagues change appears without a reload: the page is put in anew where nobody is in the middle of something.

import { tell } from "./telling.js";

const EVERY = 4000;
const LONGEST = 60000;
let mark = document.getElementById("changes")?.dataset;
let wait = EVERY;
let timer = 0;
let told = "";

const main = document.getElementById("main");

function busy() {
  const at = document.activeElement;
  return "kept" in mark || main.querySelector("details.edit[open], .menu[open], input[type=checkbox]:checked") !== null ||
    document.querySelector("dialog[open]") !== null || String(getSelection()) !== "" ||
    (main.contains(at) && at.matches("input:not([type=checkbox]), textarea, select")) ||
    [...main.querySelectorAll("input[type=text], input:not([type]), textarea")].some((field) => field.value !== field.defaultValue);
}

// What is at hand stays at hand: the same link or button, else the page.
function atHand() {
  const at = document.activeElement;
  if (!main.contains(at) || at === main) return () => {};
  const alike = (item) => (at.id ? item.id === at.id : item.tagName === at.tagName && item.textContent === at.textContent &&
    item.getAttribute("href") === at.getAttribute("href"));
  return () => ([...main.querySelectorAll("a, button, summary, input, select, [tabindex]")].find(alike) ?? main).focus({ preventScroll: true });
}

async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("main");
  if (!fresh?.querySelector("#changes")) return location.reload();
  const same = fresh.textContent === main.textContent;
  const parts = same ? [fresh.querySelector("#changes")] : [...fresh.childNodes];
  // What was said once is not said again.
  fresh.querySelector(".done")?.removeAttribute("role");
  const back = same ? () => {} : atHand();
  same ? document.getElementById("changes").replaceWith(...parts) : main.replaceChildren(...parts);
  if (!same) window.htmx?.process(main);
  mark = document.getElementById("changes").dataset;
  document.title = page.title;
  document.dispatchEvent(new Event("renewed"));
  back();
}

function offer(words) {
  tell(words);
  const again = document.createElement("a");
  again.className = "button";
  again.href = location.href;
  again.textContent = mark.show;
  document.querySelector("#told .line")?.append(" ", again);
}

async function look() {
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(`/changes?${new URLSearchParams({ seen: mark.seen, edit: mark.edit })}`);
      wait = EVERY;
      if ([401, 403, 404].includes(answer.status) || answer.redirected) return;
      if (answer.status === 200) {
        const { seen, words } = await answer.json();
        if (!busy()) {
          await renew();
          if (words && told !== words + seen) tell(words);
          told = "";
        } else if (words && told !== words + seen) {
          offer(words);
          told = words + seen;
        }
      }
    } catch {
      wait = Math.min(LONGEST, wait * 2);
    }
  }
  timer = setTimeout(look, wait);
}

if (mark && main) {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    clearTimeout(timer);
    timer = setTimeout(look, 200);
  });
  timer = setTimeout(look, EVERY);
}
