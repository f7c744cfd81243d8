// The ground of every map: departments in two greys with hairlines, and their names where there is room.
/* global L */
import { colours } from "./shapes.js";

const ROOM_PX = 14; // what a letter of a name and its air need, roughly

export async function addDepartments(map, address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`boundaries: ${answer.status}`);
  const tokens = colours();
  map.createPane("ground").style.zIndex = 350; // under the canvas of the points, which Leaflet would put lower
  const layer = L.geoJSON(await answer.json(), {
    interactive: false,
    renderer: L.svg({ padding: 1, pane: "ground" }),
    style: { className: "department", color: tokens.border, fillColor: tokens.land, weight: 1, fillOpacity: 1 },
  }).addTo(map);
  layer.eachLayer((shape) => addName(map, shape));
  map.on("zoomend", () => nameWhereRoom(map, layer));
  return layer;
}

function addName(map, shape) {
  const { name, label } = shape.feature.properties;
  const text = document.createElement("span");
  text.textContent = name;
  shape.named = L.tooltip({ permanent: true, direction: "center", className: "department-name", interactive: false })
    .setLatLng(label)
    .setContent(text);
}

export function nameWhereRoom(map, layer) {
  layer.eachLayer((shape) => {
    const bounds = shape.getBounds();
    const width = map.latLngToLayerPoint(bounds.getNorthEast()).x - map.latLngToLayerPoint(bounds.getSouthWest()).x;
    const fits = width > shape.feature.properties.name.length * ROOM_PX;
    if (fits && !map.hasLayer(shape.named)) shape.named.addTo(map);
    if (!fits) shape.named.remove();
  });
}

// Fits now and whenever the container changes its size, until the reader has moved the map.
export function keepFitted(map, fit) {
  let fitting = false;
  let moved = false;
  const again = () => {
    fitting = true;
    map.invalidateSize({ animate: false });
    if (!moved) fit();
    fitting = false;
  };
  map.on("movestart", () => {
    moved ||= !fitting;
  });
  again();
  new ResizeObserver(again).observe(map.getContainer());
}

export function onThemeChange(redraw) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
