// Tiles that a mission has set: pictures of another server, or a PMTiles file of our own, drawn by a library that is
// fetched only then. They lie over the shipped ground, which stays where they do not come.
/* global L, protomapsL */
import { onThemeChange, pane } from "./base.js";

const MUCH = 3; // failed tiles before it is said

export async function addTiles(map, { address, file, library }, failed) {
  pane(map, "tiles", 345);
  if (!address) return addFile(map, file, library, failed);
  const unnamed = { referrerPolicy: "no-referrer" };
  const tiles = L.tileLayer(address, { pane: "tiles", className: "tiles", maxNativeZoom: 18, ...unnamed });
  let missed = 0;
  tiles.on("tileerror", () => ++missed === MUCH && failed());
  tiles.on("tileload", () => map.getContainer().classList.add("has-tiles"));
  tiles.addTo(map);
}

async function addFile(map, file, library, failed) {
  try {
    await loaded(library);
  } catch {
    return failed();
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let tiles = null;
  const draw = () => {
    tiles?.remove();
    const source = { url: new URL(file, location).href, lang: document.documentElement.lang, attribution: "" };
    tiles = protomapsL.leafletLayer({ ...source, flavor: dark.matches ? "black" : "white", pane: "tiles" });
    tiles.addTo(map);
    map.getContainer().classList.add("has-tiles");
  };
  draw();
  onThemeChange(draw);
}

function loaded(address) {
  return new Promise((done, refused) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = refused;
    document.head.append(script);
  });
}
