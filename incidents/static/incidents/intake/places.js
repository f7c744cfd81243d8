// The list of places, searched as one types, accents or none; and the map, fetched only by who asks for it.
const form = document.getElementById("statement");
const search = form.querySelector("[data-search]");
const list = form.elements.place;
const groups = [...list.querySelectorAll("optgroup")];
const button = form.querySelector("[data-map]");

const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function narrow() {
  const wanted = bare(search.value.trim());
  const chosen = list.value; // browsers choose another when options come and go
  let found = [];
  for (const group of groups) {
    const all = (group.every ??= [...group.children]);
    const fitting = all.filter((option) => option.value === chosen || bare(`${option.text} ${group.label}`).includes(wanted));
    group.replaceChildren(...fitting);
    found = found.concat(fitting);
  }
  list.replaceChildren(list.options[0], ...groups.filter((group) => group.children.length));
  // One left is the one that is meant.
  list.value = wanted && found.length === 1 ? found[0].value : chosen;
}

search.parentElement.hidden = false;
search.addEventListener("input", narrow);
form.addEventListener("reset", () => {
  search.value = "";
  narrow();
});

button.hidden = false;
button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const { open } = await import("./pin.js");
    await open(form);
    button.hidden = true;
  } catch {
    form.querySelector("[data-map-said]").textContent = button.dataset.failed;
  } finally {
    button.disabled = false;
  }
});
