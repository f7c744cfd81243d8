// Sending without leaving the page: if the connection breaks, what was typed is still there to be sent again.
// The report's id was made when the page was served, so sending twice stores one report.
const form = document.getElementById("statement");
const outcomes = form.querySelectorAll("[data-outcome]");
// A connection may hang without breaking. A report that arrived all the same is not stored twice.
const PATIENCE_MS = 90_000;
const PATIENCE_WITH_PHOTO_MS = 600_000;
let underWay = false;

function show(message, button = null) {
  // Said under the button that was pressed, which may be the one at the top.
  const [top, bottom] = outcomes;
  top.textContent = bottom.textContent = "";
  (button?.closest(".danger") ? top : bottom).textContent = message;
}

async function send(button) {
  underWay = true;
  show(form.dataset.sending, button);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), form.elements.photo.files.length ? PATIENCE_WITH_PHOTO_MS : PATIENCE_MS);
  const request = { method: "POST", body: new FormData(form), credentials: "same-origin", signal: limit.signal };
  let answer;
  try {
    answer = await fetch(form.action, request);
  } catch {
    underWay = false;
    show(form.dataset.unsent, button);
    return;
  } finally {
    clearTimeout(timer);
  }
  if (answer.redirected) {
    location.replace(answer.url); // Back must not show what was typed
    return;
  }
  // Anything else is a page to be read: let the browser fetch it the plain way. It could not give back a photo anyway.
  if (!answer.ok) form.elements.photo.value = "";
  form.submit();
}

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.name && !underWay) return; // another language: the same page again, by the browser itself
  event.preventDefault();
  if (underWay) return;
  // Once only, for the same report sent again must be the same to the letter.
  form.elements.captured_at.value ||= new Date().toISOString();
  send(button);
});
addEventListener("pageshow", () => {
  underWay = false;
  show("");
});
