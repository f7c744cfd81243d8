// Says before a session ends that it will, and keeps it while somebody types. The server alone decides; it is asked.

const AGAIN_MS = 15_000;
const WARN_S = 120;
const ACTIVE_MS = 240_000;
const box = document.querySelector("[data-ending]");
const [soon, over, renew, again] = ["soon", "over", "renew", "again"].map((name) => box.querySelector(`[data-${name}]`));
let renewed = Date.now();
let next = null;

// As this page asks by itself, nobody's activity; or in somebody's name, which renews the session.
async function ask(isActivity) {
  const headers = isActivity ? {} : { "X-Desk-Poll": "1" };
  const answer = await fetch(box.dataset.stay, { headers, cache: "no-store", redirect: "error" });
  if (answer.status === 401) return 0;
  if (!answer.ok) return null;
  const { left_s: left, token } = await answer.json();
  if (!over.hidden) for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token; // signed in anew
  return left;
}

function show(left) {
  const isOver = left <= 0;
  soon.textContent = soon.dataset.words.replace("{minutes}", String(Math.max(1, Math.round(left / 60))));
  soon.hidden = renew.hidden = isOver;
  over.hidden = again.hidden = !isOver;
  box.hidden = left > WARN_S;
}

async function look(isActivity = false) {
  clearTimeout(next);
  const left = await ask(isActivity).catch(() => null); // no line: asked again later
  if (left !== null) show(left);
  if (isActivity && left) renewed = Date.now();
  next = setTimeout(look, until(left));
}

// When there will be something to say; often once it is close, or where there was no line.
function until(left) {
  return left > WARN_S ? Math.max(AGAIN_MS, (left - WARN_S) * 1_000) : AGAIN_MS;
}

// Whoever types sends nothing to the server for long: said in their name now and then.
function note() {
  if (Date.now() - renewed < ACTIVE_MS || !over.hidden) return;
  renewed = Date.now();
  look(true);
}

for (const kind of ["input", "keydown", "pointerdown"]) addEventListener(kind, note, { passive: true });
renew.addEventListener("click", () => look(true));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
next = setTimeout(look, until(Number(box.dataset.left)));
