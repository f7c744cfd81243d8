// The queue as one file, to be kept or handed to a colleague: a line of JSON, a line feed, then the sealed bytes it points
// at (docs/phone.md). All of it is sealed, and each report proves its own sender, so any phone may bring it.
import "./queue.js";

const { queue } = self;
const HEAD_LIMIT = 1 << 20;
// Both become part of an address.
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HASH = /^[0-9a-f]{64}$/;

export async function write() {
  const parts = [];
  let at = 0;
  const place = (bytes) => {
    const size = bytes.size ?? bytes.byteLength;
    parts.push(bytes);
    at += size;
    return { at: at - size, size };
  };
  const reports = [];
  for (const { id, body, files } of await queue.all("reports")) {
    const entry = { id, ...(body ? place(body) : { at, size: 0 }), files: [] };
    for (const { name, sent } of files) {
      const blob = sent ? null : await queue.read("blobs", name);
      if (blob) entry.files.push({ name, ...place(blob) });
    }
    reports.push(entry);
  }
  return new Blob([`${JSON.stringify({ notes: 1, reports })}\n`, ...parts], { type: "application/octet-stream" });
}

// How many reports were new. Throws when the file is not ours.
export async function read(file) {
  const start = new Uint8Array(await file.slice(0, HEAD_LIMIT).arrayBuffer());
  const end = start.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(start.subarray(0, end)));
  const named = ({ id, files }) => UUID.test(id) && files.every(({ name }) => HASH.test(name));
  if (end < 0 || head.notes !== 1 || !head.reports.every(named)) throw new Error("another kind of file");
  const known = new Set((await queue.all("reports")).map((report) => report.key));
  const bytes = ({ at, size }) => file.slice(end + 1 + at, end + 1 + at + size);
  let added = 0;
  for (const entry of head.reports) {
    const report = await unpacked(entry, bytes);
    if (known.has(report.key)) continue;
    await queue.keep(report, new Map(entry.files.map((one) => [one.name, bytes(one)])));
    known.add(report.key);
    added += 1;
  }
  return added;
}

async function unpacked(entry, bytes) {
  const body = new Uint8Array(await bytes(entry).arrayBuffer());
  const files = entry.files.map(({ name, size }) => ({ name, size, sent: false }));
  // A report whose text has arrived is known by what is left of it.
  const mark = body.length ? body : new TextEncoder().encode(entry.id + files.map((file) => file.name).join());
  const state = body.length ? "waiting" : "files";
  return { key: await sha256(mark), id: entry.id, at: Date.now(), body: body.length ? body : null, files, state };
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
