// The buttons of a page without a circuit.
const root = document.documentElement;
const on = (mark, action) => document.querySelector(`[data-testid=${mark}]`)?.addEventListener("click", action);

on("menu", ({ currentTarget: button }) => {
  const menu = document.querySelector(".rz-sidebar");
  const isOpen = menu.offsetWidth > 0;
  menu.classList.remove("rz-sidebar-responsive");
  menu.classList.toggle("rz-sidebar-collapsed", isOpen);
  menu.classList.toggle("rz-sidebar-expanded", !isOpen);
  button.setAttribute("aria-expanded", String(!isOpen));
});

on("appearance", () => {
  const theme = root.dataset.appearance === "dark" ? "standard" : "standard-dark";
  document.cookie = `theme=${theme}; path=/; max-age=31536000; SameSite=Lax`;
  location.reload();
});

const login = document.getElementById("login-dialog");
on("only-looking", () => login.showModal());
if (login?.hasAttribute("data-open")) login.showModal();

on("still", () => root.classList.toggle("still"));

// The tests wait for this.
root.dataset.ready = "true";
