// While an incident's page stands open: says what others do to it, without touching what is being written; keeps it for
// whoever works on it as long as they really do something, and gives it back when they leave.

const page = document.getElementById("incident-page");
const news = document.getElementById("news");
const list = news.querySelector("ul");
const strip = document.querySelector("#on-it p");
const { now, onIt, leave, seen } = page.dataset;
const NEAR_MS = 10_000;
const FAR_MS = 60_000;
const IDLE_MS = 120_000;
const RENEW_MS = 60_000;

let mine = Boolean(page.dataset.until);
let until = page.dataset.until;
let renewed = Date.now();
let acted = Date.now();
let isStaying = false;
let next = setTimeout(turn, NEAR_MS);

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
// The server must be able to tell these from a person's own requests: they keep nobody signed in.
const headers = () => ({ Accept: "application/json", "X-Desk-Poll": "1", "X-CSRFToken": token() });
const isIdle = () => document.hidden || Date.now() - acted > IDLE_MS;

function line({ who, said, when }) {
  const row = document.createElement("li");
  const name = document.createElement("b");
  const moment = document.createElement("span");
  name.textContent = who;
  moment.textContent = when;
  moment.className = "muted";
  row.append(name, ` ${said} `, moment);
  return row;
}

function show(answer) {
  const rows = answer.news.map(line);
  const text = rows.map((row) => row.textContent).join("\n");
  if (!rows.length || text === list.dataset.text) return;
  list.dataset.text = text;
  list.replaceChildren(...rows);
  news.hidden = false;
}

function gone() {
  list.replaceChildren();
  for (const part of news.querySelectorAll("p")) part.hidden = !part.matches(".gone");
  news.hidden = false;
}

function learn(answer) {
  mine = answer.mine;
  if (answer.until) until = answer.until;
  if (strip && answer.said) strip.textContent = answer.said;
}

async function renew() {
  renewed = Date.now();
  const answer = await fetch(onIt, { method: "POST", headers: headers() });
  if (answer.ok) learn(await answer.json());
}

// Whether to ask again.
async function look() {
  const answer = await fetch(`${now}?after=${seen}`, { headers: headers() });
  if (answer.status === 404) return gone();
  if (answer.redirected) return false; // signed out: what is being written stays in the page
  if (answer.ok) {
    const told = await answer.json();
    show(told);
    learn(told);
  }
  if (onIt && acted > renewed && Date.now() - renewed > RENEW_MS) await renew();
  return true;
}

async function turn() {
  clearTimeout(next);
  let goesOn = true;
  try {
    goesOn = await look();
  } catch {
    // no connection: asked again later
  }
  clearTimeout(next);
  if (goesOn) next = setTimeout(turn, isIdle() ? FAR_MS : NEAR_MS);
  else next = null;
}

for (const kind of ["pointerdown", "keydown", "input", "wheel"]) {
  addEventListener(kind, () => { acted = Date.now(); }, { capture: true, passive: true });
}
// A step leads back to this page; whoever takes it has not left.
page.addEventListener("submit", () => { isStaying = true; });
addEventListener("pageshow", () => { isStaying = false; });
addEventListener("pagehide", () => {
  if (!mine || !leave || isStaying) return;
  const form = new FormData();
  form.append("csrfmiddlewaretoken", token());
  form.append("quietly", "1");
  form.append("until", until);
  navigator.sendBeacon(leave, form);
});
// Whoever comes back to the tab sees at once what happened.
document.addEventListener("visibilitychange", () => { if (next && !document.hidden) turn(); });
