// The public map: departments, the shipped ground, and a mark with its number for each place that was told. Where this
// does not run, the drawing that was served stays.
/* global L */
import { addDepartments, keepFitted } from "../review/base.js";
import { addGround } from "../review/ground.js";

const CLOSEST = 11; // a square of 5 km about as large as a thumb
const AROUND_PX = 24;
const NAME_PX = 8;
const box = document.getElementById("public-map");
const { areas, marks, ground, closer, farther } = JSON.parse(document.getElementById("map").textContent);

start();

async function start() {
  box.replaceChildren();
  const map = L.map(box, {
    attributionControl: false,
    maxZoom: CLOSEST,
    minZoom: 2,
    scrollWheelZoom: false, // the page is scrolled over it
    zoomControl: false,
    zoomSnap: 0.25,
  });
  map.setView([0, 0], 2);
  L.control.zoom({ zoomInTitle: closer, zoomOutTitle: farther }).addTo(map);
  const departments = await addDepartments(map, areas).catch(() => null);
  const drawn = L.featureGroup(marks.map(mark)).addTo(map);
  if (departments) tint(departments);
  const whole = departments?.getLayers().length ? departments.getBounds() : drawn.getBounds();
  keepFitted(map, () => whole.isValid() && map.fitBounds(whole, { animate: false, padding: [AROUND_PX, AROUND_PX] }));
  await addGround(map, { sources: ground, departments, failed: () => {} });
  box.dataset.drawn = "";
}

// A whole department is no spot: its number is hollow, and the department is tinted.
function mark({ at, count, title, code }) {
  const icon = document.createElement("span");
  icon.textContent = count;
  const size = count >= 100 ? 40 : count >= 10 ? 34 : 28;
  const className = `public-mark${code ? " is-area" : ""}`;
  const iconAnchor = [size / 2, code ? -NAME_PX : size / 2]; // below the name of what it counts
  const look = L.divIcon({ html: icon, className, iconSize: [size, size], iconAnchor });
  const marker = L.marker(at, { icon: look, title, alt: title });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", title));
  const card = document.createElement("p");
  card.textContent = title;
  return marker.bindPopup(card);
}

function tint(departments) {
  const told = new Set(marks.map(({ code }) => code).filter(Boolean));
  departments.eachLayer((layer) => {
    if (told.has(layer.feature.properties.code)) layer.getElement()?.classList.add("is-told");
  });
}
