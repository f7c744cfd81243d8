// The small map of one incident: its place, and how far off it may be as a circle.
/* global L */
import { addDepartments, keepFitted, onThemeChange } from "./base.js";
import { addGround } from "./ground.js";
import { Canvas, Point, colours, styled } from "./shapes.js";

const CLOSE_M = 1_500; // never nearer than a neighbourhood: without streets, closer shows nothing
const STREETS_M = 200; // with tiles there are streets

addEventListener("map:init", (event) => {
  if (event.detail.id === "incident-place") start(event.detail.map);
});

async function start(map) {
  const place = JSON.parse(document.getElementById("place").textContent);
  const at = L.latLng(place.latitude, place.longitude);
  map.attributionControl?.remove();
  map.scrollWheelZoom.disable();
  const closest = place.ground.tiles ? STREETS_M : CLOSE_M * 40;
  const around = at.toBounds(Math.max(closest, (place.accuracy_m || 0) * (place.ground.tiles ? 4 : 120)));
  keepFitted(map, () => map.fitBounds(around, { animate: false }));
  const point = { severity: place.severity, danger: place.in_danger, precision: place.precision };
  const circle = L.circle(at, { radius: place.accuracy_m || 0, weight: 1, fillOpacity: 0.15, interactive: false });
  if (place.accuracy_m) circle.addTo(map);
  const mark = new Point(at, { renderer: new Canvas(), interactive: false, ...styled(point, colours()) }).addTo(map);
  const paint = () => {
    const tokens = colours();
    const colour = tokens[place.severity] || tokens.muted;
    circle.setStyle({ color: colour, fillColor: colour });
    mark.setStyle(styled(point, tokens));
  };
  paint();
  onThemeChange(paint);
  const departments = await addDepartments(map, place.boundaries).catch(() => null);
  addGround(map, { sources: place.ground, departments, failed: () => {} }); // the point stands without it
}
