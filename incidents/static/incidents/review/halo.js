// A row of the list under the pointer, or with the focus, is ringed on the map. Rows may come and go.
/* global L */
import { colours } from "./shapes.js";

export function followRows(map) {
  const halo = L.circleMarker([0, 0], { radius: 15, interactive: false, className: "halo", fill: false, weight: 3 });
  const show = ({ target }) => {
    const placed = target.closest?.("[data-incident]")?.querySelector("[data-place]");
    if (!placed) return void halo.remove();
    halo.setLatLng(placed.dataset.place.split(",").map(Number)).setStyle({ color: colours().accent }).addTo(map);
  };
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, show);
}
