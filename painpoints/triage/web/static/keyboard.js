// Which key was pressed, whatever alphabet the keyboard writes.

export const typing = (target) => target instanceof Element &&
  target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;

// Single letters can be switched off (WCAG 2.1.4).
export const silent = () => localStorage.getItem("keys") === "off";

// The key as a Latin keyboard has it: its place where another alphabet is switched on, its sign otherwise.
export function letter(event) {
  const latin = /^[ -~]$/.test(event.key);
  if (/^Key[A-Z]$/.test(event.code) && /^\p{L}$/u.test(event.key) && !latin) return event.code[3].toLowerCase();
  if (/^Digit[0-9]$/.test(event.code) && /^\p{Nd}$/u.test(event.key)) return event.code[5];
  // Arabic and Russian have letters and full stops where others have the slash.
  if (event.code === "Slash" && /^[.,؟\p{L}]$/u.test(event.key)) return event.shiftKey ? "?" : "/";
  return event.key === "؟" ? "?" : event.key;
}
