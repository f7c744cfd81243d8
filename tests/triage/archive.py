"""A small synthetic archive in the columns of MAVERICK: towns and people that do not exist."""

import csv

_COLUMNS = """
    id event_id country election date_start date_end city location latitude longitude geo_precision
    actor1 actor2 actor3 actor4 actor1_type actor2_type actor3_type actor4_type
    actor1_violence actor2_violence actor3_violence actor4_violence event_context target
    deaths_best injuries_best displacement damage source source_author source_type
"""
COLUMNS = _COLUMNS.split()
TOWNS = {"Alba": (-1.10, 36.10), "Brisa": (-1.60, 36.90), "Cumbre": (-0.40, 35.20), "Duna": (0.60, 37.40)}
DEFAULTS = {"country": "Nowhere", "geo_precision": "3.0", "deaths_best": "0", "injuries_best": "0"}
DEFAULTS |= {"displacement": "0", "damage": "0", "event_context": "Protest", "target": "Citizens"}


def row(event, number, town, day, outlet, **changes):
    latitude, longitude = TOWNS[town]
    return {
        **dict.fromkeys(COLUMNS, ""),
        **DEFAULTS,
        "id": f"{event}-{number}",
        "event_id": event,
        "date_start": day,
        "date_end": day,
        "city": town,
        "location": town,
        "latitude": str(latitude),
        "longitude": str(longitude),
        "actor1": "Police (Nowhere)",
        "actor1_type": "Security forces",
        "actor1_violence": "Shooting",
        "source": f"{outlet} ({day}) Unrest in {town}, report {number}",
        "source_author": outlet,
        **changes,
    }


def rows():
    """40 events, half of them told by two or three outlets: twins agree in what matters and differ in some of it."""
    made = []
    for event in range(40):
        town, day = list(TOWNS)[event % 4], f"2017-0{1 + event // 5}-{1 + event % 5 * 5:02}"
        dead = str(2 + event % 5)
        for number in range(1 + event % 2 + (event % 6 == 5)):
            told = {"deaths_best": dead, "injuries_best": str(number * 3)}
            made.append(row(f"E{event}", number, town, day, f"Outlet {number}", **told))
    return made


def write(path, made=None):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows() if made is None else made)
    return path
