// The list, taken anew from the server by another address, in the same page: focus, ticks and scroll stay.

const PARTS = [".bar .counts, .bar .count", ".views-bar", ".chips", ".list", ".search"];
let asking = null;

// What the list is filtered by, from the address.
export function listed() {
  const asked = new URLSearchParams(location.search);
  asked.delete("p");
  return asked;
}

// Sets what `changes` names in the list's address, and takes away what it names as null. False where it did not come.
// Afterwards `desk:list-replaced` is told on the document, for whoever minds the rows. What changes by itself is told by
// whoever sees it as `desk:changed`.
export async function replaceList(changes = {}) {
  const asked = listed();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) asked.delete(name);
    else asked.set(name, value);
  }
  asking?.abort();
  asking = new AbortController();
  const address = `?${asked}`.replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  try {
    const answer = await fetch(address, { credentials: "same-origin", signal: asking.signal });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) throw new Error(`list: ${answer.status}`);
    if (!fresh.querySelector(".list")) return location.assign(address); // signed out meanwhile
    swap(fresh);
  } catch (fault) {
    return fault.name === "AbortError" ? undefined : false;
  }
  history.replaceState(history.state, "", address);
  document.dispatchEvent(new CustomEvent("desk:list-replaced"));
  return true;
}

function swap(fresh) {
  const focused = landmark(document.activeElement);
  const ticked = [...document.querySelectorAll(".list input:checked")].map(({ name, value }) => name + value);
  const { scrollX, scrollY } = window;
  for (const part of PARTS) {
    const [old, made] = [document.querySelector(part), fresh.querySelector(part)];
    if (part === ".search" && old.contains(document.activeElement)) continue; // somebody is typing
    if (!old && made) document.querySelector(".chips").before(made);
    else if (old && made) old.replaceWith(made);
    else old?.remove();
  }
  for (const box of document.querySelectorAll(".list input[type=checkbox]")) {
    if (ticked.includes(box.name + box.value)) box.checked = true;
  }
  scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
  if (focused) document.querySelector(focused)?.focus({ preventScroll: true });
}

// How to find again what has the focus, where it stands in a row or in a chip.
function landmark(element) {
  const row = element?.closest("[data-incident]");
  const part = element?.matches("input") ? "input" : ".row-link";
  if (row) return `[data-incident="${CSS.escape(row.dataset.incident)}"] ${part}`;
  const menu = element?.closest(".chips .menu");
  const filter = menu?.querySelector("[data-filter]")?.dataset.filter;
  return filter ? `.menu:has([data-filter="${CSS.escape(filter)}"]) summary` : "";
}

export function rowOf(id) {
  return document.querySelector(`[data-incident="${CSS.escape(id)}"]`);
}
