// How this phone stands at the server, and what a phone that is shut out, or signed out, leaves behind: nothing.
(() => {
  const { queue, courier } = self;
  const { ask } = courier;
  let timer = null;

  // How this phone and its last reports stand at the server. What a revoked phone could still show goes at once.
  async function look() {
    await bringSafe();
    const entries = await queue.all("received");
    for (const entry of entries) if (entry.until < Date.now()) await queue.drop("received", entry.id);
    const asked = entries.slice(-50).map((entry) => `report=${entry.id}`);
    const { said } = (await ask(`/api/v1/phone?${asked.join("&")}`, {})) ?? {};
    for (const entry of entries) {
      const state = said?.reports?.[entry.id]?.state;
      if (state && state !== entry.state) await queue.write("received", { ...entry, state });
    }
    if (said?.phone === "open") {
      await queue.drop("notes", "paused");
      await queue.write("notes", said.check_in, "check_in");
    }
    await showCheckIn();
    if (said?.phone === "revoked") {
      await queue.write("notes", true, "revoked");
      await Promise.all([queue.empty("drafts"), queue.empty("received"), queue.drop("notes", "check_in")]);
      queue.tell({ revoked: true });
    }
    queue.tell();
    if (self.document && said?.phone === "open") await import("./waiting.js").then(({ show }) => show(said)).catch(() => {});
    // A page for a phone that is shut out runs no scripts: what is left goes now.
    if (said && said.phone !== "open") await courier.flush("", true, false);
  }

  // "I am safe" that found no connection: it goes with the time of its tap, and this phone's clock to measure that by.
  async function bringSafe() {
    for (let waiting; (waiting = await queue.read("notes", "safe"))?.length; ) {
      const now = encodeURIComponent(new Date().toISOString());
      const options = { method: "POST", headers: { "Content-Type": "application/age" }, body: waiting[0] };
      const answer = await ask(`/api/v1/phone/safe?now=${now}`, options);
      if (![200, 400, 413, 422].includes(answer?.status)) return;
      await queue.write("notes", ((await queue.read("notes", "safe")) ?? []).slice(1), "safe");
    }
  }

  // By when something is to be heard, on every page that says so: as the server said last, by the mission's own clock.
  async function showCheckIn() {
    const { due_at: due } = (await queue.read("notes", "check_in")) ?? {};
    const state = !due ? "none" : Date.parse(due) < Date.now() ? "late" : "until";
    for (const line of self.document?.querySelectorAll("[data-check-in]") ?? []) {
      line.dataset.state = state;
      line.textContent = line.dataset[state].replace("{time}", due?.slice(11, 16));
    }
    clearTimeout(timer);
    if (state === "until") timer = setTimeout(showCheckIn, Math.min(Date.parse(due) - Date.now() + 1_000, 86_400_000));
  }

  // Only for a phone that is revoked; the server refuses it for any other.
  async function wipe() {
    const answer = await ask("/api/v1/phone/wipe", { method: "POST" });
    if (answer?.status !== 204) return;
    await forget();
    queue.tell({ wiped: true });
  }

  async function forget() {
    (await queue.open()).close();
    indexedDB.deleteDatabase("notes");
    for (const name of await caches.keys()) await caches.delete(name);
    const registration = self.registration ?? (await navigator.serviceWorker?.getRegistration());
    await registration?.unregister();
  }

  // A page that was left open looks again when the line, or somebody, comes back to it.
  const again = () => look().catch(() => {});
  if (self.document) {
    addEventListener("online", again);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  }

  self.standing = { look, wipe, forget };
})();
