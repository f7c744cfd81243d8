// Incidents at exactly the same point would hide each other: they share one mark, that of the gravest, with a count.

const GRAVITY = ["critical", "major", "moderate", "minor"];

// Danger first, then gravity: the order of a card's lines, and the one in which marks lie on each other.
export function rank(point) {
  return point.danger ? -1 : gravity(point);
}

function gravity(point) {
  const place = GRAVITY.indexOf(point.severity);
  return place < 0 ? GRAVITY.length : place;
}

// One group for every place: what its mark shows, and its members as `points`.
export function grouped(points) {
  const places = new Map();
  for (const point of points) {
    const key = point.at.join();
    if (places.has(key)) places.get(key).push(point);
    else places.set(key, [point]);
  }
  return [...places.values()].map(asGroup);
}

function asGroup(members) {
  const points = members.sort((a, b) => rank(a) - rank(b));
  const gravest = points.reduce((found, point) => (gravity(point) < gravity(found) ? point : found));
  return { ...gravest, danger: points.some((point) => point.danger), points };
}
