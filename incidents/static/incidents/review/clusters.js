// Many incidents as one mark: their count, and a thin ring split by severity, the gravest thickest and first.
import { square } from "./cells.js";
import { mark } from "./marks.js";
import { amount, fill } from "./numbers.js";
import { svg } from "./svg.js";

export const LEVELS = ["critical", "major", "moderate", "minor", "ungraded"];
const ALARM_PX = 6; // what the ring of danger takes around it
const LEAST_PX = 4; // a share that is there is seen

export function asClusters({ clusters, bits }) {
  return clusters.map(([x, y, latitude, longitude, ...rest]) => {
    const counts = rest.slice(0, LEVELS.length);
    const count = counts.reduce((sum, one) => sum + one, 0);
    return { at: [latitude, longitude], bounds: square(x, y, bits), counts, count, danger: rest[LEVELS.length] };
  });
}

// Those that would lie on a larger one are counted in it: no mark hides another.
export function apart(clusters, map) {
  const placed = [];
  for (const cluster of clusters.toSorted((a, b) => b.count - a.count)) {
    const radius = radiusOf(cluster.count) + (cluster.danger ? ALARM_PX : 0);
    const here = { ...cluster, point: map.latLngToLayerPoint(cluster.at), radius };
    const under = placed.find((one) => one.point.distanceTo(here.point) < one.radius + here.radius);
    if (under) join(under, cluster);
    else placed.push(here);
  }
  return placed.sort((a, b) => b.danger - a.danger || b.count - a.count);
}

function join(larger, { bounds: [west, south, east, north], counts, count, danger }) {
  const [w, s, e, n] = larger.bounds;
  larger.bounds = [Math.min(w, west), Math.min(s, south), Math.max(e, east), Math.max(n, north)];
  larger.counts = larger.counts.map((one, i) => one + counts[i]);
  larger.count += count;
  larger.danger += danger;
}

const radiusOf = (count) => Math.round(13 + 3.2 * Math.log10(count));

export function clusterMark(cluster, words) {
  const radius = radiusOf(cluster.count);
  const className = cluster.danger ? "cluster is-danger" : "cluster";
  const label = told(cluster, words);
  return mark(cluster.at, { className, content: ring(cluster, radius), label, size: (radius + ALARM_PX) * 2 });
}

function told({ count, counts, danger }, words) {
  const parts = LEVELS.map((level, i) => (counts[i] ? `${amount(counts[i])} ${words[level]}` : "")).filter(Boolean);
  if (danger) parts.push(fill(words.endangered, danger));
  return `${fill(words.here, count)} ${parts.join(", ")}`;
}

function ring({ counts, count, danger }, radius) {
  const half = radius + ALARM_PX;
  const drawn = svg("svg", { viewBox: `${-half} ${-half} ${half * 2} ${half * 2}`, "aria-hidden": "true" });
  drawn.append(svg("circle", { r: radius, class: "cluster-ground" }));
  if (danger) drawn.append(svg("circle", { r: radius + 4.5, class: "cluster-danger" }));
  const round = 2 * Math.PI * (radius - 2);
  const lengths = counts.map((one) => (one ? Math.max(LEAST_PX, (one / count) * round) : 0));
  const scale = round / lengths.reduce((sum, one) => sum + one, 0);
  let from = 0;
  LEVELS.forEach((level, i) => {
    const length = lengths[i] * scale;
    if (length) drawn.append(arc(level, radius - 2, from, length, round));
    from += length;
  });
  const text = svg("text", { "text-anchor": "middle", dy: "0.35em" });
  text.textContent = amount(count);
  drawn.append(text);
  return drawn;
}

function arc(level, r, from, length, round) {
  const dashes = { "stroke-dasharray": `${length} ${round - length}`, "stroke-dashoffset": -from };
  return svg("circle", { r, class: `share ${level}`, transform: "rotate(-90)", ...dashes });
}
