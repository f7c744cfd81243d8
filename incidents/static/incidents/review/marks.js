// The marks on the map as one group: drawn anew only when the new ones are there, one stop for the tab key, arrows
// from one to the next.
/* global L */

const AWAY = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// A button on the map, of nodes: no words ever pass as HTML.
export function mark(at, { className, content, label, size }) {
  const icon = L.divIcon({ className: `mark ${className}`, html: content, iconSize: [size, size] });
  const made = L.marker(at, { icon, title: label, riseOnHover: true });
  made.on("add", () => {
    made.getElement().ariaLabel = label;
    for (const kind of ["focus", "blur"]) made.getElement().addEventListener(kind, () => made.fire(kind));
  });
  return made;
}

export class Marks {
  #map;
  #group = null;

  constructor(map) {
    this.#map = map;
    map.getContainer().addEventListener("keydown", (event) => this.#steer(event));
  }

  get isEmpty() {
    return this.#group === null;
  }

  // `layers` are drawn in their order; those that are buttons take part in the keyboard's way.
  replace(layers) {
    const here = this.#focused();
    const old = this.#group;
    this.#group = L.layerGroup(layers).addTo(this.#map);
    old?.remove();
    this.#buttons.forEach((button, i) => (button.getElement().tabIndex = i ? -1 : 0));
    if (here) this.focusNear(here);
  }

  get #buttons() {
    return (this.#group?.getLayers() ?? []).filter((layer) => layer instanceof L.Marker);
  }

  #focused() {
    return this.#buttons.find((button) => button.getElement() === document.activeElement)?.getLatLng();
  }

  // The mark nearest to a place gets the focus; the map itself where there is none.
  focusNear(place) {
    const at = this.#map.latLngToContainerPoint(place);
    const apart = (button) => this.#map.latLngToContainerPoint(button.getLatLng()).distanceTo(at);
    const nearest = this.#buttons.reduce((a, b) => (a && apart(a) <= apart(b) ? a : b), null);
    if (nearest) this.#focus(nearest);
    else this.#map.getContainer().focus({ preventScroll: true });
  }

  #focus(button) {
    for (const one of this.#buttons) one.getElement().tabIndex = one === button ? 0 : -1;
    button.getElement().focus({ preventScroll: true });
  }

  #steer(event) {
    const here = this.#focused();
    if (!here) return;
    if (event.key === "+" || event.key === "-") this.#map.setZoom(this.#map.getZoom() + (event.key === "+" ? 1 : -1));
    const away = AWAY[event.key];
    if (!away) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.#map.latLngToContainerPoint(here);
    const next = this.#buttons.map((button) => ({ button, far: far(this.#map, button, from, away) }));
    next.sort((a, b) => a.far - b.far);
    if (next[0].far < Infinity) this.#focus(next[0].button);
  }
}

// How far a mark is in that direction; what lies aside counts double, and what lies behind not at all.
function far(map, button, from, [right, down]) {
  const way = map.latLngToContainerPoint(button.getLatLng()).subtract(from);
  const along = way.x * right + way.y * down;
  const aside = Math.abs(way.x * down) + Math.abs(way.y * right);
  return along > 0.5 && aside <= along * 2 ? along + aside * 2 : Infinity;
}
