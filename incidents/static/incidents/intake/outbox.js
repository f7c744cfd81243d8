// The outbox: what waits, how far it is, what arrived today. It can show no report's content, for nothing here can be read.
import "./queue.js";
import { go } from "./start.js";
import "./standing.js";

const { queue } = self;
const page = document.querySelector("[data-outbox]");
const said = page.querySelector("[data-box-said]");
const waiting = page.querySelector("[data-waiting]");
const received = page.querySelector("[data-received]");
const parts = new Map(); // how much of a file has gone, by name
const words = page.dataset;

function make(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function item(sign, title, state, ...rest) {
  const mark = make("span", "sign", sign);
  mark.ariaHidden = "true";
  return make("li", "item", mark, make("div", "", make("p", "title", title), make("p", "hint", state), ...rest));
}

function waits(report, names) {
  const title = names.get(report.id) ?? words.unnamed.replace("{time}", clock(report.at));
  if (report.state === "needs") {
    const reason = make("p", "error", `${words.needs} ${report.said ?? ""}`);
    return item("▲", title, words.kept, reason);
  }
  if (report.body) return item("●", title, report.tries ? words.again.replace("{time}", clock(report.next)) : words.waiting);
  const total = report.files.reduce((sum, file) => sum + file.size, 0);
  const gone = report.files.reduce((sum, file) => sum + file.size * (file.sent ? 1 : (parts.get(file.name) ?? 0)), 0);
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: (100 * gone) / total });
  bar.ariaLabel = words.bringing;
  return item("⇅", title, `${words.bringing} ${Math.floor(bar.value)} %`, bar);
}

function arrived(entry) {
  const state = { read: words.read, acknowledged: words.acknowledged }[entry.state] ?? words.arrived;
  const line = state.replace("{time}", clock(entry.at));
  const link = Object.assign(make("a", "", words.receipt), { href: `/report/${entry.id}/` });
  return item("✓", entry.reference, line, link);
}

async function draw() {
  const [reports, entries] = [await queue.all("reports"), await queue.all("received")];
  const names = new Map(entries.map((entry) => [entry.id, entry.reference]));
  const under = new Set(reports.map((report) => report.id));
  waiting.replaceChildren(...reports.sort((a, b) => a.at - b.at).map((report) => waits(report, names)));
  received.replaceChildren(...entries.filter((entry) => !under.has(entry.id)).sort((a, b) => b.at - a.at).map(arrived));
  for (const part of page.querySelectorAll("[data-if]")) part.hidden = !{ waiting: reports.length, received: received.children.length, none: !reports.length }[part.dataset.if];
  page.querySelector("[data-paused]").hidden = !(reports.length && (await queue.read("notes", "paused")));
}

async function sendNow() {
  said.textContent = words.trying;
  await queue.run("readwrite", ["reports"], (store) => {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      const { value } = cursor;
      cursor.update({ ...value, next: 0, held: 0, state: value.body ? "waiting" : "files" });
      cursor.continue();
    };
  });
  await go({ eager: true });
  said.textContent = (await queue.all("reports")).length ? words.notyet : words.allsent;
}

async function saveFile() {
  const { write } = await import("./carry.js");
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await write()), download: words.filename });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  said.textContent = words.savedfile;
}

async function bringIn({ target }) {
  const { read } = await import("./carry.js");
  try {
    const count = await read(target.files[0]);
    said.textContent = (count ? words.brought : words.nothingnew).replace("{count}", count);
    go({ eager: true }).catch(() => {});
  } catch {
    said.textContent = words.unreadable;
  }
  target.value = "";
}

// Signing out leaves nothing here; so the first tap warns while something still waits.
async function signOut(event) {
  event.preventDefault();
  const form = event.target;
  const warning = form.querySelector("[data-unsent]");
  if (warning.hidden && (await queue.all("reports")).length) {
    warning.hidden = false;
    return;
  }
  // The server first: a credential that is only forgotten here would still be good.
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer?.ok) return (said.textContent = words.nosignout);
  await self.standing.forget();
  location.replace("/exit/");
}

const failed = () => (said.textContent = words.failed);
const on = (name, kind, what) =>
  page.querySelector(`[data-${name}]`).addEventListener(kind, (event) => Promise.resolve(what(event)).catch(failed));

on("now", "click", sendNow);
on("save", "click", saveFile);
on("bring", "change", bringIn);
on("out", "submit", signOut);
addEventListener("queue", ({ detail }) => {
  if (detail.name) parts.set(detail.name, detail.part);
  draw();
});
await queue.open();
await draw();
