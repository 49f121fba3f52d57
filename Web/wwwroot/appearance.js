// The server writes times in the visitor's time zone. At the very first visit the circuit asks for it.
window.timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
document.cookie = `time-zone=${window.timeZone()}; path=/; max-age=31536000; SameSite=Lax`;

// This script runs before anything is painted. The server draws the page and learns the preference of the system from a
// cookie. If the page was drawn in the other appearance, it is loaded again.
(() => {
  if (document.cookie.split("; ").some(cookie => cookie.startsWith("theme="))) return;

  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.cookie = `system-appearance=${preferred}; path=/; max-age=31536000; SameSite=Lax`;
  if (document.documentElement.dataset.appearance === preferred) return;

  // The page reloads only once, since it would never end where cookies are refused.
  try {
    if (sessionStorage.getItem("appearance") === preferred) return;
    sessionStorage.setItem("appearance", preferred);
  } catch {
    return;
  }

  location.reload();
})();
