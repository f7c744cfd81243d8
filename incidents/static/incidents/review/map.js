// The map beside the list: the same incidents, by the list's own address. A row and its point are one thing.
/* global L */
import { Answers, ask } from "./answers.js";
import { addDepartments, keepFitted, onThemeChange } from "./base.js";
import { isWithin, widened, written } from "./cells.js";
import { apart, asClusters, clusterMark } from "./clusters.js";
import { followRows } from "./halo.js";
import { listed, replaceList } from "./list.js";
import { Marks } from "./marks.js";
import { fill } from "./numbers.js";
import { asPoint, chosen, discs, openCard, pointLayers } from "./points.js";
import { heat as heatSwitch, follow as followSwitch } from "./switches.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const [words, sources] = [read("map-words"), read("map-ground")];
const said = document.getElementById("map-said");
const WORLD = "-180,-85.06,180,85.06";
const FIRST_ZOOM = 6; // coarse enough for a first look at wherever incidents are
const SETTLED_MS = 120; // after the last move
const DEEPER = 4; // zooms by which a cluster is looked into, to find how far its members lie apart

addEventListener("map:init", (event) => {
  if (event.detail.id === "incident-map") start(event.detail.map);
});

async function start(map) {
  map.options.zoomSnap = sources.tiles ? 1 : 0.25; // without tiles there are no steps to keep to
  map.setView([0, 0], 2);
  map.attributionControl?.remove();
  map.zoomControl.remove();
  L.control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.farther }).addTo(map);
  const desk = new Desk(map);
  const looked = desk.look();
  const departments = await addDepartments(map, "boundaries.json").catch(() => null);
  desk.fit(departments); // so that there is something to see until the points come
  await looked;
  desk.follow(keepFitted(map, () => desk.fit(departments)));
  // What the points can do without comes after them.
  const { startHistogram } = await import("./histogram.js");
  startHistogram(words, sources.zone, (time) => desk.drawAs(time));
  const { addGround } = await import("./ground.js");
  addGround(map, { sources, departments, failed: () => (said.textContent = words.tiles) });
}

class Desk {
  #map;
  #answers = new Answers();
  #marks;
  #heat = null; // its code comes when it is first wanted
  #discs = L.layerGroup();
  #first = null;
  #drawn = null; // the answer that is shown
  #paint = () => {};
  #time; // what the time line plays, apart from the list
  #timer = 0;
  #asked = "";
  #seen = "";

