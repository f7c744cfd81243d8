"""Saved addresses: what stands behind a name, in every form, within each key's own sight."""

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from incidents.models import ApiKey, SavedExport
from tests import make
from tests.api.cast import bearer, body, partner, public_id, released

ROOT = "/api/v1/saved/weekly"
FORMS = ("csv", "json", "geojson", "xlsx")
ADD = reverse("admin:incidents_savedexport_add")


@pytest.fixture
def weekly(bolivia):
    return SavedExport.objects.create(mission=bolivia, slug="weekly", query="category=shooting&sort=-change")


@pytest.fixture
def shooting(marisol, ana):
    released(marisol, ana)
    return released(marisol, ana, categories=["shooting"])


def ids(client, query=""):
    return [item["id"] for item in client.get(f"{ROOT}.json{query}").json()["items"]]


def test_a_saved_address_asks_what_was_saved_in_each_form(as_tariq, weekly, shooting):
    assert ids(as_tariq) == [public_id(shooting)]
    features = as_tariq.get(f"{ROOT}.geojson")
    assert [one["id"] for one in json.loads(body(features))["features"]] == [public_id(shooting)]
    table = list(csv.reader(io.StringIO(body(as_tariq.get(f"{ROOT}.csv")))))
    assert [row[0] for row in table[2:]] == [public_id(shooting)]
    assert b"".join(as_tariq.get(f"{ROOT}.xlsx").streaming_content)[:2] == b"PK"


def test_its_table_begins_with_a_byte_order_mark_unless_it_says_otherwise(as_tariq, weekly, shooting):
    assert body(as_tariq.get(f"{ROOT}.csv")).startswith("\ufeff")
    SavedExport.objects.update(query="bom=0&fields=id")
    assert body(as_tariq.get(f"{ROOT}.csv")).startswith("id\n")


@pytest.mark.parametrize("form", FORMS)
def test_what_the_address_adds_is_refused(as_tariq, weekly, form):
    asked = [as_tariq.get(f"{ROOT}.{form}?{name}=1") for name in ("severity", "bom", "since", "key")]
    assert [answer.status_code for answer in asked] == [400] * 4
    assert as_tariq.get(f"{ROOT}.{form}?limit=1").status_code == (200 if form == "json" else 400)


def test_its_pages_are_followed_by_cursor(as_tariq, weekly, marisol, ana):
    released_ones = [public_id(released(marisol, ana, categories=["shooting"])) for _ in range(2)]
    first = as_tariq.get(f"{ROOT}.json?limit=1").json()
    second = as_tariq.get(first["next"]).json()
    assert [item["id"] for page in (first, second) for item in page["items"]] == released_ones[::-1]
    assert "changes" not in first
    weekly.query = "category=shooting&sort=occurred_at"
    weekly.save()  # to go on in another order would leave out some of it
    assert as_tariq.get(first["next"]).status_code == 400


def test_another_key_sees_by_its_own_scope(bolivia, tariq, weekly, shooting):
    _key, secret = ApiKey.issue(holder=tariq, mission=bolivia, departments=["BO-S"])
    assert ids(Client(headers=bearer(secret))) == []
    _key, elsewhere = partner("elsewhere", make.mission("peru-2021"))
    assert Client(headers=bearer(elsewhere)).get(f"{ROOT}.json").status_code == 404


def test_an_unknown_name_is_a_problem_of_the_usual_form(as_tariq, client, weekly):
    answer = as_tariq.get("/api/v1/saved/monthly.csv")
    assert (answer.status_code, answer["Content-Type"], answer.json()["status"]) == (
        404,
        "application/problem+json",
        404,
    )
    assert client.get(f"{ROOT}.csv").status_code == 401


def test_other_filters_are_told_to_whoever_asks_whether_anything_changed(as_tariq, weekly, shooting):
    first = as_tariq.get(f"{ROOT}.json")
    known = {"If-None-Match": first["ETag"]}
    assert as_tariq.get(f"{ROOT}.json", headers=known).status_code == 304
    weekly.query = "category=killing"
    weekly.save()
    assert as_tariq.get(f"{ROOT}.json", headers=known).json()["items"] == []


def test_columns_of_a_profile_are_for_tables(as_tariq, weekly, shooting):
    SavedExport.objects.update(query="profile=acled&fields=event_date,notes")
    assert body(as_tariq.get(f"{ROOT}.csv")).startswith("\ufeffevent_date,notes\n")
    assert as_tariq.get(f"{ROOT}.json").status_code == 404


def test_a_mission_admin_saves_one_and_reads_its_addresses(as_sofia, as_tariq, bolivia, shooting):
    given = {"mission": bolivia.pk, "slug": "weekly", "query": "?category=shooting,\r\n killing"}
    assert as_sofia.post(ADD, given).status_code == 302
    row = SavedExport.objects.get()
    assert row.query == "category=shooting,killing"
    page = as_sofia.get(reverse("admin:incidents_savedexport_change", args=[row.pk])).content.decode()
    assert "/api/v1/saved/weekly.xlsx" in page
    assert ids(as_tariq) == [public_id(shooting)]


@pytest.mark.parametrize(
    "query",
    [
        "categroy=shooting",
        "category=nonsense",
        "bbox=1,2",
        "limit=5",
        "cursor=x",
        "fields=words",
        "occurred_from=\ud800",
    ],
)
def test_filters_that_the_export_would_refuse_are_not_saved(as_sofia, bolivia, query):
    sent = query.encode("utf-8", "surrogatepass")
    answer = as_sofia.post(ADD, {"mission": bolivia.pk, "slug": "weekly", "query": sent})
    assert set(answer.context["adminform"].form.errors) == {"query"}
    assert not SavedExport.objects.exists()
