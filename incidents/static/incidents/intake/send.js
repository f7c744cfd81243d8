// Send: the report is sealed and on this phone before anything is said about it. What the page shows then is after.js.
import "./queue.js";
import { go } from "./start.js";
import { collect, faults } from "./statement.js";
import { showFaults } from "./faults.js";

const { queue } = self;
const form = document.getElementById("statement");
const fields = form.elements;
const without = form.querySelector("[data-without]");
const LOADING_MS = 10_000;
// What comes while the first answers are given.
const LATER = {
  drafts: () => import("./drafts.js"),
  more: () => import("./more.js"),
  after: () => import("./after.js"),
  seal: () => import("./seal.js"),
  files: () => import("./files.js"),
};
const late = {}; // those that came
let page = null;
let begun = null;

async function send(button) {
  const wrong = faults(form);
  showFaults(wrong);
  if (Object.keys(wrong).length) return page.say("");
  page.say(form.dataset.saving, button);
  fields.captured_at.value ||= new Date().toISOString();
  const chosen = button === without ? [] : ((await late.files?.chosen()) ?? []);
  const statement = collect(form);
  const sealed = await seal(statement, chosen).catch(() => null);
  if (!sealed) return chosen.length ? offer(form.dataset.unsent, button) : direct(statement, button);
  try {
    await queue.keep(sealed.report, sealed.blobs, statement.id);
  } catch {
    return chosen.length ? offer(form.dataset.full, button) : direct(statement, button);
  }
  navigator.storage?.persist?.();
  page.say(form.dataset.saved, button);
  self.courier.wordsOnly = Boolean(late.after) && !statement.in_danger_now && navigator.onLine;
  queue.tell({ sent: statement.id, captured: statement.captured_at });
  go({ wanted: sealed.report.key, eager: true }).catch(() => {});
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("notes")).catch(() => {});
  late.files?.clear();
  late.drafts?.stop();
  await late.after?.show(statement, button);
}

async function seal(statement, chosen = []) {
  const limit = new Promise((_, reject) => setTimeout(reject, LOADING_MS));
  const { sealFile, sealStatement } = await Promise.race([import("./seal.js"), limit]);
  const { recipient } = form.dataset;
  const sealed = [];
  for (const one of chosen) sealed.push(await sealFile(recipient, one));
  const { key, body } = await sealStatement(recipient, { ...statement, files: sealed.map((one) => one.announced) });
  const files = sealed.map(({ announced: { name }, blob: { size } }) => ({ name, size, sent: false }));
  const blobs = new Map(sealed.map(({ announced, blob }) => [announced.name, blob]));
  return { report: { key, body, id: statement.id, at: Date.now(), files }, blobs };
}

// Sealing can't be had, or the phone has no room: straight to the server. Nothing is kept then, and that is said.
async function direct(statement, button) {
  page.say(form.dataset.sending, button);
  const headers = { "Content-Type": "application/json" };
  const options = { method: "PUT", headers, body: JSON.stringify(statement), redirect: "manual" };
  const answer = await fetch(`/api/v1/reports/${statement.id}`, options).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (answer?.ok && said?.reference) {
    late.drafts?.stop();
    await queue.drop("drafts", statement.id).catch(() => {});
    form.reset();
    return location.replace(`/report/${said.id}/`); // Back must not show what was typed
  }
  if (said?.errors) showFaults(Object.fromEntries(Object.entries(said.errors).map(([name, all]) => [name, all[0]])));
  page.say(form.dataset.unsent, button);
}

// Files are left out only by who chose them.
function offer(message, button) {
  page.say(message, button);
  without.hidden = false;
}

// A button of the form was pressed.
export async function press(given, button) {
  page ??= { ...given, seal };
  without.hidden = true;
  await (button?.name ? speak(button) : send(button));
}

// Another language: the draft brings back what was typed, so that no words stand in the browser's history.
async function speak(button) {
  await late.drafts?.save();
  const body = new URLSearchParams({ language: button.value, csrfmiddlewaretoken: fields.csrfmiddlewaretoken.value });
  await fetch("/language/", { method: "POST", body, redirect: "manual" });
  location.reload();
}

async function choose({ target }) {
  late.files ??= await import("./files.js");
  await late.files.add([...target.files]);
  target.value = "";
}

export function begin(given) {
  page ??= { ...given, seal };
  begun ??= follow();
  return begun;
}

async function follow() {
  const camera = document.getElementById("camera");
  camera.capture = "environment";
  camera.parentElement.hidden = false;
  for (const input of [fields.photo, camera]) input.addEventListener("change", choose);
  for (const [name, load] of Object.entries(LATER)) {
    try {
      late[name] = await load();
      await late[name].begin?.(page, late);
    } catch {} // the others still come
  }
}
