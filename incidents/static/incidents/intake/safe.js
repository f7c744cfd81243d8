// The check-in page: what is pressed is sent without leaving it. "I am safe" that finds no connection is sealed and kept,
// with its own time; an agreement is not, for nobody would know of it.
import "./queue.js";
import "./courier.js";

const { queue } = self;
const PATIENCE_MS = 20_000;
const MOST_KEPT = 20;
const root = () => document.querySelector("[data-safe]");
let underWay = false;

function say(words) {
  root().querySelector("[data-said]").textContent = words;
}

async function press(event) {
  const form = event.target.closest("main form");
  if (!form) return;
  event.preventDefault();
  if (underWay) return;
  underWay = true;
  const { submitter } = event;
  const at = new Date().toISOString();
  say(root().dataset.sending);
  try {
    await send(form, submitter);
  } catch {
    const isSafe = submitter?.value === "safe";
    const word = form.elements.word?.value ?? "";
    const kept = isSafe && (await keep({ at, word }).then(() => true, () => false));
    if (kept) form.reset();
    say(kept ? root().dataset.kept : root().dataset.unsent);
  } finally {
    underWay = false;
  }
}

async function send(form, submitter) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE_MS);
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", signal: limit.signal });
    if (![200, 422].includes(answer.status)) throw new Error("not taken");
    show(await answer.text());
  } finally {
    clearTimeout(timer);
  }
  await self.standing?.look().catch(() => {});
}

// The answer is this same page as it stands now.
function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-safe]");
  if (!fresh) throw new Error("another page");
  root().replaceWith(document.adoptNode(fresh));
  (root().querySelector("[aria-invalid]") ?? root().querySelector("[data-said]")).focus();
}

// Sealed, so that a word beside it can't be read here.
async function keep(given) {
  const { sealStatement } = await import("./seal.js");
  const { recipient, sender } = root().dataset;
  const { body } = await sealStatement(recipient, { sender, ...given });
  const waiting = (await queue.read("notes", "safe")) ?? [];
  await queue.write("notes", [...waiting, body].slice(-MOST_KEPT), "safe");
}

async function bring() {
  const before = ((await queue.read("notes", "safe")) ?? []).length;
  if (!before) return;
  await self.standing?.look();
  if (!((await queue.read("notes", "safe")) ?? []).length) say(root().dataset.arrived);
}

document.addEventListener("submit", press);
if (!location.search) say(""); // a page from the worker's store may still say what was said then
addEventListener("online", () => bring().catch(() => {}));
await queue.open().then(bring).catch(() => {});
