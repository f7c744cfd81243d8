// What the page shows once a report is on this phone: what happens next, and its receipt as soon as there is one.
import "./queue.js";
import { go } from "./start.js";

const { queue } = self;
const saved = document.querySelector("[data-saved]");
const PATIENCE_MS = 6_000; // how long somebody looks at the button before the receipt is given up
let page = null;
let current = ""; // the report that is spoken of
let timer = null;

export function begin(given) {
  page = given;
  addEventListener("queue", ({ detail }) => heard(detail));
  saved.querySelector("[data-more]").addEventListener("click", more);
}

// Who is in danger stays at the same report. Anybody else sees the receipt if the line is good, else that it waits.
export function show(statement) {
  current = statement.id;
  if (statement.in_danger_now) {
    rest("danger");
    if (!statement.location_source) follow(statement);
  } else if (navigator.onLine) {
    timer = setTimeout(rest, PATIENCE_MS, "kept");
  } else rest("kept");
}

async function heard({ arrived, sent, captured }) {
  const { report_id: id, captured_at: at } = page.form.elements;
  if (arrived && arrived === current) await receipt();
  // Another window of this phone sent this very report: what is still here goes under the same number.
  if (sent && sent === id.value && captured !== at.value) {
    at.value = captured;
    page.say(page.form.dataset.elsewhere);
  }
}

async function receipt() {
  const address = `/report/${current}/`;
  if (saved.hidden) {
    clearTimeout(timer);
    page.form.reset();
    return location.replace(address); // Back must not show what was typed
  }
  const { reference } = (await queue.read("received", current)) ?? {};
  saved.querySelector("[data-reference]").textContent = reference;
  saved.querySelector("[data-receipt]").href = address;
  saved.dataset.arrived = "";
}

function rest(state) {
  self.courier.wordsOnly = false;
  page.say("");
  saved.dataset.saved = state;
  delete saved.dataset.arrived;
  saved.hidden = false;
  page.form.dataset.state = state;
  if (state === "kept") {
    page.form.reset();
    page.renew();
  } else page.renew(current); // what is added goes under the same number
  saved.querySelector("h1, h2").focus();
}

function more() {
  const danger = saved.dataset.saved === "danger";
  delete page.form.dataset.state;
  if (!danger) saved.hidden = true;
  page.form.elements[danger ? "categories" : "in_danger_now"][0]?.focus();
}

// The first fix that comes after it goes by itself, with what was sent and nothing of what is being typed.
function follow(statement) {
  page.form.addEventListener("position", async ({ detail }) => {
    const { report } = await page.seal({ ...statement, location_source: "gps", ...detail });
    await queue.keep(report);
    await go({ wanted: report.key, eager: true });
  }, { once: true });
}
