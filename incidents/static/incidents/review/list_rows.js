// The rows of the list as the server has them now: laid out without losing the focus, the ticks or the reader's place.

export const rows = () => document.getElementById("rows");

export function find(id) {
  return rows().querySelector(`[data-incident="${CSS.escape(id)}"]`);
}

export function ids() {
  return [...rows().children].map((row) => row.dataset.incident);
}

// Our own templates, as the page itself came: nothing else is ever read as HTML.
export function read(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made.content;
}

// Puts the rows in the order of `wanted`; `made` holds those that are new or changed. What is not wanted goes.
export function lay(wanted, made, { still = false } = {}) {
  const list = rows();
  const keep = [keepFocus(list, wanted), ...(still ? [keepPlace(list, wanted)] : [])];
  const kept = new Set(wanted);
  for (const row of [...list.children]) if (!kept.has(row.dataset.incident)) row.remove();
  wanted.forEach((id, place) => {
    const row = renewed(id, made.get(id));
    if (row && list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  for (const restore of keep) restore();
}

function renewed(id, fresh) {
  const old = find(id);
  if (!fresh || fresh === old) return old;
  if (!old) return fresh;
  const [tick, ticked] = [fresh, old].map((row) => row.querySelector(".row-tick input"));
  if (tick && ticked) tick.checked = ticked.checked;
  for (const name of ["is-new", "is-lit"]) fresh.classList.toggle(name, old.classList.contains(name));
  old.replaceWith(fresh);
  return fresh;
}

// Moving or replacing what has the focus loses it. Where its row is gone, the next one gets it.
function keepFocus(list, wanted) {
  const focused = document.activeElement;
  const row = focused?.closest?.(".row");
  if (!row || !list.contains(row)) return () => {};
  const part = focused.matches("input") ? ".row-tick input" : ".row-link";
  const before = ids();
  const after = before.slice(before.indexOf(row.dataset.incident));
  const next = after.find((id) => wanted.includes(id)) ?? wanted.at(-1);
  return () => {
    if (next && !find(next)?.contains(document.activeElement)) find(next)?.querySelector(part)?.focus({ preventScroll: true });
  };
}

// What the reader looks at stays where it is on the screen.
function keepPlace(list, wanted) {
  const seen = [...list.children].find((row) => row.getBoundingClientRect().bottom > 0 && wanted.includes(row.dataset.incident));
  if (!seen) return () => {};
  const [id, top] = [seen.dataset.incident, seen.getBoundingClientRect().top];
  return () => scrollBy({ top: find(id).getBoundingClientRect().top - top, behavior: "instant" });
}
