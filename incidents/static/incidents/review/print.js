// The print button, and tables opened for the paper where the browser's style sheet cannot open them by itself.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.behind:not([open])")];
  for (const table of opened) table.open = true;
});
window.addEventListener("afterprint", () => {
  for (const table of opened) table.open = false;
});
