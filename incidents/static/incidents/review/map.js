// The map beside the list: the same incidents, by the list's own address. A row and its point are one thing.
/* global L */
import { addDepartments, keepFitted, nameWhereRoom, onThemeChange } from "./base.js";
import { Canvas, Point, colours, styled } from "./shapes.js";
import { counter, grouped, rank } from "./groups.js";
import { card } from "./card.js";

const words = JSON.parse(document.getElementById("map-words").textContent);
const said = document.getElementById("map-said");
const NEAR_PX = 9; // an uncertainty smaller than the point itself is not drawn
const DISC_LIMIT = 300;
const MANY = 300; // more than these are drawn smaller, or they would hide each other, and their counts on the canvas
const BESIDE = matchMedia("(min-width: 900px)"); // as in the style sheet
const REACH_PX = 7; // how far from a mark a finger may fall

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
    keepFitted(map, () => fit(map, points, base));
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
  const groups = grouped(points);
  const many = groups.length > MANY;
  const renderer = new Canvas({ padding: 0.3, tolerance: many ? 0 : REACH_PX });
  const layers = new Map();
  const style = (group) => styled(group, colours(), many ? 5 : 7);
  // The gravest last, so that they lie on top.
  for (const group of groups.sort((a, b) => rank(b) - rank(a))) {
    const count = group.points.length;
    group.mark = new Point(group.at, { renderer, count: many && count > 1 ? count : 0, ...style(group) });
    answers(map, group, group.mark.addTo(map));
    if (!many && count > 1) answers(map, group, counter(group, fill(words.here, count)).addTo(map));
    for (const point of group.points) layers.set(point.id, group.mark);
  }
  drawDiscs(map, points);
  followRows(map, layers);
  onThemeChange(() => groups.forEach((group) => group.mark.setStyle(style(group))));
}

// What a mark and the count beside it do alike: open the card, and light the rows of the list.
function answers(map, group, layer) {
  layer.on("click", () => open(map, group));
  layer.on("keydown", ({ originalEvent: event }) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open(map, group, layer.getElement());
  });
  layer.on("mouseover", () => light(group, true)).on("mouseout", () => light(group, false));
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

// Opened from the keyboard, the card takes the focus, and gives it back when Escape closes it.
function open(map, group, opener) {
  const box = card(group, words, fill(words.here, group.points.length));
  const maxHeight = Math.max(96, map.getSize().y - 72);
  const popup = L.popup({ maxWidth: 260, maxHeight }).setLatLng(group.at).setContent(box).openOn(map);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    popup.close();
    opener?.focus();
  });
  if (opener) box.querySelector("a").focus();
  // Stacked, the list is under the map: there it would pull the card out of sight.
  if (BESIDE.matches) row(group.points[0].id)?.scrollIntoView({ block: "nearest" });
}

function row(id) {
  return document.querySelector(`[data-incident="${CSS.escape(id)}"]`);
}

function light(group, on) {
  for (const point of group.points) row(point.id)?.classList.toggle("is-lit", on);
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
