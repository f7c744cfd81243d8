// The page of one incident by keyboard. What a key does is the element that names it: this file presses, opens or goes
// there. Nothing happens while somebody types, until they save it.

const sheet = document.getElementById("key-sheet");
const opener = document.querySelector("[data-opens='key-sheet']");
const reports = [...document.querySelectorAll(".report")];

function named(key) {
  const found = document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`);
  return [...found].find((one) => one.checkVisibility());
}

function isTyping(target) {
  return target.closest("textarea, select, input, [contenteditable]") !== null;
}

function unfold(summary) {
  const step = summary.parentElement;
  step.open = true;
  step.querySelector("form :is(textarea, select, input:not([type=hidden])):not([disabled])")?.focus();
}

function act(element) {
  if (element.matches("summary")) unfold(element);
  else if (element.matches("a, button")) element.click();
  else element.querySelector(":is(button, summary, a)")?.focus();
  element.scrollIntoView({ block: "nearest" });
}

function walk(way) {
  const here = reports.findIndex((one) => one.contains(document.activeElement));
  const next = reports[here < 0 ? 0 : Math.min(reports.length - 1, Math.max(0, here + way))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
}

// Leaves the nearest thing that is open; the page only when nothing is.
function leave(event) {
  const step = document.querySelector("details.step[open]");
  if (document.querySelector("details.menu[open]")) return;
  event.preventDefault();
  if (!step) return act(named("Escape"));
  step.open = false;
  step.querySelector("summary").focus();
}

// Whoever has written a reason need not reach for the button under it.
function save(event) {
  const form = event.target.closest("#incident-page details.step form");
  if (!form || event.repeat || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit]"));
}

function press(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return save(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || sheet.open) return;
  if (isTyping(event.target)) return;
  if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1);
  if (event.repeat) return; // a key held down must not take a step twice
  if (event.key === "Escape") return leave(event);
  const element = event.key.length === 1 && named(event.key);
  if (!element) return;
  event.preventDefault();
  act(element);
}

opener.hidden = false;
opener.addEventListener("click", () => sheet.showModal());
// Before the menus close themselves, or nobody could tell that one was open.
document.addEventListener("keydown", press, true);
