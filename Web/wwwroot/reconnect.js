// Blazor tells the state of the connection by the class of this dialog. Whatever happens, a person has nothing to press.
const dialog = document.getElementById("components-reconnect-modal");
let asking;

// Blazor waits longer and longer between its attempts; a server that is back is noticed within a second.
async function ask() {
  try {
    if (!(await fetch("alive", { cache: "no-store" })).ok) return;
    // A new process knows nothing of this page, then Blazor answers false.
    if (!(await Blazor.reconnect())) location.reload();
  } catch {
    // Not back yet.
  }
}

function show() {
  if (!dialog.open) dialog.showModal();
  asking ??= setInterval(ask, 1000);
}

function hide() {
  clearInterval(asking);
  asking = undefined;
  dialog.close();
}

new MutationObserver(() => {
  const has = (state) => dialog.classList.contains(`components-reconnect-${state}`);
  if (has("rejected") || has("resume-failed")) location.reload();
  else if (has("show") || has("retrying") || has("failed")) show();
  else if (has("hide")) hide();
}).observe(dialog, { attributeFilter: ["class"] });
