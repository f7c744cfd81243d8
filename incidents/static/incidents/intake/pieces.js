// Files after the words, in pieces that resume: across broken lines, restarts and days. Runs where courier.js does.
(() => {
  const { queue, courier } = self;
  const { ask, save, later, settle } = courier;
  const PIECE = 65_536;
  const LEAST = 8_192;
  const DAY_MS = 86_400_000;
  const uploads = new Map(); // by name: {offset, piece}; the offset is asked for again after every fault

  // One piece of one file. The server keeps what arrived of a piece that broke, so its offset is asked for, not guessed.
  async function send(report) {
    const file = report.files.find((one) => !one.sent);
    const blob = await queue.read("blobs", file.name);
    const upload = uploads.get(file.name) ?? { offset: null, piece: PIECE };
    uploads.set(file.name, upload);
    const address = `/api/v1/reports/${report.id}/files/${file.name}`;
    if (!blob) return save(report, { state: "needs", said: "", next: Date.now() + DAY_MS });
    if (upload.offset === null) return took(report, file, upload, await ask(address, { method: "HEAD" }), true);
    const body = blob.slice(upload.offset, upload.offset + upload.piece);
    const last = upload.offset + body.size === blob.size;
    const headers = { "Content-Type": "application/partial-upload", "Upload-Offset": String(upload.offset) };
    headers["Upload-Complete"] = last ? "?1" : "?0";
    return took(report, file, upload, await ask(address, { method: "PATCH", headers, body }), false);
  }

  async function took(report, file, upload, answer, asking) {
    const there = answer?.headers.get("Upload-Offset") ?? null;
    if (answer && there !== null && [200, 204, 409].includes(answer.status)) {
      upload.offset = Number(there);
      if (!asking && answer.status !== 409) upload.piece = Math.min(PIECE, upload.piece * 2);
      queue.tell({ name: file.name, part: upload.offset / file.size });
      if (answer.headers.get("Upload-Complete") !== "?1") return report.tries && save(report, { tries: 0, next: 0 });
      const files = report.files.map((one) => ({ ...one, sent: one.sent || one.name === file.name }));
      return settle({ ...report, tries: 0, next: 0, files });
    }
    upload.offset = null;
    upload.piece = Math.max(LEAST, upload.piece / 2);
    return answer?.status === 413 ? save(report, { state: "needs", next: Date.now() + DAY_MS }) : later(report, answer);
  }

  self.pieces = { send };
})();
