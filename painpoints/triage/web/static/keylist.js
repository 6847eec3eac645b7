// The list of keys, and the switch that turns letters off: then nothing on the page says that they are there.

import { silent } from "./keyboard.js";

const list = document.getElementById("keys");
const button = document.getElementById("keys-button");

function hold() {
  const off = silent();
  document.documentElement.classList.toggle("keyless", off);
  const [was, is] = off ? ["aria-keyshortcuts", "data-keyshortcuts"] : ["data-keyshortcuts", "aria-keyshortcuts"];
  for (const item of document.querySelectorAll(`[${was}]`)) {
    item.setAttribute(is, item.getAttribute(was));
    item.removeAttribute(was);
  }
}

if (list && button) {
  const choice = list.querySelector("#keys-on");
  button.hidden = false;
  button.addEventListener("click", () => {
    choice.checked = !silent();
    list.showModal();
  });
  choice.addEventListener("change", () => {
    localStorage.setItem("keys", choice.checked ? "on" : "off");
    hold();
  });
  // Parts that are put in later, and other windows of the same person, keep to it too.
  for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap", "renewed"]) document.addEventListener(name, hold);
  window.addEventListener("storage", hold);
  hold();
}
