// "6 min ago" stays true while the page stands: the part after the comma is said anew, as long as it is less than a day.

const words = JSON.parse(document.getElementById("live-words").textContent);
const ahead = Date.parse(JSON.parse(document.getElementById("clock-words").textContent).now) - Date.now();
const EVERY_MS = 20_000;
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

function distance(seconds) {
  if (seconds < MINUTE) return words.now;
  const [pattern, unit] = seconds < HOUR ? [words.minutes, MINUTE] : [words.hours, HOUR];
  return pattern.replace("%(count)s", Math.floor(seconds / unit));
}

function show(time) {
  const seconds = (Date.now() + ahead - Date.parse(time.dateTime)) / 1_000;
  const [clock, ...rest] = time.textContent.split(", ");
  if (rest.length !== 1 || !(seconds >= 0 && seconds < DAY)) return;
  const text = `${clock}, ${distance(seconds)}`;
  if (time.textContent !== text) time.textContent = text;
}

function showAll() {
  for (const time of document.querySelectorAll("#rows time, [data-part] time")) show(time);
}

setInterval(showAll, EVERY_MS);
document.addEventListener("visibilitychange", showAll);
