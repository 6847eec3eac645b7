// What every page needs: the form token on requests of scripts, messages, keys.

const token = document.querySelector('meta[name="csrf"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token;
});

const told = document.getElementById("told");

export function tell(words) {
  if (!told) return;
  const line = document.createElement("p");
  line.className = "line";
  line.textContent = words;
  told.replaceChildren(line);
}

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-close]")) told?.replaceChildren();
});

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

// No request ends unseen: a server that cannot be reached is told too.
document.addEventListener("htmx:sendError", () => tell(document.documentElement.dataset.offline ?? "…"));

// One letter presses what carries it, where nobody is typing. WCAG 2.1.4: they can be switched off on the keys' list.
export const typing = (target) => target instanceof Element &&
  target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;

// The letter on the key as a Latin keyboard has it, whatever alphabet is switched on.
export function letter(event) {
  if (/^Key[A-Z]$/.test(event.code) && /^\p{L}$/u.test(event.key) && !/^[a-z]$/i.test(event.key)) {
    return event.code[3].toLowerCase();
  }
  return event.key;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (localStorage.getItem("keys") === "off") return;
  const pressed = letter(event);
  const found = [...document.querySelectorAll("[data-key]")].find((item) => item.dataset.key === pressed);
  if (!found || found.closest("dialog:not([open])") || (document.querySelector("dialog[open]") && !found.closest("dialog[open]"))) return;
  event.preventDefault();
  found.matches("input, select, textarea") ? found.focus() : found.click();
});
