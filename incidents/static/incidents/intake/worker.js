// The worker of /sw.js: opens the form without a network, and sends what waits after the page was closed. A classic
// script: browsers of 2017 run it, while module workers came years later. What it caches holds no words.
const { kit, courier, standing } = self;
const PAGES = ["/report/", "/outbox/", "/safe/"];
const CALM = ["/exit/", "/offline/"];
const PATIENCE_MS = 3_000;
const KEPT = /^\/(static\/(incidents|leaflet)\/|map\.json$)/;
const APART = /^\/(admin|api)\//;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("sync", (event) => event.waitUntil(sync()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || APART.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (request.method === "GET" && KEPT.test(pathname)) event.respondWith(asset(request));
});

async function install() {
  const cache = await caches.open(kit.cache);
  await cache.addAll([...PAGES, ...CALM, ...kit.first]);
  self.skipWaiting();
  // The rest follows as the line allows; a page asks for it again where it is missing.
  await Promise.allSettled(kit.rest.map((address) => cache.add(address)));
}

async function activate() {
  for (const name of await caches.keys()) if (name !== kit.cache) await caches.delete(name);
  await clients.claim();
}

async function sync() {
  if (await courier.flush("", true, false)) throw new Error("not yet"); // the browser tries again later
}

const kept = (request) => caches.match(request, { ignoreVary: true, ignoreSearch: true });
const keep = async (request, answer) => (await caches.open(kit.cache)).put(request, answer);

async function asset(request) {
  const there = await kept(request);
  if (there) return there;
  const answer = await fetch(request);
  if (answer.ok) await keep(request, answer.clone()).catch(() => {}); // a full phone must not break the page
  return answer;
}

// The network first, but not for long: a page that was shown before is better than a blank screen.
async function page(event, pathname) {
  const mine = event.request.method === "GET" && PAGES.includes(pathname);
  const fresh = load(event, mine && pathname);
  event.waitUntil(fresh.catch(() => {}));
  const there = mine || CALM.includes(pathname) ? await kept(pathname) : null;
  if (!there) return fresh.catch(async () => (await kept("/offline/")) ?? Response.error());
  return Promise.race([fresh.catch(() => there), new Promise((late) => setTimeout(late, PATIENCE_MS, there))]);
}

async function load(event, pathname) {
  const answer = await fetch(event.request);
  if (!pathname) return answer;
  if (answer.status >= 500) throw new Error("not now");
  if (answer.ok && !answer.redirected) await keep(pathname, answer.clone()).catch(() => {});
  // A phone that was shut out: send what is left, then leave nothing.
  if (answer.status === 403) event.waitUntil(standing.look().catch(() => {}));
  return answer;
}
