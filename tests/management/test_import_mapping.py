"""What a mapping can say, and the mission an import goes into."""

import json
from datetime import UTC, datetime

import pytest

from incidents.models import Incident, Membership, Mission, Report
from incidents.roles import Role
from tests import make
from tests.management.log import ROWS, account

MAPPING = {
    "_about": "a note",
    "external_id": "id",
    "categories": [
        {"column": "acts", "separator": ";", "values": {"Shooting": ["shooting"], "Threat": "verbal_threat", "*": []}},
        {"constant": "other", "otherwise": True},
    ],
    "perpetrators": {
        "column": "who",
        "contains": {"gendarm": "gendarmerie", "polic": "police"},
        "values": {"*": "unknown"},
    },
    "harms": [
        {"column": "dead", "values": {"0": [], "*": "killed"}},
        {"column": "hurt", "values": {"0": [], "*": "injured"}, "only_if": {"sure": ["yes"]}},
    ],
    "victim_count": {"sum": ["dead", "hurt"]},
    "occurred_at": {"column": "day", "format": "%d.%m.%Y"},
    "in_danger_now": {"constant": False},
    "consent": {"constant": "partners"},
}


def test_values_are_translated_by_the_mapping(run, sheet, tmp_path):
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING))
    rows = ("a|Threat; Shooting|La policía|1|2|no|18.10.2020", "b|Noise|Somebody|0|3|yes|19.10.2020")
    code, told = run(sheet(*rows, header="id|acts|who|dead|hurt|sure|day"), f"--mapping={path}", mapped=())
    assert (code, told.count("refused")) == (0, 1)
    first, second = Report.objects.order_by("external_id")
    assert (first.categories, second.categories) == (["verbal_threat", "shooting"], ["other"])
    assert [entry["code"] for report in (first, second) for entry in report.perpetrators] == ["police", "unknown"]
    assert (first.harms, first.victim_count, second.harms) == (["killed"], 3, ["injured"])
    assert first.occurred_at == datetime(2020, 10, 18, 16, 0, tzinfo=UTC)
    assert (first.consent, first.in_danger_now) == ("partners", False)


@pytest.mark.parametrize(("word", "danger"), [("yes", True), ("0", False), ("", False), ("maybe", None)])
def test_danger_is_yes_or_no_and_never_guessed(run, sheet, word, danger):
    run(sheet(f"1;{word}", header="no;danger"), mapped=("external_id=no", "in_danger_now=danger", "categories:=other"))
    assert list(Report.objects.values_list("in_danger_now", flat=True)) == ([] if danger is None else [danger])


def test_a_missing_mission_is_told_with_those_there_are(run, sheet):
    code, told = run(sheet(*ROWS), "--mission=peru-2021")
    assert code == 1
    assert "peru-2021" in told
    assert "bolivia-2020" in told
    assert "--create-mission" in told
    assert run(sheet(*ROWS), "--mission=a\udc80\0b")[0] == 1


NEW_MISSION = (
    "--mission=peru-2021",
    "--create-mission=Peru 2021",
    "--time-zone=America/Lima",
    "--election-day=2021-04-11",
)


def test_a_mission_can_be_made_for_the_import(run, sheet, ana, ramiro, sofia):
    assert run(sheet(*ROWS), *NEW_MISSION, "--coordinator=ana")[0] == 0
    peru = Mission.objects.get(slug="peru-2021")
    assert (peru.names, peru.time_zone, peru.reports.count()) == ({"en": "Peru 2021"}, "America/Lima", 3)
    seeing = Membership.objects.filter(mission=peru, all_departments=True)
    assert {membership.user for membership in seeing} == {ana, sofia}
    assert Incident.objects.visible_to(ramiro).filter(mission=peru).count() == 0
    assert account(run(sheet(*ROWS), *NEW_MISSION)[1]) == [3, 0, 3, 0, 0]


def test_a_rehearsal_makes_no_mission(run, sheet):
    assert account(run(sheet(*ROWS), *NEW_MISSION, "--dry-run")[1]) == [3, 3, 0, 0, 0]
    assert Mission.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    ["--time-zone=Moon/Base", "--election-day=soon", "--coordinator=nobody", "--coordinator=marisol", "--time-zone="],
)
def test_a_mission_that_makes_no_sense_is_not_made(run, sheet, marisol, changed):
    assert marisol.role == Role.MONITOR
    assert run(sheet(*ROWS), *NEW_MISSION, changed)[0] == 1
    assert Mission.objects.count() == 1


def test_a_place_must_be_one_of_the_missions(run, sheet, bolivia):
    make.place(bolivia)
    path = sheet("1;sopocachi", "2;elsewhere", header="no;where")
    assert account(run(path, mapped=("external_id=no", "place=where", "categories:=other"))[1]) == [2, 1, 0, 0, 1]


def test_the_shipped_mapping_reads_a_row_of_its_archive(run, sheet, settings):
    """A made-up row with the archive's columns: none of its own rows is kept here."""
    row = {
        "id": "x-1", "date_start": "2011-03-01", "latitude": "5.4", "longitude": "-4.0", "geo_precision": "6.0",
        "actor1": "Gendarmerie (Somewhere)", "actor1_type": "Security forces", "actor1_violence": "Shooting; Melee",
        "actor1_perpetrator": "1.0", "actor2": "Unknown citizens", "actor2_type": "Citizens",
        "actor2_perpetrator": "0.0", "target": "Journalists", "deaths_best": "0", "injuries_best": "2",
        "displacement": "0", "damage": "1", "event_context": "Unknown", "source": "Daily (2011-03-01) Two hurt",
    }  # fmt: skip
    for number in "1234":
        for name in ("", "_type", "_violence", "_perpetrator"):
            row.setdefault(f"actor{number}{name}", "")
    path = sheet(",".join(row.values()), header=",".join(row))
    mapping = settings.ROOT / "docs" / "mappings" / "maverick.json"
    code, told = run(path, f"--mapping={mapping}", mapped=())
    assert code == 0, told
    report = Report.objects.get()
    assert report.categories == ["shooting", "physical_assault"]
    assert [entry["code"] for entry in report.perpetrators] == ["gendarmerie"]
    assert (report.harms, report.victims) == (["injured", "property_lost"], [{"code": "journalist", "count": 2}])
    assert (report.source_relation, report.accuracy_m, report.consent) == ("third_party", 100, "partners")
