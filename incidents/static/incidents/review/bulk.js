// Several incidents at once: ticks, the bar above the list, and the steps themselves, without leaving the page.
import { rows } from "./list_rows.js";

const words = JSON.parse(document.getElementById("live-words").textContent);

const SAID_FOR = 10_000;
let hiding;

export const boxes = () => [...rows().querySelectorAll(".row-tick input")];
const ticked = () => boxes().filter((box) => box.checked).map((box) => box.value);
const form = () => document.getElementById("bulk");

function show() {
  const [every, chosen] = [boxes(), ticked()];
  const all = document.getElementById("bulk-all");
  if (!all) return;
  all.checked = every.length > 0 && chosen.length === every.length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  const said = chosen.length ? words.chosen.replace("%s", chosen.length) : "";
  const place = document.getElementById("bulk-count");
  if (place.textContent !== said) place.textContent = said;
}

export function untick() {
  const some = ticked().length > 0;
  for (const box of boxes()) box.checked = false;
  show();
  return some;
}

// What is ticked; where nothing is, the row that was chosen.
export function meant(row) {
  const chosen = ticked();
  return chosen.length || !row ? chosen : [row.dataset.incident];
}

export function me() {
  return document.getElementById("bulk-mine")?.dataset.person ?? "";
}

export async function step(name, ids, { person = "", sure = "" } = {}) {
  if (!ids.length || !form()) return;
  const asked = new FormData(form());
  asked.delete("incident"); // the form gathers what is ticked; a key may mean one row
  for (const id of ids) asked.append("incident", id);
  for (const [key, value] of Object.entries({ step: name, person, sure })) if (value) asked.set(key, value);
  let told;
  try {
    const answer = await fetch(form().action, {
      method: "POST", body: asked, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" },
    });
    if (!answer.headers.get("Content-Type")?.includes("json")) return say({ said: words.refused });
    told = await answer.json();
  } catch {
    return say({ said: words.failed });
  }
  if (told.people) return choose(told.people, (one) => step(name, ids, { person: one, sure }));
  if (told.sure) return asking("sure", told.sure, () => step(name, ids, { person, sure: "on" }));
  say({ said: told.fault ?? told.said, refused: told.refused });
  if (told.fault) return;
  for (const box of boxes()) if (ids.includes(box.value)) box.checked = false;
  show();
  document.dispatchEvent(new CustomEvent("desk:ask-now"));
}

function say({ said, refused = [] }) {
  const box = document.getElementById("bulk-said");
  const line = document.createElement("p");
  line.textContent = said;
  const list = document.createElement("ul");
  for (const one of refused) {
    const [item, link] = [document.createElement("li"), document.createElement("a")];
    [link.href, link.textContent] = [one.address, one.headline];
    item.append(link, ` ${one.why}`);
    list.append(item);
  }
  box.replaceChildren(line, ...(refused.length ? [list] : []));
  box.hidden = false;
  clearTimeout(hiding);
  if (!refused.length) hiding = setTimeout(() => (box.hidden = true), SAID_FOR);
}

function choose(people, then) {
  const select = document.getElementById("bulk-person");
  select.replaceChildren(...people.map(([pk, code]) => new Option(code, pk)));
  asking("assign", "", () => then(select.value));
}

function asking(kind, text, then) {
  const dialog = document.getElementById("bulk-ask");
  const [what, yes] = [dialog.querySelector("h2"), dialog.querySelector("[value=yes]")];
  what.textContent = text || what.dataset.assign;
  yes.textContent = yes.dataset[kind];
  dialog.querySelector(".bulk-person").hidden = kind !== "assign";
  dialog.returnValue = "";
  dialog.onclose = () => dialog.returnValue === "yes" && then();
  dialog.showModal();
}

document.addEventListener("change", (event) => {
  if (event.target.id === "bulk-all") for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.id === "bulk-all" || event.target.matches(".row-tick input")) show();
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "bulk") return;
  event.preventDefault();
  const { value, dataset } = event.submitter ?? { value: "acknowledge", dataset: {} };
  step(value, ticked(), { person: dataset.person });
});
for (const event of ["desk:rows", "desk:list-replaced"]) document.addEventListener(event, begin);

function begin() {
  for (const part of [document.querySelector(".bulk-all"), document.getElementById("bulk-mine")]) if (part) part.hidden = false;
  show();
}

begin();
