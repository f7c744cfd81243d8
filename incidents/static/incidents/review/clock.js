// Keeps the clocks of a page going without asking the server: each says its deadline in an attribute.

const EVERY_MS = 15_000;
const MINUTE = 60;
const HOUR = 3_600;

const words = JSON.parse(document.getElementById("clock-words").textContent);
const ahead = Date.parse(words.now) - Date.now(); // how far the server's clock is ahead of this one

function span(seconds) {
  const [pattern, unit] = seconds < HOUR ? [words.minutes, MINUTE] : [words.hours, HOUR];
  return pattern.replace("%(count)s", String(Math.floor(seconds / unit)));
}

function said(left) {
  if (left >= 0) return left < MINUTE ? words.soon : words.left.replace("%(span)s", span(left));
  return left > -MINUTE ? words.due : words.late.replace("%(span)s", span(-left));
}

function show(clock) {
  const left = (Date.parse(clock.dataset.deadline) - Date.now() - ahead) / 1_000;
  const text = said(left);
  const label = clock.querySelector("span");
  if (label.textContent !== text) label.textContent = text;
  clock.classList.toggle("is-late", left < 0);
}

function showAll() {
  for (const clock of document.querySelectorAll(".clock[data-deadline]")) show(clock);
}

setInterval(showAll, EVERY_MS);
// A tab in the background is slowed down: what its reader comes back to is right at once.
document.addEventListener("visibilitychange", showAll);
