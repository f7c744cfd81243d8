// The list keeps itself current: asks what changed, takes it in, and says so quietly. What is typed elsewhere is left alone.
import { count, heed } from "./chime.js";
import { pace } from "./pace.js";
import { find, ids, lay, read, rows } from "./list_rows.js";

const words = JSON.parse(document.getElementById("live-words").textContent);
const box = document.getElementById("live");
const state = document.getElementById("live-state");
const login = document.getElementById("live-login");
const said = document.getElementById("live-said");
const COUNTS_EVERY = 60_000; // the tabs' counts, which cost more; sooner where something changed
const COUNTS_AFTER = 10_000;
const RESTING = 4_000; // a pointer that lies still so long on the list is about to press nothing
const NEW_FOR = 60_000;
const LATELY = 800;

let known = new Set(ids());
let told = mark();
let waiting = null; // an answer that is held back while the list would move under the reader's eyes or hand
let made = new Map();
let timer;
let round = 0; // answers to an earlier list are thrown away
let failures = 0;
let lost = null;
let paused = false;
let counted = 0;
let changed = false;
let pointed = 0;
const parts = new Map();

function mark() {
  const { token, at } = document.getElementById("list").dataset;
  return { token: token ?? "", at: at ?? "" };
}

function plan(wait) {
  clearTimeout(timer);
  if (!paused) timer = setTimeout(ask, wait);
}

async function ask() {
  const mine = round;
  const began = Date.now();
  const asksCounts = began - counted > (changed ? COUNTS_AFTER : COUNTS_EVERY) && document.querySelector("[data-view]");
  try {
    const answer = await fetch(address(asksCounts), {
      credentials: "same-origin", redirect: "manual", headers: { "X-Desk-Poll": "1", Accept: "application/json" },
    });
    if (mine !== round) return;
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return signedOut();
    if (!answer.ok) throw new Error(`feed: ${answer.status}`);
    if (asksCounts) [counted, changed] = [began, false];
    take(await answer.json(), mine);
    failures = 0;
    lost = null;
    show("live");
  } catch {
    if (mine !== round) return;
    failures += 1;
    lost ??= new Date();
    if (failures > 1) show("lost"); // a single stumble is no news
  }
  plan(pace({ took: Date.now() - began, failures }));
}

function address(asksCounts) {
  const asked = new URLSearchParams(location.search);
  asked.set("token", told.token);
  asked.set("at", told.at);
  if (asksCounts) asked.set("counts", "1");
  return `${box.dataset.feed}?${asked}`;
}

function signedOut() {
  failures += 1;
  show("out");
  plan(pace({ failures: failures + 2 }));
}

function take(answer, mine) {
  if (mine !== round) return;
  told.at = String(answer.at);
  for (const [id, found] of Object.entries(answer.counts ?? {})) tab(id, found);
  if (!answer.ids) return;
  changed = true;
  told.token = answer.token;
  for (const [id, html] of Object.entries(answer.rows)) made.set(id, read(html).firstElementChild);
  for (const [name, html] of Object.entries(answer.parts)) part(name, html);
  const fresh = new Set(answer.fresh);
  const news = answer.ids.filter((id) => fresh.has(id) && !known.has(id));
  const grave = answer.ids.filter((id) => fresh.has(id) && "grave" in made.get(id).dataset && !(find(id) && "grave" in find(id).dataset));
  for (const id of news) markNew(made.get(id));
  for (const id of answer.ids) known.add(id);
  waiting = { ids: answer.ids, news: [...(waiting?.news ?? []), ...news].filter((id) => answer.ids.includes(id)) };
  apply();
  if (news.length) said.textContent = news.length === 1 ? words.one_new : words.many_new.replace("%s", news.length);
  heed(grave.length);
  document.dispatchEvent(new CustomEvent("desk:changed", { detail: { ids: answer.ids } }));
}

// Lays the list anew; but only changes rows where they are, and takes away, while somebody reads further down or points.
function apply({ now = false } = {}) {
  if (!waiting) return;
  if (!now && holds()) {
    const there = ids().filter((id) => waiting.ids.includes(id));
    lay(there, made, { still: true });
    pill(waiting.news.length);
    return;
  }
  lay(waiting.ids, made, { still: !now && isScrolled() });
  made = new Map();
  waiting = null;
  pill(0);
  document.dispatchEvent(new CustomEvent("desk:rows"));
}

const isScrolled = () => rows().getBoundingClientRect().top < 0;

function holds() {
  const points = rows().matches(":hover") && Date.now() - pointed < RESTING;
  return ids().length > 0 && (isScrolled() || points);
}

function pill(number) {
  const button = document.getElementById("pill-new");
  button.textContent = words.pill.replace("%s", number);
  button.hidden = !number;
}

function markNew(row) {
  row.classList.add("is-new");
  const dot = document.createElement("span");
  dot.className = "new-dot";
  dot.title = words.new;
  row.prepend(dot);
  setTimeout(() => find(row.dataset.incident)?.classList.remove("is-new"), NEW_FOR);
}

function tab(id, found) {
  const place = document.querySelector(`[data-view="${CSS.escape(id)}"] .view-count`);
  if (place) place.textContent = found.toLocaleString(document.documentElement.lang);
}

function part(name, html) {
  const place = document.querySelector(`[data-part="${name}"]`);
  if (!place || parts.get(name) === html) return;
  parts.set(name, html);
  const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  place.replaceChildren(read(html));
  if (focused) place.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function show(word) {
  box.hidden = false;
  state.dataset.state = word;
  const clock = lost?.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const text = words[word].replace("%s", clock ?? "");
  const place = state.querySelector(".live-word");
  if (place.textContent !== text) place.textContent = text;
  login.hidden = word !== "out";
  login.textContent = words.sign_in;
  login.href = `${box.dataset.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
}

function soon() {
  if (!paused) plan(0);
}

state.addEventListener("click", () => {
  paused = !paused;
  clearTimeout(timer);
  if (paused) show("paused");
  else soon();
});
document.addEventListener("click", (event) => {
  if (event.target.id !== "pill-new") return;
  const [first] = waiting?.news ?? [];
  apply({ now: true });
  document.getElementById("list").scrollIntoView({ block: "start" });
  if (first) find(first)?.querySelector(".row-link").focus({ preventScroll: true });
});
document.addEventListener("pointermove", (event) => {
  if (event.target.closest?.("#rows")) pointed = Date.now();
}, { passive: true });
for (const seen of ["focusin", "pointerover"]) {
  document.addEventListener(seen, (event) => event.target.closest?.(".row.is-new")?.classList.remove("is-new"));
}
document.addEventListener("desk:list-replaced", () => {
  round += 1;
  [known, told, waiting, made, counted] = [new Set(ids()), mark(), null, new Map(), 0];
  parts.clear();
  if (!paused) plan(LATELY); // the list is fresh, and a map that is moved replaces it again and again
});
document.addEventListener("desk:ask-now", soon);
document.addEventListener("visibilitychange", () => {
  count(0);
  if (!document.hidden) soon();
});
addEventListener("online", soon);
addEventListener("scroll", () => waiting && apply(), { passive: true });
setInterval(() => waiting && apply(), 1_000);

show("live");
plan(document.querySelector("[data-view]") ? LATELY : pace());
