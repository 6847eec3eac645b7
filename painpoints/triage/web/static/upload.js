// A file that is dropped or chosen goes at once; how much of it has gone is shown.

const form = document.getElementById("send");
const place = form?.querySelector(".drop");
const input = form?.querySelector("input[type=file]");
const bar = form?.querySelector("progress");

if (form && place && input) {
  form.classList.add("scripted");
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => { event.preventDefault(); place.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    form.addEventListener(kind, (event) => { event.preventDefault(); place.classList.remove("over"); });
  }
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  input.addEventListener("change", () => { if (input.files.length) form.requestSubmit(); });
  // A file dropped beside its place would be opened by the browser instead of the page.
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
  form.addEventListener("htmx:xhr:progress", (event) => {
    if (!event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = event.detail.loaded / event.detail.total;
  });
  form.addEventListener("htmx:afterRequest", () => { bar.hidden = true; input.value = ""; });
}
