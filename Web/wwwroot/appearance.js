// Runs before anything is painted. The server draws the page, so it has to know what the system prefers: it is told
// in a cookie, and asked again when it had drawn the other appearance.
(() => {
  if (document.cookie.split("; ").some(cookie => cookie.startsWith("theme="))) return;

  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.cookie = `system-appearance=${preferred}; path=/; max-age=31536000; SameSite=Lax`;
  if (document.documentElement.dataset.appearance === preferred) return;

  // Once only: where cookies are refused it would never end.
  try {
    if (sessionStorage.getItem("appearance") === preferred) return;
    sessionStorage.setItem("appearance", preferred);
  } catch {
    return;
  }

  location.reload();
})();
