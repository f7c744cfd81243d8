// What is typed, kept as it is typed and back after a crash. Sealed with a key of its own that can't be taken out of the
// browser and is deleted with the draft. A draft holds the report's number, so two windows write one report.
import "./queue.js";

const { queue } = self;
const PAUSE_MS = 400;
const OWN = new Set(["csrfmiddlewaretoken", "report_id", "captured_at", "photo"]);
let page = null;
let late = null;
let key = null;
let timer = null;
let turn = 0; // a save that was under way when the draft ended must not bring it back

export async function begin(given, modules) {
  page = given;
  late = modules;
  const drafts = await queue.all("drafts");
  if (drafts.length && !touched()) await restore(drafts.sort((a, b) => b.at - a.at)[0]);
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  };
  for (const kind of ["input", "change", "files"]) page.form.addEventListener(kind, soon);
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  addEventListener("leaving", stop);
  addEventListener("queue", ({ detail }) => detail.revoked && page.form.reset());
}

const typed = () => [...new FormData(page.form)].filter(([name, value]) => !OWN.has(name) && value);
// The consent that every form begins with is no answer.
const touched = () => typed().some(([name, value]) => name !== "consent" || value !== "internal");

export async function save() {
  clearTimeout(timer);
  const { report_id: id, captured_at: at } = page.form.elements;
  if (page.form.dataset.state === "kept" || !(touched() || late.files?.count())) return;
  const mine = turn;
  key ??= crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const draft = { id: id.value, at: Date.now(), key: await key };
  draft.text = await lock(draft.key, new TextEncoder().encode(JSON.stringify([at.value, ...typed()])));
  draft.files = [];
  for (const file of late.files?.all() ?? []) {
    file.locked ??= await lock(draft.key, await file.blob.arrayBuffer());
    draft.files.push({ type: file.type, ...file.locked });
  }
  if (mine !== turn) return;
  // A full phone is told while everything is still on the screen: browsers don't say beforehand how much room there is.
  await queue.write("drafts", draft).catch(() => page.say(page.form.dataset.full));
}

async function lock(with_, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, with_, bytes) };
}

const unlock = (draft, { iv, bytes }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, draft.key, bytes);

async function restore(draft) {
  const [captured, ...answers] = JSON.parse(new TextDecoder().decode(await unlock(draft, draft.text)));
  key = Promise.resolve(draft.key);
  page.renew(draft.id, captured);
  for (const [name, value] of answers) answer(name, value);
  page.form.querySelector("[data-back]").hidden = false;
  page.form.dispatchEvent(new Event("restored"));
  if (!draft.files.length) return;
  late.files ??= await import("./files.js");
  for (const file of draft.files) late.files.bring(new Blob([await unlock(draft, file)], { type: file.type }));
}

function answer(name, value) {
  const found = page.form.elements[name];
  if (found instanceof RadioNodeList) {
    for (const box of found) if (box.value === value) box.checked = true;
    [...found].find((box) => box.value === value)?.closest("details")?.setAttribute("open", "");
  } else if (found?.type === "checkbox") found.checked = true;
  else if (found) found.value = value;
}

// The report is on its way, or the window is left: this draft ends.
export function stop() {
  turn += 1;
  key = null;
  clearTimeout(timer);
}
