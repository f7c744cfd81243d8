// The list by keyboard. One row is chosen and holds the place in the order of tabs; the letters act on it, or on what is ticked.
import { me, meant, step, untick } from "./bulk.js";
import { find, ids, rows } from "./list_rows.js";

const OFF = "desk-keys";
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
let chosen = null;

const link = (row) => row?.querySelector(".row-link");
const row = () => (chosen && find(chosen)) || null;

// Only the chosen row is reached by Tab: fifty others would stand between the filters and the map.
function mark() {
  const current = row() ?? rows().firstElementChild;
  for (const one of rows().children) {
    const is = one === current;
    for (const part of one.querySelectorAll("a, input")) part.tabIndex = is ? 0 : -1;
    if (is && one.dataset.incident === chosen) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
}

function go(to) {
  if (!to) return;
  chosen = to.dataset.incident;
  mark();
  link(to).focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const all = ids();
  const place = chosen ? all.indexOf(chosen) : -1;
  go(find(all[Math.min(all.length - 1, Math.max(0, place < 0 ? 0 : place + by))]));
}

function tick(one, on) {
  const box = one?.querySelector(".row-tick input");
  if (!box || box.checked === on) return;
  box.checked = on ?? !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function extend(by) {
  tick(row(), true);
  move(by);
  tick(row(), true);
}

function open(part = "") {
  if (row()) location.assign(link(row()).href + part);
}

function escape() {
  if (document.activeElement?.id === "searchbar") return row() ? go(row()) : document.activeElement.blur();
  if (!untick()) document.getElementById("bulk-said")?.setAttribute("hidden", "");
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => open(),
  v: () => open("#corroboration"),
  x: () => tick(row()),
  a: () => step("acknowledge", meant(row())),
  s: () => step("assign", meant(row()), { person: me() }),
  "/": () => document.getElementById("searchbar").focus(),
  "?": () => document.getElementById("keys").showModal(),
};
const SHIFTED = { j: () => extend(1), k: () => extend(-1), "/": KEYS["/"], "?": KEYS["?"] }; // some boards need it for these
const WHILE_HELD = /^([jk]|Arrow.+)$/i; // a key that is held down steps on, and acknowledges once
const IN_LIST = { ArrowDown: KEYS.j, ArrowUp: KEYS.k };

function meaning(event) {
  if (event.key === "Escape") return escape;
  const within = event.target.closest?.("#rows");
  if (within && !event.shiftKey && IN_LIST[event.key]) return IN_LIST[event.key];
  if (localStorage.getItem(OFF) || event.target.matches?.(TYPING)) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return (event.shiftKey ? SHIFTED : KEYS)[key] ?? null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open], details.menu[open]")) return; // they have keys of their own
  const act = meaning(event);
  if (!act || (event.repeat && !WHILE_HELD.test(event.key))) return;
  if (event.key !== "Escape") event.preventDefault();
  act();
});
document.addEventListener("focusin", (event) => {
  const one = event.target.closest?.("#rows .row");
  if (!one || one.dataset.incident === chosen) return;
  chosen = one.dataset.incident;
  mark();
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#keys-open")) KEYS["?"]();
});
document.addEventListener("desk:list-replaced", begin);
document.addEventListener("desk:rows", mark);

function begin() {
  const opener = document.getElementById("keys-open");
  if (opener) opener.hidden = false;
  mark();
}

const on = document.getElementById("keys-on");
on.checked = !localStorage.getItem(OFF);
on.addEventListener("change", () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "off")));
begin();
