// A menu that is open closes by Escape, and when somebody goes elsewhere.

const open = () => [...document.querySelectorAll("details:is(.menu, .languages)[open]")];

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    if (!menu.contains(document.activeElement)) continue;
    event.preventDefault();
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

function leave(target) {
  for (const menu of open()) if (!(target instanceof Node && menu.contains(target))) menu.open = false;
}
document.addEventListener("focusin", (event) => leave(event.target));
document.addEventListener("click", (event) => leave(event.target));
