// The form until the rest has come: a number of its own, and a button that works. Over a line so bad that sending cannot be
// fetched, it posts as a page without scripts would, but keeps what was typed where it is.
import "./queue.js";

const form = document.getElementById("statement");
const outcomes = form.querySelectorAll("[data-outcome]");
const page = { form, say, renew }; // what sending is given
let underWay = false;

function say(message, button = null) {
  // Said under the button that was pressed, which may be the one at the top.
  for (const outcome of outcomes) outcome.textContent = "";
  (button?.closest(".danger") ? outcomes[0] : outcomes[1]).textContent = message;
}

// The page may come from the worker's store, where its number has been used.
function renew(id = crypto.randomUUID(), captured = "") {
  form.elements.report_id.value = id;
  form.elements.captured_at.value = captured;
}

async function press(button) {
  say(form.dataset.sending, button);
  const module = await import("./send.js").catch(() => null);
  return module ? module.press(page, button) : post();
}

async function post() {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  if (!answer.redirected) throw new Error("not taken");
  location.replace(answer.url); // Back must not show what was typed
}

function pressed(event) {
  event.preventDefault();
  if (underWay) return;
  underWay = true;
  const button = event.submitter;
  press(button).catch(() => say(form.dataset.unsent, button)).finally(() => (underWay = false));
}

async function begin() {
  try {
    if (!isSecureContext) throw new Error("no sealing here");
    await self.queue.open();
  } catch {
    return import("./plain.js"); // a private window
  }
  if (!document.querySelector("[data-summary]")) renew();
  form.addEventListener("submit", pressed);
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  (await import("./send.js")).begin(page);
}

begin().catch(() => {}); // over a bad line, what could not be fetched is asked for again by Send
