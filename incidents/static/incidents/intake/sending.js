// Sending without leaving the page: if the connection breaks, what was typed is still there to be sent again.
// The report's id was made when the page was served, so sending twice stores one report.
const form = document.getElementById("statement");
const outcomes = form.querySelectorAll("[data-outcome]");
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
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  } catch {
    underWay = false;
    show(form.dataset.unsent, button);
    return;
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
