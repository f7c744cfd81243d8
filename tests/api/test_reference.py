"""What explains the incidents: counts, boundaries, categories."""

from incidents.models import Release
from incidents.taxonomy import Category
from tests import make
from tests.api.cast import ROOT, partner, released

SUMMARY, BOUNDARIES, CATEGORIES = f"{ROOT}summary", f"{ROOT}boundaries", f"{ROOT}categories"


def counted(client, query=""):
    found = client.get(f"{SUMMARY}{query}").json()
    return found["total"], {one["value"]: one["count"] for one in found["counts"]}


def test_a_summary_counts_what_was_chosen_by_what_was_asked_for(as_tariq, marisol, ana):
    released(marisol, ana, perpetrators=["police", "armed_forces"])
    released(marisol, ana, categories=["shooting"])
    Release.objects.filter(category="shooting").update(occurred_at=None, adm1_code="BO-S")
    assert counted(as_tariq) == (2, {"intimidation": 1, "shooting": 1})
    assert counted(as_tariq, "?by=perpetrator") == (2, {"police": 2, "armed_forces": 1})
    assert counted(as_tariq, "?by=department&perpetrator=police") == (2, {"BO-L": 1, "BO-S": 1})
    assert None in counted(as_tariq, "?by=day")[1]
    assert counted(as_tariq, "?category=shooting&by=verification") == (1, {"confirmed": 1})
    assert counted(as_tariq, "?category=killing") == (0, {})


def test_a_summary_counts_what_was_written_since_where_that_is_asked(as_tariq, marisol, ana):
    released(marisol, ana)
    Release.objects.update(updated_at="2020-10-18T14:00:00Z")
    since = ("2020-10-18T14:00:00Z", "2020-10-18T14:00:01Z")
    assert [counted(as_tariq, f"?updated_since={at}")[0] for at in since] == [1, 0]


def test_a_summary_counts_nothing_that_the_key_does_not_open(client, as_tariq, marisol, ana):
    released(marisol, ana)
    _, secret = partner("elsewhere", make.mission("peru-2021"))
    assert client.get(SUMMARY, headers={"X-Api-Key": secret}).json()["total"] == 0
    assert counted(as_tariq)[0] == 1


def test_boundaries_are_those_of_the_mission_with_their_outlines(as_tariq, departments, client):
    make.departments(make.mission("peru-2021"))
    answer = as_tariq.get(f"{BOUNDARIES}?level=1")
    features = {feature["id"]: feature for feature in answer.json()["features"]}
    assert answer["Content-Type"] == "application/geo+json"
    assert set(features) == set(departments)
    assert features["BO-L"]["properties"] | {"names": None} == {
        "code": "BO-L",
        "level": 1,
        "parent": None,
        "name": "La Paz",
        "names": None,
    }
    assert features["BO-L"]["geometry"] == departments["BO-L"].geometry
    assert as_tariq.get(f"{BOUNDARIES}?level=2").json()["features"] == []


def test_categories_are_all_there_and_null_where_no_code_fits(as_tariq):
    items = {item["code"]: item for item in as_tariq.get(CATEGORIES).json()["items"]}
    assert list(items) == Category.values
    assert items["shooting"].items() >= {"huridocs": "040200", "huridocs_list": 5, "acled": "Attack"}.items()
    assert items["death_threat"]["acled"] is None
