// What is being written on an incident's page outlives a reload, a refused step and a step of somebody else. It stays in
// this tab, for this person, until it is saved, the tab is closed or they sign out (sign_out.js).

const page = document.getElementById("incident-page");
const mine = `note:${page.dataset.person}:`;
const here = mine + page.dataset.incident;
const forms = [...page.querySelectorAll("form[method=post]")].filter((form) => !form.closest(".ask-first"));

const named = ({ action, elements }) => {
  const part = elements.namedItem("code") ?? elements.namedItem("report");
  return `${new URL(action, location).pathname}#${part?.value ?? ""}`;
};
const fields = (form) => [...form.querySelectorAll("textarea, select")].filter((field) => field.name);
const initial = (field) => field.defaultValue ?? [...field.options].find((one) => one.defaultSelected)?.value ?? field.options[0]?.value;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(here)) ?? {};
  } catch {
    return {};
  }
}

function write(notes) {
  try {
    if (Object.keys(notes).length) sessionStorage.setItem(here, JSON.stringify(notes));
    else sessionStorage.removeItem(here);
  } catch {
    // a browser that keeps nothing loses it on a reload, as it would have without this file
  }
}

function keep(form) {
  const notes = read();
  const changed = fields(form).filter((field) => field.value !== initial(field));
  if (changed.length) notes[named(form)] = Object.fromEntries(changed.map((field) => [field.name, field.value]));
  else delete notes[named(form)];
  write(notes);
}

function putBack(form, note) {
  // What the server refused stands in the form already.
  if (form.querySelector(".refusal")) return;
  for (const field of fields(form)) if (field.name in note) field.value = note[field.name];
  const said = document.createElement("p");
  said.className = "muted put-back";
  said.textContent = page.dataset.putBack;
  form.append(said);
  const step = form.closest("details.step");
  if (step) step.open = true;
}

function forgetOthers() {
  const keys = Array.from({ length: sessionStorage.length }, (_, number) => sessionStorage.key(number));
  for (const key of keys) if (key.startsWith("note:") && !key.startsWith(mine)) sessionStorage.removeItem(key);
}

try {
  forgetOthers();
} catch {
  // no storage, no notes
}
const notes = read();
delete notes[page.dataset.saved];
write(notes);
for (const form of forms) {
  const note = notes[named(form)];
  if (note) putBack(form, note);
  form.addEventListener("input", () => keep(form));
}
