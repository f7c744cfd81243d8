// Heat: where many incidents lie, in one colour that says nothing of severity, from the same answers as the marks.
/* global L */
import { onThemeChange, pane } from "./base.js";
import { colours } from "./shapes.js";

const REACH_PX = 44; // how far the warmth of one place is felt
const FAINTEST = 0.1; // of the places at once, by how many incidents each has
const STRONGEST = 0.8;
const TOGETHER = 8; // so many single incidents at one place are as warm as it gets
const BEYOND = 0.25; // of the view's width, drawn at its sides

export class Heat {
  #map;
  #canvas = document.createElement("canvas");
  #layer = null;
  #places = [];
  #on = false;

  constructor(map) {
    this.#map = map;
    pane(map, "heat", 370).style.pointerEvents = "none"; // over the ground and its waters, under names and points
    map.on("moveend resize", () => this.#paint());
    onThemeChange(() => this.#paint());
  }

  show({ clusters, points }) {
    const counted = clusters.map(([, , latitude, longitude, ...counts]) => ({
      at: [latitude, longitude],
      count: counts.slice(0, 5).reduce((sum, one) => sum + one, 0),
    }));
    const single = points.map(([, latitude, longitude]) => ({ at: [latitude, longitude], count: 1 }));
    this.#places = [...counted, ...single];
    this.#paint();
  }

  switch(on) {
    this.#on = on;
    this.#paint();
  }

  #paint() {
    if (!this.#on) return this.#layer?.remove();
    const bounds = this.#map.getBounds().pad(BEYOND);
    const corner = this.#map.latLngToLayerPoint(bounds.getNorthWest());
    const size = this.#map.latLngToLayerPoint(bounds.getSouthEast()).subtract(corner);
    Object.assign(this.#canvas, { width: size.x, height: size.y });
    this.#warm(this.#canvas.getContext("2d"), corner);
    // Leaflet moves and scales it with the map as it does a drawing.
    this.#layer ??= L.svgOverlay(this.#canvas, bounds, { pane: "heat", className: "heat" });
    this.#layer.addTo(this.#map).setBounds(bounds);
  }

  #warm(context, corner) {
    const most = Math.max(1, ...this.#places.map(({ count }) => count));
    const colour = colours().accent;
    for (const { at, count } of this.#places) {
      const { x, y } = this.#map.latLngToLayerPoint(at).subtract(corner);
      const share = Math.log1p(count) / Math.log1p(most);
      const shade = context.createRadialGradient(x, y, 0, x, y, REACH_PX);
      shade.addColorStop(0, colour);
      shade.addColorStop(1, `${colour}00`);
      context.globalAlpha = most > 1 ? FAINTEST + (STRONGEST - FAINTEST) * share * share : 1 / TOGETHER;
      context.fillStyle = shade;
      context.fillRect(x - REACH_PX, y - REACH_PX, REACH_PX * 2, REACH_PX * 2);
    }
  }
}
