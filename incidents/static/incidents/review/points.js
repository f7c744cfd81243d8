// Single incidents: shapes on a canvas, each under a button; how far off a place may be as a disc; the card of a point.
/* global L */
import { Canvas, Point, colours, styled } from "./shapes.js";
import { grouped, rank } from "./groups.js";
import { amount, fill } from "./numbers.js";
import { card } from "./card.js";
import { mark } from "./marks.js";
import { rowOf } from "./list.js";

const NEAR_PX = 9; // an uncertainty smaller than the point itself is not drawn
const BESIDE = matchMedia("(min-width: 900px)"); // as in the style sheet

export function asPoint([id, latitude, longitude, severity, danger, accuracy, precision, category, time]) {
  return { id, at: [latitude, longitude], severity, danger: Boolean(danger), accuracy, precision, category, time };
}

// The layers of all points, and how to paint them again when light turns to dark. `opened` is told of a choice.
export function pointLayers(points, words, opened) {
  const renderer = new Canvas({ padding: 0.3 });
  // The gravest last on the canvas, so that they lie on top; first among the buttons.
  const groups = grouped(points).sort((a, b) => rank(b) - rank(a));
  const quiet = { renderer, interactive: false };
  const shapes = groups.map((group) => new Point(group.at, { ...quiet, ...styled(group, colours()) }));
  const buttons = groups.toReversed().map((group) => button(group, words, opened));
  const paint = () => shapes.forEach((shape, i) => shape.setStyle(styled(groups[i], colours())));
  return { layers: [...shapes, ...buttons], paint };
}

function button(group, words, opened) {
  const several = group.points.length > 1;
  const label = several ? fill(words.here, group.points.length) : told(group, words);
  const count = document.createElement("span");
  if (several) count.textContent = amount(group.points.length);
  const className = `${several ? "several" : "single"}${group.danger ? " is-danger" : ""}`;
  const made = mark(group.at, { className, content: count, label, size: 28 });
  made.on("mouseover focus", () => light(group, true)).on("mouseout blur", () => light(group, false));
  return chosen(made, (byKey) => opened(group, byKey));
}

// A choice by pointer or by key; `choose` is told whether it was a key.
export function chosen(made, choose) {
  made.on("click", () => choose(false));
  made.on("keydown", ({ originalEvent: event }) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(true);
  });
  return made;
}

function told(point, words) {
  const parts = [words[point.severity] || words.ungraded, point.category, point.time];
  if (point.danger) parts.unshift(words.danger);
  return parts.join(", ");
}

function light(group, on) {
  for (const point of group.points) rowOf(point.id)?.classList.toggle("is-lit", on);
}

// Opened from the keyboard, the card takes the focus, and `back` gives it back when Escape closes it.
export function openCard(map, group, words, { byKey, back, list }) {
  const box = card(group, words, fill(words.here, group.points.length), list);
  const maxHeight = Math.max(96, map.getSize().y - 72);
  const popup = L.popup({ maxWidth: 260, maxHeight }).setLatLng(group.at).setContent(box).openOn(map);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    popup.close();
    back();
  });
  if (byKey) box.querySelector("a").focus();
  // Stacked, the list is under the map: there it would pull the card out of sight.
  if (BESIDE.matches) rowOf(group.points[0].id)?.scrollIntoView({ block: "nearest" });
}

// How far off a place may be, as a translucent disc, once it is wide enough to be seen.
export function discs(map, points) {
  const metres = metresPerPixel(map);
  return points.filter((point) => point.accuracy / metres > NEAR_PX).map(disc);
}

function disc(point) {
  const className = `disc ${point.severity || "ungraded"}`;
  return L.circle(point.at, { radius: point.accuracy, interactive: false, className });
}

function metresPerPixel(map) {
  const middle = map.getCenter();
  return (40_075_017 * Math.cos((middle.lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
}
