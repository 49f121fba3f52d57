// Blazor sets the state of the connection as a class of this dialog. The page reconnects or reloads without a click.
const dialog = document.getElementById("components-reconnect-modal");
let asking;

// Blazor waits longer after each attempt. This checks every second whether the server is back.
async function ask() {
  try {
    if (!(await fetch("alive", { cache: "no-store" })).ok) return;
    // A new server process does not know this page, and Blazor.reconnect returns false.
    if (!(await Blazor.reconnect())) location.reload();
  } catch {
    // The server is not back yet.
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
