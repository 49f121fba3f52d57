// The server draws the page first, and the circuit draws it anew with other fields: what was typed until then moves over to them.
(() => {
  const content = document.getElementById("content") ?? document.body;
  const drawn = content.firstElementChild;
  if (!drawn) return;
  const fields = [...content.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), textarea")].filter((field) => field.id || field.name);
  let focused = fields.includes(document.activeElement) ? document.activeElement : undefined;

  const remember = (event) => (focused = event.target);
  // A form that only the circuit can send would load the page again.
  const hold = (event) => event.target.hasAttribute("action") || event.preventDefault();
  document.addEventListener("focusin", remember);
  document.addEventListener("submit", hold);

  new MutationObserver((_, observer) => {
    if (drawn.isConnected) return;
    observer.disconnect();
    document.removeEventListener("focusin", remember);
    document.removeEventListener("submit", hold);
    for (const old of fields) {
      const field = old.id ? document.getElementById(old.id) : document.querySelector(`[name="${CSS.escape(old.name)}"]`);
      if (!field || (old.value === old.defaultValue && old !== focused)) continue;
      if (old === focused) {
        field.focus();
        // The page takes the focus to its heading as soon as it is there, but not away from a person who is typing.
        field.addEventListener("blur", (event) => event.relatedTarget?.matches("h1") && field.focus(), { once: true });
      }
      if (old.value === old.defaultValue) continue;
      field.value = old.value;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }).observe(document.body, { childList: true, subtree: true });
})();

// The arrows bring back earlier lines of a field with a history. The browser would take the caret to the beginning meanwhile.
document.addEventListener("keydown", (event) => {
  if (["ArrowUp", "ArrowDown"].includes(event.key) && event.target.matches("[data-history]")) event.preventDefault();
});

// A grid keeps a Tab from leaving it until the server has answered, though it does nothing with it: the server is not asked.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Tab" && event.target.matches(".rz-data-grid-data")) event.stopPropagation();
  },
  true,
);
