// Files after the words, in pieces that resume: across broken lines, restarts and days. Runs where courier.js does.
//
// The server keeps what arrived of a piece that broke, so a piece may be all that is left; only where a broken piece left
// nothing, behind a proxy that keeps it back, are they made smaller. Pieces go without cookies, which gives them connections
// of their own: over one that was used before, Chromium would by itself send a broken piece once more, from its start.
(() => {
  const { queue, courier } = self;
  const { ask, save, later, settle } = courier;
  const LEAST = 8_192;
  const SLOWEST = 500; // bytes a second; a line below that has stopped
  const DAY_MS = 86_400_000;
  const uploads = new Map(); // by name: where to go on, or null to ask; and where the last piece began that broke
  let most = Infinity; // bytes in a piece
  let stop = null; // ends the piece that is on its way

  // Words go before files: a report that was filed meanwhile does not wait for the end of a long piece.
  addEventListener("queue", ({ detail }) => detail.kept && stop?.abort());

  async function send(report) {
    // In a page that is about to be left for the receipt, a file that it began would be broken off.
    while (courier.wordsOnly) await new Promise((resolve) => setTimeout(resolve, 200));
    const file = report.files.find((one) => !one.sent);
    const blob = await queue.read("blobs", file.name);
    if (!blob) return save(report, { state: "needs", said: "", next: Date.now() + DAY_MS });
    const upload = uploads.get(file.name) ?? { offset: null, broke: null };
    uploads.set(file.name, upload);
    const address = `/api/v1/reports/${report.id}/files/${file.name}`;
    return upload.offset === null ? look(report, file, upload, address) : bring(report, file, upload, address, blob);
  }

  // The offset is asked for, not guessed.
  async function look(report, file, upload, address) {
    const answer = await ask(address, { method: "HEAD" });
    if (upload.broke && Number(answer?.headers.get("Upload-Offset")) === upload.broke.offset) {
      most = Math.max(LEAST, upload.broke.size / 2);
    }
    return took(report, file, upload, answer);
  }

  async function bring(report, file, upload, address, blob) {
    const { offset } = upload;
    const body = blob.slice(offset, offset + most);
    const headers = { "Content-Type": "application/partial-upload", "Upload-Offset": String(offset) };
    headers["Upload-Complete"] = offset + body.size === blob.size ? "?1" : "?0";
    stop = new AbortController();
    const options = { method: "PATCH", headers, body, credentials: "omit" };
    const answer = await ask(address, options, stop, (1000 * body.size) / SLOWEST);
    const stopped = stop.signal.aborted;
    upload.broke = answer || stopped ? null : { offset, size: body.size };
    if (answer?.status === 204) most *= 2;
    return took(report, file, upload, answer);
  }

  async function took(report, file, upload, answer) {
    // 409: another connection, broken or not, is still bringing bytes. To go on at once would send them twice.
    const there = answer?.status === 409 ? null : (answer?.headers.get("Upload-Offset") ?? null);
    upload.offset = there === null ? null : Number(there);
    if (there === null) {
      return answer?.status === 413 ? save(report, { state: "needs", next: Date.now() + DAY_MS }) : later(report, answer);
    }
    queue.tell({ name: file.name, part: upload.offset / file.size });
    if (answer.headers.get("Upload-Complete") !== "?1") return report.tries && save(report, { tries: 0, next: 0 });
    const files = report.files.map((one) => ({ ...one, sent: one.sent || one.name === file.name }));
    return settle({ ...report, tries: 0, next: 0, files });
  }

  self.pieces = { send };
})();
