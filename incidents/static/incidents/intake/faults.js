// Faults are read out first, and a fault inside a closed part of the page opens it.
const form = document.getElementById("statement");

function focusOn(summary) {
  summary.addEventListener("click", ({ target }) => target.hash && open(target.hash.slice(1)));
  summary.focus();
}

function open(id) {
  const field = document.getElementById(id);
  for (let part = field?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  field?.focus();
}

function make(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

// Messages by the name of their field: above the form with a link to each, and again beside the field.
export function showFaults(faults) {
  for (const old of document.querySelectorAll("[data-summary], .error")) old.remove();
  const list = make("ul", "");
  for (const [name, message] of Object.entries(faults)) {
    const found = form.elements[name];
    const field = found instanceof RadioNodeList ? found[0] : found;
    if (!field?.id) continue;
    const link = make("a", "", message);
    link.href = `#${field.id}`;
    list.append(make("li", "", link));
    const legend = field.type in { radio: 1, checkbox: 1 } && field.closest("fieldset")?.querySelector("legend");
    legend ? legend.after(make("p", "error", `▲ ${message}`)) : field.before(make("p", "error", `▲ ${message}`));
  }
  if (!list.children.length) return;
  const summary = make("div", "summary", make("h2", "", form.dataset.correct), list);
  Object.assign(summary, { tabIndex: -1, role: "alert" }).dataset.summary = "";
  form.before(summary);
  focusOn(summary);
}

const served = document.querySelector("[data-summary]");
if (served) focusOn(served);
