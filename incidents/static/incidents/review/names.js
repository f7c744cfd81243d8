// Names on the map where there is room: areas that are wider than their name, then towns, the largest first.
/* global L */
import { pane } from "./base.js";

const AREA_LETTER_PX = 14; // what a letter of an area's name and its air need
const LETTER_PX = 6.5;
const HALF_LINE_PX = 8;
const MOST = 40;

// Returns a function that adds names: { text, at, kind, bounds }, of which only areas have bounds. Earlier ones win.
export function nameable(map) {
  pane(map, "names", 380).style.pointerEvents = "none";
  const offered = new Map();
  const shown = new Map();
  const again = () => {
    const chosen = placed(map, offered.values());
    for (const [name, label] of shown) if (!chosen.has(name)) shown.delete(name) && label.remove();
    for (const name of chosen) if (!shown.has(name)) shown.set(name, labelled(name).addTo(map));
  };
  map.on("moveend resize", again);
  return (names) => {
    for (const name of names) offered.set(name.text + name.at, name);
    again();
  };
}

function placed(map, offered) {
  const seen = map.getBounds();
  const taken = [];
  const chosen = new Set();
  const written = new Set(); // sources differ by a little in where a town is
  for (const name of offered) {
    if (chosen.size >= MOST) break;
    if (!seen.contains(name.at) || written.has(name.kind + name.text)) continue;
    if (name.bounds && !hasRoom(map, name)) continue;
    const box = extent(map.latLngToContainerPoint(name.at), name);
    if (taken.some((other) => box.intersects(other))) continue;
    taken.push(box);
    chosen.add(name);
    written.add(name.kind + name.text);
  }
  return chosen;
}

function hasRoom(map, { bounds, text }) {
  const [east, west] = [map.latLngToLayerPoint(bounds.getNorthEast()), map.latLngToLayerPoint(bounds.getSouthWest())];
  return east.x - west.x > text.length * AREA_LETTER_PX;
}

function extent({ x, y }, { text, kind }) {
  const width = text.length * LETTER_PX;
  const left = kind === "town" ? x - 4 : x - width / 2;
  return L.bounds([left, y - HALF_LINE_PX], [left + width + 8, y + HALF_LINE_PX]);
}

function labelled({ text, at, kind }) {
  const direction = kind === "town" ? "right" : "center";
  const words = document.createElement("span");
  words.textContent = text;
  const options = { permanent: true, direction, className: `name ${kind}-name`, interactive: false, pane: "names" };
  return L.tooltip({ ...options, opacity: 1 }).setLatLng(at).setContent(words);
}

// The departments' own names, where each has most room.
export function departmentNames(layer) {
  return layer.getLayers().map((shape) => {
    const { name, label } = shape.feature.properties;
    return { text: name, at: L.latLng(label), kind: "department", bounds: shape.getBounds() };
  });
}
