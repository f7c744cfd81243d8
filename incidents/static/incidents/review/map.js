// The map beside the list: the same incidents, by the list's own address. A row and its point are one thing.
/* global L */
import { addDepartments, nameWhereRoom, onThemeChange } from "./base.js";
import { Canvas, Point, colours, styled } from "./shapes.js";
import { card } from "./card.js";

const words = JSON.parse(document.getElementById("map-words").textContent);
const said = document.getElementById("map-said");
const NEAR_PX = 9; // an uncertainty smaller than the point itself is not drawn
const DISC_LIMIT = 300;
const MANY = 300; // more than these are drawn smaller, or they would hide each other

addEventListener("map:init", (event) => {
  if (event.detail.id === "incident-map") start(event.detail.map);
});

async function start(map) {
  map.options.zoomSnap = 0.25; // without tiles there are no steps to keep to
  map.setView([0, 0], 2);
  map.attributionControl?.remove();
  try {
    const [base, answer] = await Promise.all([addDepartments(map, "boundaries.json"), load()]);
    const points = answer.points.map(asPoint);
    say(answer);
    fit(map, points, base);
    nameWhereRoom(map, base);
    draw(map, points);
  } catch (fault) {
    said.textContent = words.failed;
  }
}

async function load() {
  const asked = new URLSearchParams(location.search);
  asked.delete("p");
  const answer = await fetch(`map.json?${asked}`, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`map: ${answer.status}`);
  return answer.json();
}

function asPoint([id, latitude, longitude, severity, danger, accuracy, precision, category, time]) {
  return { id, at: [latitude, longitude], severity, danger: Boolean(danger), accuracy, precision, category, time };
}

function fill(pattern, ...numbers) {
  return pattern.replace(/%s/g, () => numbers.shift().toLocaleString(document.documentElement.lang));
}

function say({ total, located, without_place: without, drawn }) {
  const parts = [];
  if (!total) parts.push(words.none);
  else parts.push(without ? fill(words.some, located, total) : fill(words.all, total));
  if (without) parts.push(fill(words.without, without));
  if (drawn < located) parts.push(fill(words.newest, drawn));
  said.textContent = parts.join(" ");
}

function fit(map, points, base) {
  const bounds = points.length ? L.latLngBounds(points.map((point) => point.at)) : base.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [28, 28], maxZoom: 12, animate: false });
}

function draw(map, points) {
  const renderer = new Canvas({ padding: 0.3 });
  const layers = new Map();
  const style = (point) => styled(point, colours(), points.length > MANY ? 5 : 7);
  // The gravest last, so that they lie on top.
  for (const point of [...points].reverse().sort((a, b) => rank(b) - rank(a))) {
    const layer = new Point(point.at, { renderer, ...style(point) });
    layer.on("click", () => open(map, point)).on("mouseover", () => light(point, true));
    layer.on("mouseout", () => light(point, false));
    layers.set(point.id, layer.addTo(map));
  }
  drawDiscs(map, points);
  followRows(map, layers);
  onThemeChange(() => points.forEach((p) => layers.get(p.id).setStyle(style(p))));
}

function rank(point) {
  const place = ["critical", "major", "moderate", "minor"].indexOf(point.severity);
  return point.danger ? -1 : place < 0 ? 4 : place;
}

// How far off a place may be, as a translucent disc, once it is wide enough to be seen.
function drawDiscs(map, points) {
  const discs = L.layerGroup().addTo(map);
  const redraw = () => {
    discs.clearLayers();
    const seen = map.getBounds().pad(0.2);
    const metres = metresPerPixel(map);
    const wide = points.filter((p) => p.accuracy / metres > NEAR_PX && seen.contains(p.at)).slice(0, DISC_LIMIT);
    for (const point of wide) discs.addLayer(disc(point));
  };
  map.on("moveend", redraw);
  redraw();
}

function disc(point) {
  const colour = colours()[point.severity] || colours().muted;
  return L.circle(point.at, {
    radius: point.accuracy, interactive: false, color: colour, weight: 1, opacity: 0.5, fillColor: colour,
    fillOpacity: 0.12,
  });
}

function metresPerPixel(map) {
  const middle = map.getCenter();
  return (40_075_017 * Math.cos((middle.lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
}

function open(map, point) {
  L.popup({ closeButton: true, maxWidth: 260 }).setLatLng(point.at).setContent(card(point, words)).openOn(map);
  row(point.id)?.scrollIntoView({ block: "nearest" });
}

function row(id) {
  return document.querySelector(`[data-incident="${CSS.escape(id)}"]`);
}

function light(point, on) {
  row(point.id)?.classList.toggle("is-lit", on);
}

function followRows(map, layers) {
  const halo = L.circleMarker([0, 0], { radius: 15, interactive: false, className: "halo", fill: false, weight: 3 });
  for (const item of document.querySelectorAll("[data-incident]")) {
    const layer = layers.get(item.dataset.incident);
    if (!layer) continue;
    const show = () => halo.setLatLng(layer.getLatLng()).setStyle({ color: colours().accent }).addTo(map);
    item.addEventListener("pointerenter", show);
    item.addEventListener("focusin", show);
    item.addEventListener("pointerleave", () => halo.remove());
    item.addEventListener("focusout", () => halo.remove());
  }
}
