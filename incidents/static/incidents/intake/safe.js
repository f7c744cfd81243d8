// The check-in page: what is pressed is sent without leaving it. "I am safe" that finds no connection is sealed and kept,
// with its own time; an agreement is not, for nobody would know of it.
import "./queue.js";
import "./courier.js";

const { queue } = self;
const PATIENCE_MS = 20_000;
const MOST_KEPT = 20;
const root = () => document.querySelector("[data-safe]");
let underWay = Promise.resolve();
let last = "";

function say(words) {
  root().querySelector("[data-said]").textContent = words;
}

// Presses go out one after another: none is swallowed while another is on its way, except the second of a double tap.
function press(event) {
  const form = event.target.closest("main form");
  if (!form) return;
  event.preventDefault();
  const { submitter } = event;
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  const what = String(body);
  if (what === last) return;
  last = what;
  const at = new Date().toISOString();
  say(root().dataset.sending);
  underWay = underWay.then(() => deliver(form, body, at)).then(() => {
    if (last === what) last = "";
    else say(root().dataset.sending);
  });
}

async function deliver(form, body, at) {
  try {
    await send(form.action, body);
  } catch {
    const kept = body.get("do") === "safe" && (await keep({ at, word: body.get("word") }).then(() => true, () => false));
    if (kept) form.reset();
    say(kept ? root().dataset.kept : root().dataset.unsent);
  }
}

async function send(action, body) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(action, { method: "POST", body, credentials: "same-origin", signal: limit.signal });
    if (![200, 422].includes(answer.status)) throw new Error("not taken");
    show(await answer.text());
  } finally {
    clearTimeout(timer);
  }
  self.standing?.look().catch(() => {}); // beside the next press, not before it
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
