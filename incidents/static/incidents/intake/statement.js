// What the form says, as the contract has it (docs/phone.md), and what must be mended before it is sealed: afterwards
// nobody can. Only the chosen answer to "where" is taken along.
const LISTS = ["categories", "perpetrators", "victims", "harms"];
const TEXTS = ["certainty", "identification", "perpetrator_detail", "source_relation", "timing", "occurred_at"];
const WORDS_LIMIT = 10_000;
const DETAIL_LIMIT = 500;
const PEOPLE_LIMIT = 100_000;

const plain = (degrees) => degrees.trim().replace(",", ".").replace("−", "-");
const whole = (text) => (/^\d+$/.test(text) ? Number(text) : null);

export function collect(form, files = []) {
  const given = new FormData(form);
  const text = (name) => given.get(name) ?? "";
  const said = { schema: 2, id: text("report_id"), sender: form.dataset.sender, language: document.documentElement.lang };
  for (const name of LISTS) said[name] = given.getAll(name);
  for (const name of TEXTS) said[name] = text(name);
  said.victim_count = whole(text("victim_count").trim());
  said.captured_at = text("captured_at");
  said.in_danger_now = given.has("in_danger_now");
  return { ...said, words: text("words"), consent: text("consent"), ...where(text), files };
}

// A sensor, a pin and a list are told apart to the end.
function where(text) {
  const source = text("location_source");
  const at = { latitude: plain(text("latitude")), longitude: plain(text("longitude")) };
  if (source === "gps") return at.latitude ? { location_source: source, ...at, accuracy_m: whole(text("accuracy_m")) } : {};
  if (source === "pin") return { location_source: source, ...at };
  return source === "area" ? { location_source: source, place: text("place") } : { location_source: source };
}

// Messages by field. Somebody in danger is never asked to mend anything.
export function faults(form) {
  const said = collect(form);
  const words = form.dataset;
  const found = {};
  if (said.in_danger_now) return found;
  if (!said.categories.length) found.categories = words.choose;
  if (said.location_source === "area" && !said.place) found.place = words.place;
  if (said.location_source === "pin") Object.assign(found, degrees(said, words));
  const people = form.elements.victim_count.value.trim();
  if (people && !(whole(people) <= PEOPLE_LIMIT && /^\d+$/.test(people))) found.victim_count = words.number;
  if (form.elements.occurred_at.validity.badInput) found.occurred_at = words.time;
  if (said.words.length > WORDS_LIMIT) found.words = words.long;
  if (said.perpetrator_detail.length > DETAIL_LIMIT) found.perpetrator_detail = words.long;
  return found;
}

function degrees(said, words) {
  const found = {};
  for (const [name, limit] of [["latitude", 90], ["longitude", 180]]) {
    if (!said[name]) found[name] = words.both;
    else if (!(Math.abs(Number(said[name])) <= limit)) found[name] = words.degrees.replace("{limit}", limit);
  }
  return found;
}
