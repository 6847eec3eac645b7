// What every page needs: the form token on requests of scripts, messages, keys.

import { letter, silent, typing } from "./keyboard.js";
import "./keylist.js";
import "./menus.js";
import { tell } from "./telling.js";

export { letter, tell, typing };

const token = document.querySelector('meta[name="csrf"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token;
});

const told = document.getElementById("told");

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-close]")) told?.replaceChildren();
});

// On a narrow screen the places scroll: where one is stays in sight.
document.querySelector(".places [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A message goes after a while, unless somebody is at it.
let going = 0;
if (told) {
  new MutationObserver(() => {
    clearTimeout(going);
    if (!told.firstElementChild || told.querySelector(".failure")) return;
    const leave = () => { told.matches(":hover, :focus-within") ? going = setTimeout(leave, 4000) : told.replaceChildren(); };
    going = setTimeout(leave, 12000);
  }).observe(told, { childList: true });
}

// Another language, and the page as it is by now: scripts may have changed the address since it was written.
document.addEventListener("click", (event) => {
  const choice = event.target instanceof Element && event.target.closest(".languages a[hreflang]");
  if (!choice) return;
  const here = new URL(location.href);
  here.searchParams.set("lang", choice.hreflang);
  here.searchParams.delete("told");
  choice.href = here.href;
}, true);

// No request ends unseen: a server that cannot be reached is told too.
document.addEventListener("htmx:sendError", () => tell(document.documentElement.dataset.offline ?? "…"));

// One letter presses what carries it, where nobody is typing.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (silent()) return;
  const pressed = letter(event);
  const found = [...document.querySelectorAll("[data-key]")].find((item) => item.dataset.key === pressed);
  if (!found || found.closest("dialog:not([open])") || (document.querySelector("dialog[open]") && !found.closest("dialog[open]"))) return;
  event.preventDefault();
  found.matches("input, select, textarea") ? found.focus() : found.click();
  if (found.matches("summary")) found.parentElement.querySelector("input:not([type=hidden]), select")?.focus();
});

// What was done here and is undone now may stand anywhere on a page that does not say what to do about it.
document.addEventListener("undone", (event) => {
  if (event.defaultPrevented) return;
  sessionStorage.setItem("told", event.detail.words);
  const here = new URL(event.detail.to ?? location.href, location.href);
  here.searchParams.delete("told");
  location.replace(here);
});
const kept = sessionStorage.getItem("told");
if (kept) {
  sessionStorage.removeItem("told");
  tell(kept);
}
