// Brings what waits to the server: one at a time, all texts before any file. A report is dropped only after the server's
// own answer; every other answer keeps it and goes on to the next. Runs in pages and in the worker, as queue.js does.
(() => {
  const { queue } = self;
  const PATIENCE_MS = 90_000;
  const HOUR_MS = 3_600_000;
  let cuts = 0; // connections that broke, one after the other

  async function ask(address, options, limit = new AbortController(), more = 0) {
    const timer = setTimeout(() => limit.abort(), PATIENCE_MS + more);
    const fixed = { credentials: "same-origin", redirect: "manual", cache: "no-store", signal: limit.signal };
    try {
      const answer = await fetch(address, { ...fixed, ...options });
      const said = await answer.json().catch(() => null); // not ours: the sign-in page of a hotel, say
      cuts = 0;
      return { status: answer.status, headers: answer.headers, said };
    } catch {
      cuts += 1;
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  // 2ⁿ s up to 5 min, each phone a little apart from the others; what the server asks for is the least.
  function later(report, answer) {
    const held = Date.now() + 1000 * Math.min(3600, answer?.headers.get("Retry-After") || 0);
    const own = Date.now() + 1000 * Math.min(300, 2 ** report.tries) * (0.75 + Math.random() / 2);
    return save(report, { tries: report.tries + 1, next: Math.max(own, held), held });
  }

  async function save(report, changes) {
    await queue.run("readwrite", ["reports"], (store) => store.put({ ...report, ...changes }));
    queue.tell();
  }

  async function text(report) {
    const headers = { "Content-Type": "application/age" };
    const answer = await ask(`/api/v1/reports/${report.id}`, { method: "PUT", headers, body: report.body });
    const { status = 0, said } = answer ?? {};
    if ([200, 201, 202].includes(status) && said?.reference) return arrived(report, said);
    if (status === 401) await queue.write("notes", true, "paused");
    if (![400, 413, 415, 422].includes(status)) return later(report, answer);
    const reason = [said?.detail, ...Object.values(said?.errors ?? {})].join(" ");
    // Asked once more every hour: whatever was wrong may have been mended at the server.
    return save(report, { state: "needs", said: reason, next: Date.now() + HOUR_MS });
  }

  async function arrived(report, said) {
    const missing = new Set(said.missing);
    const files = report.files.map((file) => ({ ...file, sent: file.sent || !missing.has(file.name) }));
    const { reference, receipt, state } = said;
    const at = Date.now();
    await queue.write("received", { id: report.id, reference, receipt, state, at, until: at + 24 * HOUR_MS });
    if (said.phone === "revoked") await queue.write("notes", true, "revoked");
    await queue.drop("notes", "paused");
    await settle({ ...report, id: said.id, body: null, state: "files", tries: 0, next: 0, files });
    queue.tell({ arrived: report.id });
  }

  // Keeps what still has files to send; what has none is done, and its bytes go.
  async function settle(report) {
    const done = report.files.every((file) => file.sent);
    await queue.run("readwrite", ["reports", "blobs"], (reports, blobs) => {
      for (const file of report.files) if (file.sent) blobs.delete(file.name);
      return done ? reports.delete(report.key) : reports.put(report);
    });
    queue.tell();
  }

  // The worker has these from the start; a page fetches them when there is something for them to do.
  async function part(name) {
    if (!self[name]) await (name === "pieces" ? import("./pieces.js") : import("./standing.js"));
    return self[name];
  }

  // What is due: the wanted report first, then the oldest text, then files. Of what waited for the line to come back,
  // each is tried once; what the server asked to wait, waits.
  async function due(wanted, fresh) {
    const now = Date.now();
    const ready = (report) =>
      report.next <= now || (fresh && !fresh.has(report.key) && report.state !== "needs" && !(report.held > now));
    const rank = (report) => (report.key === wanted ? 0 : report.body ? 1 : 2);
    return (await queue.all("reports")).filter(ready).sort((a, b) => rank(a) - rank(b) || a.at - b.at)[0];
  }

  async function round(wanted, eager) {
    const tried = new Set();
    cuts = 0;
    for (let report; cuts < 2 && (report = await due(wanted, eager && tried)); tried.add(report.key)) {
      await (report.body ? text(report) : (await part("pieces")).send(report));
    }
    const left = (await queue.all("reports")).length;
    if (!left && (await queue.read("notes", "revoked"))) await (await part("standing")).wipe();
    return left;
  }

  // Two tabs, or a tab and the worker, never send at once: a page leaves it to who is at it, the worker waits its turn. How
  // many reports are left; null if somebody else was at it.
  async function flush(wanted = "", eager = false, ifAvailable = true) {
    if (!navigator.locks) return round(wanted, eager);
    return navigator.locks.request("courier", { ifAvailable }, (lock) => (lock ? round(wanted, eager) : null));
  }

  self.courier = { flush, ask, save, later, settle };
})();
