// Menus made of <details>: Escape and a click elsewhere close them. Without this file they open and close by themselves.

function close(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.activeElement?.closest("details.menu")?.querySelector("summary")?.focus();
  close();
});
