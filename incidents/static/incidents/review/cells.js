// The map's grid, as the server cuts it: web mercator in 2^bits squares a side, row 0 in the north.

const TOP = 85.05112878;
const STEP_PX = 128; // views are widened to a grid of these, so that a small push asks for nothing new

const longitude = (x) => x * 360 - 180;
const latitude = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
const across = (degrees) => Math.min(1, Math.max(0, (degrees + 180) / 360));

function down(degrees) {
  const sine = Math.sin((Math.min(TOP, Math.max(-TOP, degrees)) * Math.PI) / 180);
  return Math.min(1, Math.max(0, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)));
}

// [west, south, east, north] of one square.
export function square(x, y, bits) {
  const side = 2 ** bits;
  return [longitude(x / side), latitude((y + 1) / side), longitude((x + 1) / side), latitude(y / side)];
}

export function isWithin(at, [west, south, east, north]) {
  return at[0] >= south && at[0] <= north && at[1] >= west && at[1] <= east;
}

// What is seen, widened to the grid, as the server wants it.
export function widened(bounds, zoom) {
  const steps = (256 * 2 ** zoom) / STEP_PX;
  const west = Math.floor(across(bounds.getWest()) * steps) / steps;
  const east = Math.ceil(across(bounds.getEast()) * steps) / steps;
  const north = Math.floor(down(bounds.getNorth()) * steps) / steps;
  const south = Math.ceil(down(bounds.getSouth()) * steps) / steps;
  return written([longitude(west), latitude(south), longitude(east), latitude(north)]);
}

// Degrees to six decimals, outwards, so that nothing on the edge falls out.
export function written([west, south, east, north]) {
  const out = [Math.floor(west * 1e6), Math.floor(south * 1e6), Math.ceil(east * 1e6), Math.ceil(north * 1e6)];
  const limits = [180e6, 90e6, 180e6, 90e6];
  return out.map((degrees, i) => (Math.min(limits[i], Math.max(-limits[i], degrees)) / 1e6).toString()).join();
}
