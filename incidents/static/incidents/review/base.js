// The ground of every map: departments in two greys with hairlines, and a view that fits until the reader moves it.
/* global L */

export async function addDepartments(map, address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`boundaries: ${answer.status}`);
  pane(map, "departments", 350); // under the canvas of the points, which Leaflet would put lower
  return L.geoJSON(await answer.json(), {
    interactive: false,
    renderer: L.svg({ padding: 1, pane: "departments" }),
    style: { className: "department", weight: 1, fillOpacity: 1 },
  }).addTo(map);
}

export function pane(map, name, height) {
  const made = map.getPane(name) ?? map.createPane(name);
  made.style.zIndex = height;
  return made;
}

// Fits now and whenever the container changes its size, until the reader has moved the map. Returns how to fit it again,
// and whether it still does.
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
  return { again, isLeft: () => !moved };
}

export function onThemeChange(redraw) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
