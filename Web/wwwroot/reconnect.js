// Blazor reports the state of the connection to this dialog. Whatever happens, a person has nothing to press.
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

dialog.addEventListener("components-reconnect-state-changed", ({ detail }) => {
  switch (detail.state) {
    case "show":
      if (!dialog.open) dialog.showModal();
      asking ??= setInterval(ask, 1000);
      break;
    case "hide":
      clearInterval(asking);
      asking = undefined;
      dialog.close();
      break;
    case "rejected":
    case "resume-failed":
      location.reload();
      break;
  }
});
