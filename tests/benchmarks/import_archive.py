"""An archive of real reports through the whole product, reconciled: `python -m tests.benchmarks.import_archive FILE`.

Starts web, worker and beat, imports FILE into a mission without boundaries while they run, waits until every report is
triaged and every alert written, confirms some at the desk, pulls the export, and counts everything again. The engine
is that of OBSERVER_TEST_ENGINE; MAPPING defaults to the one shipped for MAVERICK.
"""

import argparse
import csv
import json
import sys
import tempfile
import time
from pathlib import Path

from tests import engine
from tests.services import wait_until
from tests.stack import ROOT, Stack, Visitor, build

SLUG = "archive"
CONFIRMED = 25
MISSION = f"(SELECT id FROM incidents_mission WHERE slug = '{SLUG}')"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--mapping", type=Path, default=ROOT / "docs" / "mappings" / "maverick.json")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = build(Path(folder))
        stack.start()
        try:
            return measure(stack, given.file.resolve(), given.mapping.resolve())
        finally:
            stack.stop()
            engine.end()


def measure(stack: Stack, file: Path, mapping: Path) -> int:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = sum(1 for _ in csv.DictReader(lines))
    wait_until(lambda: unfinished(stack) == 0, 120, what="the demonstration's own alerts")
    alerts_before = len(stack.mails())
    begun = time.monotonic()
    first = import_file(stack, file, mapping)
    imported = time.monotonic() - begun
    wait_until(lambda: unfinished(stack) == 0, 900, every=0.5, what="triage and alerts")
    drained = time.monotonic() - begun
    again = time.monotonic()
    import_file(stack, file, mapping)
    again = time.monotonic() - again
    confirmed = confirm(stack)
    found = {
        "rows in the file": rows,
        "reports stored": count(stack, f"incidents_report WHERE mission_id = {MISSION}"),
        "incidents opened": count(stack, f"incidents_incident WHERE mission_id = {MISSION}"),
        "triaged": count(stack, f"incidents_incident WHERE mission_id = {MISSION} AND severity <> ''"),
        "with a place": count(stack, f"incidents_incident WHERE mission_id = {MISSION} AND cell IS NOT NULL"),
        "on the coordinator's map": on_the_map(stack),
        "deliveries": count(stack, deliveries("")),
        "deliveries sent": count(stack, deliveries(" AND d.state = 'done'")),
        "alerts in the mailbox": len(stack.mails()) - alerts_before,
        "confirmed at the desk": confirmed,
        "features in the export": exported(stack),
    }
    print(f"\nengine {engine.ENGINE}\n" + "\n".join(f"  {name:28} {number:>6}" for name, number in found.items()))
    print(f"  import {imported:.1f} s · all triaged and told after {drained:.1f} s · same file again {again:.1f} s")
    print("  " + first.strip().splitlines()[-1])
    return 0 if reconciles(found) else 1


def import_file(stack: Stack, file: Path, mapping: Path) -> str:
    mission = ("--mission", SLUG, "--create-mission", "Archive", "--time-zone", "Africa/Nairobi")
    options = ("--election-day", "2022-08-09", "--coordinator", "nacional", "--source", "archive")
    return stack.manage("import_reports", str(file), *mission, *options, "--mapping", str(mapping)).stdout


def unfinished(stack: Stack) -> int:
    return count(stack, "incidents_assessment WHERE state <> 'done'") + count(
        stack, "incidents_delivery WHERE state <> 'done'"
    )


def count(stack: Stack, what: str) -> int:
    return stack.rows(f"SELECT count(*) FROM {what}")[0][0]


def deliveries(condition: str) -> str:
    return (
        "incidents_delivery d JOIN incidents_incident i ON i.id = d.incident_id "
        f"WHERE i.mission_id = {MISSION}{condition}"
    )


class Desk(Visitor):
    def get_json(self, address: str) -> dict:
        return json.loads(self.get(f"/admin/incidents/incident/{address}").text)


def desk(stack: Stack) -> Desk:
    entry = next(entry for entry in stack.demo()["coordinators"] if entry["username"] == "nacional")
    visitor = Desk(stack.base_url)
    visitor.send(visitor.get(entry["url"]), username=entry["username"], password=entry["password"])
    return visitor


def on_the_map(stack: Stack) -> int:
    ((mission,),) = stack.rows(f"SELECT id FROM incidents_mission WHERE slug = '{SLUG}'")
    return desk(stack).get_json(f"map.json?status=all&mission={mission}")["located"]


def confirm(stack: Stack) -> int:
    """Confirm the first incidents with a place, through the desk's own pages."""
    visitor = desk(stack)
    wanted = f"SELECT id FROM incidents_incident WHERE mission_id = {MISSION} AND cell IS NOT NULL LIMIT {CONFIRMED}"
    done = 0
    for (incident,) in stack.rows(wanted):
        here = f"/admin/incidents/incident/{incident}/"
        page = visitor.get(f"{here}change/")
        done += visitor.send(page, f"{here}verify/", level="confirmed", reason="archive").status == 200
    return done


def exported(stack: Stack) -> int:
    """How many features a partner of this mission pulls, with a key made for the purpose."""
    script = (
        "from incidents.models import *;"
        f"m=Mission.objects.get(slug='{SLUG}');"
        "print(ApiKey.issue(holder=User.objects.get(username='partner'), mission=m, is_granted=True)[1])"
    )
    key = stack.manage("shell", "--verbosity", "0", "-c", script).stdout.strip().splitlines()[-1]
    partner = Visitor(stack.base_url, [("Authorization", f"Bearer {key}")])
    return len(json.loads(partner.get("/api/v1/incidents.geojson").text)["features"])


def reconciles(found: dict[str, int]) -> bool:
    rows = found["rows in the file"]
    same = ("reports stored", "incidents opened", "triaged", "deliveries", "deliveries sent", "alerts in the mailbox")
    wrong = [name for name in same if found[name] != rows]
    if found["on the coordinator's map"] != found["with a place"]:
        wrong.append("on the coordinator's map")
    if found["features in the export"] != found["confirmed at the desk"]:
        wrong.append("features in the export")
    print("  reconciled" if not wrong else f"  DOES NOT RECONCILE: {', '.join(wrong)}")
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
