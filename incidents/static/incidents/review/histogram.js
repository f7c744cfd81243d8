// When the listed incidents came in: stacked by severity, with the same numbers in a table, and a brush that filters.
import { Brush } from "./brush.js";
import { LEVELS } from "./clusters.js";
import { listed, replaceList } from "./list.js";
import { clockOf, fill } from "./numbers.js";
import { player } from "./play.js";
import { svg } from "./svg.js";

const YEAR_S = 365 * 86_400;
const PRESETS_S = { "1h": 3_600, "6h": 21_600, "24h": 86_400, "7d": 604_800 };
const box = document.getElementById("histogram");
const said = document.getElementById("histogram-said");
const plot = box.querySelector(".histogram-bars");
const sum = (bins) => bins.flat().reduce((all, one) => all + one, 0);

// `drawAs(time)` draws the map as of a span, without the list, while the time line plays; undefined: as the list is.
export function startHistogram(words, zone, drawAs) {
  let clock = clockOf(zone);
  let drawn = null;
  let asked = null;
  const say = ([from, to]) => {
    const ends = [clock(moment(drawn, from)), clock(moment(drawn, to))];
    const whole = to - from === drawn.bins.length;
    const counts = whole ? [drawn.total] : [sum(drawn.bins.slice(from, to)), drawn.total];
    said.ariaLive = play.isOn() ? "off" : "polite"; // while it plays, every step would be read out
    said.textContent = fill(whole ? words.whole : words.span, ...ends, ...counts);
  };
  const brush = new Brush(box.querySelector(".brush"), {
    moved: say,
    set: (span) => {
      drawAs(undefined);
      filter(written(drawn, span), words);
    },
    spoken: (at) => clock(moment(drawn, at)),
    words,
  });
  const play = player(box.querySelector(".play"), { brush, words, show: (span) => drawAs(written(drawn, span)) });

  const load = async () => {
    const query = listed();
    query.delete("time");
    if (String(query) !== asked) {
      const answer = await fetch(`histogram.json?${query}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`histogram: ${answer.status}`);
      drawn = await answer.json();
      asked = String(query);
      clock = clockOf(zone, drawn.bins.length * drawn.step_s > YEAR_S);
      draw(drawn, words, clock);
    }
    const there = drawn.bins.length > 0;
    box.classList.toggle("is-empty", !there);
    play.enable(there);
    if (!there) return void (said.textContent = words.empty);
    brush.lay(drawn.bins.length, chosen(drawn));
  };
  const refresh = () => play.isOn() || load().catch(() => void (said.textContent = words.untimed));
  document.addEventListener("desk:list-replaced", refresh);
  document.addEventListener("desk:changed", () => {
    asked = null;
    refresh();
  });
  refresh();
}

const moment = ({ from, step_s: step }, at) => Date.parse(from) + at * step * 1_000;
const iso = (ms) => `${new Date(ms).toISOString().slice(0, 19).replace(/:00$/, "")}Z`;

// A span of bins as the filter has it; null for the whole.
function written(drawn, [from, to]) {
  return to - from === drawn.bins.length ? null : `${iso(moment(drawn, from))}/${iso(moment(drawn, to))}`;
}

// The bins that the address asks for.
function chosen(drawn) {
  const time = listed().get("time") ?? "";
  const seconds = PRESETS_S[time];
  const [from, to] = seconds ? [Date.now() - seconds * 1_000, Date.now()] : time.split("/").map(Date.parse);
  const start = moment(drawn, 0);
  const bin = (ms) => (ms - start) / (drawn.step_s * 1_000);
  const last = drawn.bins.length;
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [0, last];
  const first = Math.min(last - 1, Math.max(0, Math.floor(bin(from) + 1e-6)));
  return [first, Math.min(last, Math.max(first + 1, Math.ceil(bin(to) - 1e-6)))];
}

async function filter(time, words) {
  if (time === listed().get("time")) return;
  if ((await replaceList({ time })) === false) said.textContent = words.unlisted;
}

function draw(drawn, words, clock) {
  const highest = Math.max(1, ...drawn.bins.map((bin) => sum([bin])));
  const viewBox = `0 0 ${drawn.bins.length || 1} ${highest}`;
  const bars = svg("svg", { viewBox, preserveAspectRatio: "none", "aria-hidden": "true" });
  drawn.bins.forEach((bin, x) => {
    let y = highest;
    // The gravest at the foot, where they can be compared.
    LEVELS.forEach((level, i) => {
      if (!bin[i]) return;
      y -= bin[i];
      bars.append(svg("rect", { x: x + 0.08, y, width: 0.84, height: bin[i], class: level }));
    });
  });
  plot.replaceChildren(bars);
  box.querySelector("table").replaceChildren(...rows(drawn, words, clock));
}

function rows(drawn, words, clock) {
  const line = (cells, tag = "td") => {
    const made = document.createElement("tr");
    cells.forEach((text, i) => {
      const cell = document.createElement(i ? tag : "th");
      cell.scope = i ? (tag === "th" ? "col" : "") : tag === "th" ? "col" : "row";
      cell.textContent = typeof text === "number" ? fill("%s", text) : text;
      made.append(cell);
    });
    return made;
  };
  const head = line([words.begins, ...LEVELS.map((level) => words[level]), words.sum], "th");
  const numbered = drawn.bins.map((bin, at) => [clock(moment(drawn, at)), ...bin, sum([bin])]);
  return [head, ...numbered.filter((cells) => cells.at(-1)).map((cells) => line(cells))];
}
