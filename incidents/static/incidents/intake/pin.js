// A point on a map of the mission's departments: by tap, by dragging, or from the keyboard, where the arrows move the map
// and Enter sets the pin in its middle. It fills the same two boxes that can be typed in.
/* global L */
const PLACE_ZOOM = 12;
const FIRST_NAMES_ZOOM = 8;

let map = null;
let pin = null;
let form = null;
let box = null;
let said = null;

export async function open(given) {
  form = given;
  box = form.querySelector("[data-pin]");
  said = form.querySelector("[data-map-said]");
  await Promise.all([style(box.dataset.style), style(box.dataset.look), script(box.dataset.script)]);
  const answer = await fetch("/map.json", { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`map: ${answer.status}`);
  const { outlines, places } = await answer.json();
  box.hidden = false;
  map = L.map(box, { minZoom: 3, maxZoom: 17, zoomSnap: 0.5, attributionControl: false, doubleClickZoom: false });
  const ground = L.geoJSON(outlines, { interactive: false, style: { className: "land" } });
  if (ground.getBounds().isValid()) map.fitBounds(ground.getBounds());
  else map.setView([0, 0], 3);
  ground.addTo(map);
  name(places);
  pin = L.marker([0, 0], { draggable: true, keyboard: false, icon: L.divIcon({ className: "pin", iconSize: [44, 44], iconAnchor: [22, 40] }) });
  pin.on("dragend", () => set(pin.getLatLng()));
  map.on("click", ({ latlng }) => set(latlng));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // it would send the form
    set(map.getCenter());
  });
  for (const field of fields()) field.addEventListener("change", follow);
  follow();
  box.focus();
}

const fields = () => [form.elements.latitude, form.elements.longitude];

function set({ lat, lng }) {
  const [latitude, longitude] = fields();
  latitude.value = lat.toFixed(6);
  longitude.value = L.Util.wrapNum(lng, [-180, 180], true).toFixed(6);
  pin.setLatLng([lat, lng]).addTo(map);
  said.textContent = box.dataset.set.replace("{at}", `${latitude.value}, ${longitude.value}`);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

// What is typed moves the pin.
function follow() {
  const [lat, lng] = fields().map((field) => parseFloat(field.value.replace(",", ".").replace("−", "-")));
  if (!(Math.abs(lat) <= 90 && Math.abs(lng) <= 180)) return pin.remove();
  pin.setLatLng([lat, lng]).addTo(map);
  map.setView([lat, lng], Math.max(map.getZoom(), PLACE_ZOOM));
}

// Towns as dots; their names once there is room.
function name(places) {
  const names = L.layerGroup();
  for (const [text, ...at] of places) {
    L.circleMarker(at, { radius: 2.5, interactive: false, className: "town" }).addTo(map);
    const words = document.createElement("span");
    words.textContent = text;
    names.addLayer(L.tooltip({ permanent: true, direction: "right", className: "town-name" }).setLatLng(at).setContent(words));
  }
  const show = () => (map.getZoom() >= FIRST_NAMES_ZOOM ? names.addTo(map) : names.remove());
  map.on("zoomend", show);
}

function script(address) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement("script"), { src: address, onload: resolve, onerror: reject });
    document.head.append(made);
  });
}

function style(address) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address, onload: resolve, onerror: reject });
    document.head.append(made);
  });
}
