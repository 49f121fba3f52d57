// Browsers may write a cookie a moment later, and a page that is loaded at once would be drawn without it. Reading the cookies
// waits for those that are being written. Returns whether the cookie is there: some visitors refuse them.
window.remember = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; SameSite=Lax`;
  return document.cookie.split("; ").includes(`${name}=${value}`);
};

// The server writes times in the visitor's time zone. At the very first visit the circuit asks for it.
window.timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
window.remember("time-zone", window.timeZone());

// This script runs before anything is painted. The server draws the page and learns the preference of the system from a
// cookie. If the page was drawn in the other appearance, it is loaded again.
(() => {
  if (document.cookie.split("; ").some(cookie => cookie.startsWith("theme="))) return;

  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const isRemembered = window.remember("system-appearance", preferred);
  if (!isRemembered || document.documentElement.dataset.appearance === preferred) return;

  // The page reloads only once, since it would never end where the cookie does not reach the server.
  try {
    if (sessionStorage.getItem("appearance") === preferred) return;
    sessionStorage.setItem("appearance", preferred);
  } catch {
    return;
  }

  location.reload();
})();