  constructor(map) {
    this.#map = map;
    this.#marks = new Marks(map);
    this.#discs.addTo(map);
    onThemeChange(() => this.#paint());
  }

  // A first look at everything, to know where to look closer.
  async look() {
    try {
      this.#first = await this.#answers.about(this.#query(), this.#area() ?? WORLD, FIRST_ZOOM);
    } catch (fault) {
      if (fault.name !== "AbortError") said.textContent = words.failed;
    }
  }

  fit(departments) {
    const area = this.#area()?.split(",").map(Number);
    const { clusters } = this.#first ?? { clusters: [] };
    const places = placesOf(this.#first);
    let bounds = L.latLngBounds(places);
    if (area) bounds = L.latLngBounds([area[1], area[0]], [area[3], area[2]]);
    else if (departments && (clusters.length || !places.length)) bounds.extend(departments.getBounds());
    if (!bounds.isValid()) return;
    this.#map.fitBounds(bounds, { padding: area ? [0, 0] : [28, 28], maxZoom: area ? 19 : 12, animate: false });
  }

  // From now on the map goes with its reader and with the list.
  follow(fitted) {
    this.#map.on("moveend", () => {
      this.#drawDiscs();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#moved(), SETTLED_MS);
    });
    document.addEventListener("desk:list-replaced", () => this.#query() !== this.#asked && this.show());
    document.addEventListener("desk:changed", () => this.#renew(fitted));
    heatSwitch((on) => this.#warm(on));
    followSwitch((on) => this.#list({ area: on ? this.#view() : null }));
    followRows(this.#map);
    if (this.#area()) this.#seen = this.#view(); // which is its area, and the list has it
    this.#moved();
  }

  // What comes in elsewhere is not left out of sight, unless the reader has chosen where to look.
  async #renew(fitted) {
    this.#answers.forget();
    await this.show();
    const shown = this.#map.getBounds();
    const { inside, located } = this.#drawn ?? {};
    if (!fitted.isLeft() || (inside === located && placesOf(this.#drawn).every((at) => shown.contains(at)))) return;
    await this.look();
    fitted.again();
  }

  #moved() {
    this.show();
    if (followSwitch.isOn() && this.#seen !== this.#view()) this.#list({ area: this.#view() });
    this.#seen = this.#view();
  }

  #view() {
    const bounds = this.#map.getBounds();
    return written([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]);
  }

  drawAs(time) {
    this.#time = time;
    return time === undefined ? undefined : this.show();
  }

  async show() {
    const zoom = Math.max(0, Math.min(19, Math.round(this.#map.getZoom())));
    try {
      this.#asked = this.#query();
      this.#draw(await this.#answers.about(this.#asked, widened(this.#map.getBounds(), zoom), zoom));
    } catch (fault) {
      if (fault.name !== "AbortError") said.textContent = this.#marks.isEmpty ? words.failed : words.stale;
    }
  }

  // What the list asks for; but where the list follows the map, the map's view is not the list's.
  #query() {
    const asked = listed();
    if (followSwitch.isOn()) asked.delete("area");
    if (this.#time) asked.set("time", this.#time);
    if (this.#time === null) asked.delete("time");
    return String(asked);
  }

  #area() {
    const area = listed().get("area");
    return area?.split(",").length === 4 && area.split(",").every((one) => one && Number.isFinite(+one)) ? area : null;
  }

  #draw(answer) {
    say(answer);
    if (answer === this.#drawn) return;
    this.#drawn = answer;
    const points = answer.points.map(asPoint);
    const { layers, paint } = pointLayers(points, words, (group, byKey) => this.#open(group, byKey));
    const clusters = apart(asClusters(answer), this.#map);
    this.#paint = paint;
    this.#marks.replace([...clusters.map((one) => this.#clusterMark(one)), ...layers]);
    this.#drawDiscs();
    this.#heat?.show(answer);
  }

  async #warm(on) {
    const { Heat } = await import("./heat.js");
    this.#heat ??= new Heat(this.#map);
    if (this.#drawn) this.#heat.show(this.#drawn);
    this.#heat.switch(on);
  }

  #clusterMark(cluster) {
    const made = clusterMark(cluster, words);
    const light = (on) => lightWithin(cluster.bounds, on);
    made.on("mouseover focus", () => light(true)).on("mouseout blur remove", () => light(false));
    return chosen(made, (byKey) => this.#enter(cluster, byKey));
  }

  #drawDiscs() {
    const seen = this.#map.getBounds().pad(0.2);
    const points = (this.#drawn?.points ?? []).map(asPoint).filter(({ at }) => seen.contains(at));
    this.#discs.clearLayers();
    for (const disc of discs(this.#map, points)) this.#discs.addLayer(disc);
  }

  #open(group, byKey) {
    const around = written([group.at[1], group.at[0], group.at[1], group.at[0]]);
    const back = () => this.#marks.focusNear(group.at);
    openCard(this.#map, group, words, { byKey, back, list: () => this.#list({ area: around }, true) });
  }

  // Closer to a cluster, as far as its members lie apart; where they do not, they are listed.
  async #enter({ bounds, at }, byKey) {
    const deepest = this.#map.getMaxZoom();
    try {
      for (let zoom = Math.round(this.#map.getZoom()); zoom < deepest; ) {
        zoom = Math.min(deepest, zoom + DEEPER);
        const answer = await ask(this.#query(), written(bounds), zoom);
        const points = answer.points.map(asPoint);
        if (points.length === 1) return this.#open({ ...points[0], points }, byKey);
        const members = [...asClusters(answer), ...points];
        const around = L.latLngBounds(members.map((member) => member.at));
        if (points.length || members.length > 1) return this.#map.fitBounds(around.pad(0.05), { padding: [48, 48] });
        bounds = members[0]?.bounds ?? bounds;
      }
    } catch {
      return this.#map.setView(at, this.#map.getZoom() + 2);
    }
    return this.#list({ area: written(bounds) }, true);
  }

  async #list(changes, isChosen = false) {
    const there = await replaceList(changes);
    if (there === false) said.textContent = words.unlisted;
    if (!there || !isChosen) return;
    document.querySelector(".list").scrollIntoView({ block: "nearest" });
    document.querySelector(".list .row-link")?.focus({ preventScroll: true });
  }
}

function placesOf(answer) {
  return answer ? [...answer.points.map(asPoint), ...asClusters(answer)].map(({ at }) => at) : [];
}

function say({ total, located, without_place: without }) {
  const parts = [];
  if (!total) parts.push(words.none);
  else parts.push(without ? fill(words.some, located, total) : fill(words.all, total));
  if (without) parts.push(fill(words.without, without));
  said.textContent = parts.join(" ");
}

function lightWithin(bounds, on) {
  for (const { dataset, parentElement: row } of document.querySelectorAll("[data-incident] > [data-place]")) {
    if (isWithin(dataset.place.split(",").map(Number), bounds)) row.classList.toggle("is-lit", on);
  }
}
