// Notes that are being written: kept while other comments are read, never overwritten by what a colleague does.

export function keepNotes() {
  const drafts = new Map();
  const note = () => document.getElementById("note");
  const id = () => document.getElementById("comment")?.dataset.id;

  function look() {
    const field = note();
    if (!field) return;
    const unsaved = field.value !== field.dataset.kept;
    field.classList.toggle("unsaved", unsaved);
    unsaved ? drafts.set(id(), field.value) : drafts.delete(id());
  }

  function restore() {
    const field = note();
    if (field && drafts.has(id())) field.value = drafts.get(id());
    look();
  }

  document.addEventListener("input", (event) => { if (event.target.id === "note") look(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // What was sent is kept by the server now; a refusal leaves it a draft.
    if (event.detail.xhr.status < 300 && event.detail.requestConfig.elt?.closest?.("#act")) drafts.delete(id());
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "note" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.querySelector("#comment .save-note")?.click();
    }
  });
  addEventListener("beforeunload", (event) => { if (drafts.size) event.preventDefault(); });
  look();
  return { restore, unsaved: () => drafts.has(id()) };
}
