// Around and on the departments, from files that the product ships: countries, rivers and lakes, towns. Comes after the
// points, and a map without it is still right.
/* global L */
import { pane } from "./base.js";
import { departmentNames, nameable } from "./names.js";

const CLOSE_ZOOM = 9; // from here on the mission's own towns are asked for
const QUIET = { interactive: false, smoothFactor: 1.5 };

// `sources` says where what is found; `failed` is called where the mission's tiles do not come.
export async function addGround(map, { sources, departments, failed }) {
  const name = nameable(map);
  if (departments) name(departmentNames(departments));
  sourceLine(map, sources.source);
  if (sources.tiles) import("./tiles.js").then(({ addTiles }) => addTiles(map, sources.tiles, failed), failed);
  await Promise.allSettled([
    fetched(sources.countries).then((drawn) => addCountries(map, drawn, departments, name)),
    sources.tiles || fetched(sources.waters).then((drawn) => addWaters(map, drawn)),
    sources.tiles || fetched(sources.towns).then((towns) => name(towns.map(asTown))),
  ]);
  if (!sources.tiles && sources.places) nameNear(map, sources.places, name);
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`ground: ${answer.status}`);
  return answer.json();
}

const asTown = ([text, latitude, longitude]) => ({ text, at: L.latLng(latitude, longitude), kind: "town" });

// A line is its first point, then how far each next is from the one before, in parts of a degree.
function unrolled(line, steps) {
  let [x, y] = [0, 0];
  const points = [];
  for (let i = 0; i < line.length; i += 2) {
    x += line[i];
    y += line[i + 1];
    points.push([y / steps, x / steps]);
  }
  return points;
}

function addCountries(map, { arcs, steps, countries }, departments, name) {
  pane(map, "countries", 340);
  const lines = arcs.map((arc) => unrolled(arc, steps));
  const ring = (part) => joined(part.flatMap((n) => (n < 0 ? lines[~n].toReversed() : lines[n])));
  const drawn = countries.map(([code, parts]) => ({ code, parts, rings: parts.map((part) => part.map(ring)) }));
  const home = homeAmong(drawn, departments);
  // Our own border is the departments', drawn finer than this one.
  const ours = new Set(home?.parts.flat(2).map((n) => (n < 0 ? ~n : n)));
  const renderer = L.svg({ padding: 0.5, pane: "countries" });
  const look = { ...QUIET, renderer };
  L.polygon(drawn.flatMap(({ rings }) => rings), { ...look, className: "country", stroke: false }).addTo(map);
  L.polyline(lines.filter((_, n) => !ours.has(n)), { ...look, className: "frontier", weight: 1 }).addTo(map);
  name(drawn.filter((country) => country.code && country !== home).map(asCountry));
}

// Past the date line an outline goes on; or it would go around the world.
function joined(ring) {
  let turn = 0;
  return ring.map(([latitude, longitude], i) => {
    const step = i ? longitude - ring[i - 1][1] : 0;
    if (Math.abs(step) > 180) turn -= Math.sign(step) * 360;
    return [latitude, longitude + turn];
  });
}

function homeAmong(drawn, departments) {
  const label = departments?.getLayers()[0]?.feature.properties.label;
  return label && drawn.find(({ rings }) => rings.some(([outer]) => holds(outer, label)));
}

function holds(ring, [latitude, longitude]) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[y1, x1], [y2, x2]] = [ring[i], ring[j]];
    if (y1 > latitude !== y2 > latitude && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

const inWords = new Intl.DisplayNames([document.documentElement.lang, "en"], { type: "region" });

// In the middle of its largest part.
function asCountry({ code, rings }) {
  const bounds = rings.map(([outer]) => L.latLngBounds(outer));
  const width = (one) => one.getEast() - one.getWest();
  const widest = bounds.reduce((a, b) => (width(b) > width(a) ? b : a));
  return { text: inWords.of(code), at: widest.getCenter(), kind: "country", bounds: widest };
}

function addWaters(map, { rivers, lakes, steps }) {
  pane(map, "waters", 360); // over the departments, under the points
  const renderer = L.svg({ padding: 0.5, pane: "waters" });
  const lines = rivers.map((line) => unrolled(line, steps));
  const shores = lakes.map((rings) => rings.map((ring) => unrolled(ring, steps)));
  L.polyline(lines, { ...QUIET, renderer, className: "river", weight: 1 }).addTo(map);
  L.polygon(shores, { ...QUIET, renderer, className: "lake", weight: 1 }).addTo(map);
}

// Close up, the mission's own towns, for as much around as a few pushes reach.
function nameNear(map, address, name) {
  let known = null;
  const look = async () => {
    if (map.getZoom() < CLOSE_ZOOM || known?.contains(map.getBounds())) return;
    known = map.getBounds().pad(1);
    const bounds = known.toBBoxString();
    const { places } = await fetched(`${address}?bounds=${bounds}`).catch(() => ({ places: [] }));
    name(places.map(asTown));
  };
  map.on("moveend", look);
  look();
}

// Whose map this is, as the licences ask; text only, for a mission may write it.
function sourceLine(map, text) {
  const control = L.control({ position: "bottomright" });
  control.onAdd = () => {
    const line = document.createElement("p");
    line.className = "map-source";
    line.textContent = text;
    return line;
  };
  control.addTo(map);
}
