// Questions in a box over the page: whose, which touchpoint, which pain point. Typing narrows them down.

const box = () => document.getElementById("box");

// Letters that are one for who looks for a name.
const fold = (text) => text.toLowerCase().normalize("NFKC").replace(/[\u200b-\u200f\u064b-\u0652ـ]/g, "")
  .replace(/[يىئ]/g, "ی").replace(/ك/g, "ک").replace(/[أإآٱ]/g, "ا").replace(/[ؤ]/g, "و").replace(/[ةۀ]/g, "ه").replace(/ё/g, "е");

async function ask(address, options = {}) {
  const token = document.querySelector('meta[name="csrf"]').content;
  const answer = await fetch(address, { ...options, headers: { "HX-Request": "true", "HX-Current-URL": location.href, "X-CSRF-Token": token } });
  const place = answer.ok ? box() : document.getElementById("told");
  htmx.swap(place, await answer.text(), { swapStyle: "innerHTML" });
  if (answer.ok && !box().open) box().showModal();
  // Where nothing can be typed, the choices are at hand at once.
  (box().querySelector("[autofocus]") ?? box().querySelector(".option[aria-pressed=true]") ?? box().querySelector(".option"))?.focus();
}

const options = () => [...box().querySelectorAll(".option")].filter((item) => item.offsetParent !== null);

function sift(words) {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  for (const item of box().querySelectorAll(".option")) {
    const text = fold(`${item.textContent} ${item.dataset.also ?? ""}`);
    item.hidden = !wanted.every((word) => text.includes(word));
  }
  for (const group of box().querySelectorAll(".group")) group.hidden = !group.querySelector(".option:not([hidden])");
}

export function watchQuestions() {
  document.addEventListener("click", (event) => {
    const asks = event.target.closest?.(".asks");
    if (!asks) return;
    event.preventDefault();
    event.stopPropagation();
    if (asks.matches("a")) return void ask(asks.getAttribute("href"));
    const body = new URLSearchParams(new FormData(asks.form, asks));
    if (!body.has("open")) body.set("open", document.getElementById("comment")?.dataset.id ?? "");
    ask(asks.getAttribute("formaction"), { method: "POST", body });
  }, true);
  box().addEventListener("input", (event) => {
    if (event.target.matches(".sift") && !event.target.hasAttribute("hx-get")) sift(event.target.value);
  });
  box().addEventListener("keydown", (event) => {
    const all = options();
    if (event.target.matches(".sift") && event.key === "Enter") {
      event.preventDefault();
      all[0]?.click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const at = all.indexOf(document.activeElement);
      if (at < 0 && !event.target.matches(".sift")) return;
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      next < 0 ? box().querySelector(".sift")?.focus() : all[Math.min(next, all.length - 1)]?.focus();
    }
  });
  // Whatever the answer, it stands on the page, which the box would hide.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.closest?.("#box") && event.detail.requestConfig.verb === "post" && box().open) box().close();
  });
  document.addEventListener("click", (event) => { if (event.target === box()) box().close(); });
}
