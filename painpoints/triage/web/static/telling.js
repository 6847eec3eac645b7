// The line that says what became of an action, read out by screen readers.

export function tell(words) {
  const line = document.createElement("p");
  line.className = "line";
  line.textContent = words;
  document.getElementById("told")?.replaceChildren(line);
}
