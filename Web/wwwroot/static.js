// The buttons of a page without a circuit.
const root = document.documentElement;
const on = (mark, action) => document.querySelector(`[data-testid=${mark}]`)?.addEventListener("click", action);

const menu = document.querySelector(".rz-sidebar");
const toggle = document.querySelector("[data-testid=menu]");
// On a phone the style sheet closes the menu at first. A closed menu still has its border.
let isOpen = menu.offsetWidth > 10;
toggle.setAttribute("aria-expanded", String(isOpen));
on("menu", () => {
  isOpen = !isOpen;
  menu.classList.remove("rz-sidebar-responsive");
  menu.classList.toggle("rz-sidebar-expanded", isOpen);
  menu.classList.toggle("rz-sidebar-collapsed", !isOpen);
  toggle.setAttribute("aria-expanded", String(isOpen));
});

on("appearance", () => {
  window.remember("theme", root.dataset.appearance === "dark" ? "standard" : "standard-dark");
  location.reload();
});

const login = document.getElementById("login-dialog");
on("view-only", () => login.showModal());
if (login?.hasAttribute("data-open")) login.showModal();

on("still", () => root.classList.toggle("still"));

// The tests wait for this.
root.dataset.ready = "true";
