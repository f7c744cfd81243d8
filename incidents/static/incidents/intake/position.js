// The position of this phone: the best fix within a while, and in words how good it is. Only the part of the question
// that was chosen is shown. Being in danger chooses the phone's position, unless something else was chosen.
const GOOD_M = 30;
const POOR_M = 1500;
const PATIENCE_MS = 20_000;

const where = document.querySelector("[data-where]");
const status = where.querySelector("[data-position]");
const again = where.querySelector("[data-again]");
const form = document.getElementById("statement");
const fields = form.elements;
const radios = [...where.querySelectorAll("[type=radio]")];
const available = "geolocation" in navigator && isSecureContext;
const echo = document.querySelector("[data-echo]");
let watch = null;
let timer = null;
let best = null;

function say(kind, metres = 0) {
  status.textContent = status.dataset[kind].replace("{m}", Math.ceil(metres).toLocaleString(document.documentElement.lang));
  // Somebody in danger sees at the top what becomes of the position.
  echo.textContent = fields.in_danger_now.checked ? `${echo.dataset.echo} ${status.textContent}` : "";
}

function grade(metres) {
  return metres <= GOOD_M ? "good" : metres <= POOR_M ? "fair" : "poor";
}

function stop() {
  navigator.geolocation.clearWatch(watch);
  clearTimeout(timer);
  watch = null;
  again.hidden = false;
}

function giveUp() {
  stop();
  if (best === null) return say("none");
  say(grade(best), best);
  done();
}

// A report of somebody in danger may have left without it.
function done() {
  const detail = { latitude: fields.latitude.value, longitude: fields.longitude.value, accuracy_m: Math.ceil(best) };
  form.dispatchEvent(new CustomEvent("position", { detail }));
}

function take({ coords }) {
  if (watch === null || (best !== null && coords.accuracy >= best)) return;
  best = coords.accuracy;
  fields.latitude.value = coords.latitude.toFixed(6);
  fields.longitude.value = coords.longitude.toFixed(6);
  fields.accuracy_m.value = Math.ceil(best);
  if (best > GOOD_M) return say("better", best);
  stop();
  say("good", best);
  done();
}

function refuse(fault) {
  if (fault.code !== fault.PERMISSION_DENIED) return; // not yet; the timer decides
  stop();
  say("refused");
}

function measure() {
  if (watch !== null) return;
  best = null;
  fields.latitude.value = fields.longitude.value = fields.accuracy_m.value = "";
  again.hidden = true;
  say("looking");
  timer = setTimeout(giveUp, PATIENCE_MS);
  watch = navigator.geolocation.watchPosition(take, refuse, { enableHighAccuracy: true, maximumAge: 0 });
}

function show() {
  const chosen = radios.find((radio) => radio.checked)?.value;
  for (const panel of where.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== chosen;
  if (chosen === "pin") where.querySelector("[data-panel=pin]").open = true;
  if (chosen !== "gps" && watch !== null) stop();
  return chosen;
}

function choose() {
  if (show() === "gps" && !fields.accuracy_m.value) measure();
}

if (available) where.querySelector("[data-gps]").hidden = false;
where.addEventListener("change", (event) => event.target.type === "radio" && choose());
again.addEventListener("click", measure);
// What is sent stays as it is: Send again must send the same report. Only a new tap measures anew. A first fix may follow.
form.addEventListener("submit", () => watch !== null && best !== null && giveUp());
fields.in_danger_now.addEventListener("change", alarm);

function alarm() {
  if (!available || !fields.in_danger_now.checked || radios.some((radio) => radio.checked)) return;
  radios.find((radio) => radio.value === "gps").checked = true;
  choose();
}

// As the page stands now: served with answers, brought back from a draft, or emptied.
function begin() {
  if (watch !== null) stop();
  best = fields.accuracy_m.value ? Number(fields.accuracy_m.value) : null;
  status.textContent = echo.textContent = "";
  again.hidden = true;
  if (show() !== "gps") return alarm();
  if (best === null) return available && measure();
  say(grade(best), best);
  again.hidden = false;
}

form.addEventListener("restored", begin);
form.addEventListener("reset", () => {
  fields.accuracy_m.value = ""; // hidden fields are not emptied by the browser
  setTimeout(begin);
});
begin();
