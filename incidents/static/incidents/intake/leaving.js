// The way out: what was typed goes first, and Back does not bring it again.
const LEFT = "left";

function remember(left) {
  try {
    left ? sessionStorage.setItem(LEFT, "1") : sessionStorage.removeItem(LEFT);
  } catch {} // a private window without storage
}

function hasLeft() {
  try {
    return sessionStorage.getItem(LEFT) !== null;
  } catch {
    return false;
  }
}

function leave(address) {
  for (const form of document.forms) form.reset();
  remember(true);
  location.replace(address);
}

for (const link of document.querySelectorAll("[data-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link.href);
  });
}
// A page that the browser held in memory comes back as it was left; one that is loaded anew is empty.
addEventListener("pageshow", (event) => {
  if (event.persisted && hasLeft()) leave(document.querySelector("[data-exit]").href);
  else remember(false);
});
