// On every page: what waits is sent whenever there may be a line, and one line at the top says how it stands.
import "./queue.js";
import "./courier.js";

const { queue, courier } = self;
const line = document.querySelector("[data-line]");
const LEAST_MS = 1_000;
const MOST_MS = 300_000;
let timer = null;

// Sends what is due; with `eager` also what would have waited, unless the server asked for the wait.
export async function go({ wanted = "", eager = false } = {}) {
  clearTimeout(timer);
  try {
    await courier.flush(wanted, eager);
  } finally {
    plan();
  }
}

async function plan() {
  const reports = await queue.all("reports");
  if (!reports.length) return;
  clearTimeout(timer);
  const next = Math.min(...reports.map((report) => report.next)) - Date.now();
  timer = setTimeout(() => go().catch(() => {}), Math.min(MOST_MS, Math.max(LEAST_MS, next)));
}

async function show({ detail } = {}) {
  if (detail?.wiped) return location.replace("/exit/");
  const reports = await queue.all("reports");
  const paused = await queue.read("notes", "paused");
  const state = !reports.length ? "none" : paused ? "paused" : reports.some((r) => r.state === "needs") ? "needs" : "kept";
  say(state, reports.length);
}

function say(state, count = 0) {
  line.dataset.line = state;
  line.querySelector("[data-said]").textContent = line.dataset[state];
  line.querySelector("[data-count]").textContent = count ? `${count.toLocaleString(document.documentElement.lang)} ⇅` : "";
  line.hidden = false;
}

const eagerly = () => go({ eager: true }).catch(() => {});

async function begin() {
  await queue.open();
  addEventListener("queue", show);
  addEventListener("online", eagerly);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && eagerly());
  await show();
  // The page itself goes first over a thin line.
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  navigator.serviceWorker?.register("/sw.js").catch(() => {});
  await eagerly();
  await import("./standing.js");
  await self.standing.look();
}

export const ready = begin().catch(() => line && say("unkept"));
