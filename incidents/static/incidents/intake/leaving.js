// The way out: what was typed goes first, and Back does not bring it again.
let left = false;

// Off the screen at once. Drafts and the list of what was received go with it; what still waits to be sent stays.
async function leave(address) {
  left = true;
  document.documentElement.hidden = true;
  for (const form of document.forms) form.reset();
  dispatchEvent(new Event("leaving"));
  const { queue } = self;
  const emptied = Promise.all([queue?.empty("drafts"), queue?.empty("received")]).catch(() => {});
  await Promise.race([emptied, new Promise((late) => setTimeout(late, 800))]);
  location.replace(address);
}

for (const link of document.querySelectorAll("[data-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link.href);
  });
}
// A page that the browser held in memory comes back as it was left; one that is loaded anew is empty.
addEventListener("pageshow", () => left && leave(document.querySelector("[data-exit]").href));
