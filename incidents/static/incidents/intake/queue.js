// What waits on this phone, in IndexedDB: sealed reports, their sealed files, sealed drafts. Nothing in it can be read.
// A page runs this as a module, the worker by importScripts (a module worker would leave out older phones): hence no
// import and no export, but one name, `queue`. A record of version 1, which every later version must still send:
//   reports  {schema: 1, key: SHA-256 of the sealed body, id, at, body, files: [{name, size, sent}], state, tries, next}
//            state: waiting (body goes next) | files (body arrived) | needs (refused, as `said` says)
//   blobs    the sealed bytes of a file, by name     received  {id, reference, at, state, until}     drafts, notes
(() => {
  const STORES = { reports: "key", blobs: null, received: "id", drafts: "id", notes: null };
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("notes") : null;
  let opened = null;

  function open() {
    opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("notes", 1);
      asked.onupgradeneeded = () => {
        for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
      };
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const forget = () => {
          asked.result.close();
          opened = null;
        };
        asked.result.onversionchange = asked.result.onclose = forget;
        resolve(asked.result);
      };
    }).catch((fault) => {
      opened = null;
      throw fault;
    });
    return opened;
  }

  // Resolves with the result of the request that `work` returns, once all of it is on disk.
  async function run(mode, names, work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(names, mode, { durability: "strict" });
      let last = null;
      transaction.oncomplete = () => resolve(last?.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("not kept"));
      try {
        last = work(...names.map((name) => transaction.objectStore(name)));
      } catch (fault) {
        transaction.abort();
        reject(fault);
      }
    });
  }

  const read = (name, key) => run("readonly", [name], (store) => store.get(key));
  const all = (name) => run("readonly", [name], (store) => store.getAll());
  const write = (name, value, key) => run("readwrite", [name], (store) => store.put(value, key));
  const drop = (name, key) => run("readwrite", [name], (store) => store.delete(key));
  const empty = (name) => run("readwrite", [name], (store) => store.clear());

  // Whatever changes is told to every open page, this one too.
  function tell(news = {}) {
    dispatchEvent(new CustomEvent("queue", { detail: news }));
    channel?.postMessage(news);
  }
  channel?.addEventListener("message", ({ data }) => dispatchEvent(new CustomEvent("queue", { detail: data })));

  // A report and its files, and the end of its draft, all or nothing. The same report again adds nothing.
  async function keep(report, blobs = new Map(), draft = "") {
    await run("readwrite", ["reports", "blobs", "drafts"], (reports, kept, drafts) => {
      for (const [name, blob] of blobs) kept.put(blob, name);
      drafts.delete(draft);
      return reports.put({ schema: 1, state: "waiting", tries: 0, next: 0, ...report });
    });
    tell({ kept: report.key });
  }

  self.queue = { open, run, read, all, write, drop, empty, tell, keep };
})();
