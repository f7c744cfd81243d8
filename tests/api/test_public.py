"""The public page: off unless it is turned on, the same for everybody, and nothing in it but what is public anyway."""

import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.actions.review import keep_back
from incidents.api.public import chart
from incidents.models import Mission, Release
from tests import make
from tests.api.cast import released

pytestmark = pytest.mark.django_db
PAGE, EMBED, AREAS = "/p/bolivia-2020/", "/p/bolivia-2020/embed", "/p/bolivia-2020/areas.json"
ADDRESSES = (PAGE, EMBED, AREAS)
ALLOWED = {"incidents_release", "incidents_mission", "incidents_boundary"}


@pytest.fixture
def on(bolivia, departments):
    Mission.objects.filter(pk=bolivia.pk).update(has_public_page=True)
    bolivia.refresh_from_db()
    return bolivia


@pytest.fixture
def out(on, marisol, ramiro):
    """One in La Paz for everybody, one in Oruro for partners alone."""
    one = released(marisol, ramiro, consent="public")
    released(marisol, ramiro, categories=["shooting"], latitude="-17.97", longitude="-67.11")
    return one


@pytest.mark.parametrize("there", ADDRESSES)
def test_it_is_not_there_unless_it_is_turned_on(client, bolivia, departments, there):
    assert client.get(there).status_code == 404
    Mission.objects.update(has_public_page=True)
    assert client.get(there).status_code == 200
    assert client.get(there.replace("2020", "2021")).status_code == 404
    Mission.objects.update(mode="closed")
    assert client.get(there).status_code == 404


def test_it_counts_what_is_public_and_nothing_else(client, out):
    page = client.get(PAGE, headers={"Accept-Language": "en"}).text
    assert re.search(r"<b>1</b>\s+incident\b", page)
    assert "All <span>1" in page
    assert "Intimidation in elections" in page
    assert "Use of firearms" not in page
    assert "A square of about 5 km in La Paz" in page
    assert "Oruro" not in page.partition("<main")[2]


def test_it_counts_its_own_mission_alone(client, out):
    other = make.mission("peru-2021", has_public_page=True)
    Release.objects.filter(audience="public").update(mission=other)
    ours, theirs = (client.get(there, {"lang": "en"}).text for there in (PAGE, "/p/peru-2021/"))
    assert "Nothing has been released to the public yet." in ours
    assert re.search(r"<b>1</b>\s+incident\b", theirs)


def test_what_is_taken_back_is_gone_from_it(client, out, ramiro):
    keep_back(out.pk, actor=ramiro, reason="Wait.")
    page = client.get(PAGE, headers={"Accept-Language": "en"}).text
    assert "Nothing has been released to the public yet." in page
    assert "All <span>0" not in page


def test_it_is_narrowed_to_a_category_and_never_widened_by_a_misspelt_one(client, out, marisol, ramiro):
    released(marisol, ramiro, consent="public", categories=["shooting"])
    page = client.get(PAGE, {"category": "shooting", "lang": "en"})
    assert page.status_code == 200
    assert re.search(r"<b>1</b>\s+incident: Use of firearms", page.text)
    assert client.get(PAGE, {"category": "shoting"}).status_code == 404


@pytest.mark.parametrize("there", ADDRESSES)
def test_it_reads_releases_missions_and_boundaries_alone(client, out, there):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(there).status_code == 200
    tables = {table for query in asked for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
    assert tables <= ALLOWED
    assert len(asked) <= 8


def test_the_same_again_asks_for_the_mission_and_its_outline_alone(client, out, django_assert_num_queries):
    client.get(PAGE)
    with django_assert_num_queries(2):
        client.get(PAGE)


@pytest.mark.parametrize("there", [*ADDRESSES, "/p/unknown/"])
def test_no_cookie_is_set_and_none_is_looked_at(client, as_ana, out, there):
    for visitor in (client, as_ana):
        for answer in (visitor.get(there), visitor.post(there)):
            assert "Set-Cookie" not in answer
            assert not answer.cookies
            assert "cookie" not in answer.headers.get("Vary", "").lower()


def test_whoever_is_signed_in_sees_what_everybody_sees(client, as_ana, as_tariq, out):
    assert {visitor.get(PAGE).content for visitor in (client, as_ana, as_tariq)} == {Client().get(PAGE).content}


def test_a_post_is_refused_in_a_real_browser_too(out):
    assert Client(enforce_csrf_checks=True).post(PAGE).status_code == 405


@pytest.mark.parametrize("there", ADDRESSES)
def test_it_is_kept_for_a_minute_and_then_asked_after(client, out, there, ramiro):
    first = client.get(there)
    assert re.fullmatch(r"public, max-age=(60|3600)", first["Cache-Control"])
    again = client.get(there, headers={"If-None-Match": f"W/{first['ETag']}"})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    if there != AREAS:
        keep_back(out.pk, actor=ramiro, reason="Wait.")
        assert client.get(there, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_its_tag_does_not_tell_of_what_is_not_public(client, out, marisol, ramiro):
    before = client.get(PAGE)["ETag"]
    released(marisol, ramiro)  # for partners alone
    assert client.get(PAGE)["ETag"] == before


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}])
def test_only_the_short_form_may_be_framed(client, out, headers):
    framed, page = client.get(EMBED, headers=headers), client.get(PAGE, headers=headers)
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("accepted", "query", "language"),
    [
        ("es-BO,es", "", "es"),
        ("en", "", "en"),
        ("en", "?lang=es", "es"),
        ("ay", "", "es"),
        ("de", "", "es"),
        ("", "?lang=x", "es"),
    ],
)
def test_it_speaks_the_readers_language_and_switches_without_a_cookie(client, out, accepted, query, language):
    answer = client.get(PAGE + query, headers={"Accept-Language": accepted})
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]
    assert f'<html lang="{language}">' in answer.text


def test_the_map_is_told_where_and_how_many(client, out):
    found = re.search(r'<script id="map" type="application/json">(.*?)</script>', client.get(PAGE).text)
    mark = json.loads(found[1])["marks"][0]
    release = Release.objects.get(audience="public")
    assert (mark["at"], mark["count"]) == ([release.latitude, release.longitude], 1)
    assert {feature["properties"]["code"] for feature in client.get(AREAS).json()["features"]} >= {"BO-L"}


def test_strange_addresses_are_answered(client, out):
    for odd in ("?lang=%00", "?category=%00", "?category=%ED%A0%80", "?x=1&x=2", "?lang=es&lang=en"):
        assert client.get(PAGE + odd).status_code in (200, 404)


def test_columns_are_days_until_there_are_too_many():
    first = date(2020, 10, 1)
    day, week = chart.chart({first: 1}), chart.chart({first: 1, first + timedelta(days=6): 2})
    year = chart.chart({first: 1, first + timedelta(days=200): 2})
    assert [column.count for column in day.columns] == [0, 0, 0, 1, 0, 0, 0]
    assert (week.days, len(week.columns), [column.count for column in week.columns]) == (1, 7, [1, 0, 0, 0, 0, 0, 2])
    assert (year.days, sum(column.count for column in year.columns)) == (7, 3)
    assert chart.chart({}) is None


def test_columns_of_more_than_a_year_name_it():
    long = chart.chart({date(2020, 10, 1): 1, date(2021, 12, 1): 1})
    assert long.days == 28
    assert [column.tick for column in long.columns if column.tick] == ["Oct 2020", "Jan 2021", "May 2021", "Sep 2021"]


def test_a_demonstration_says_that_none_of_it_happened(client, out):
    Mission.objects.update(is_demonstration=True)
    assert "none of this happened" in client.get(PAGE, headers={"Accept-Language": "en"}).text


def test_a_name_is_text_wherever_it_stands(client, out):
    Mission.objects.update(names={"es": "</script><script>alert(1)</script>"})
    assert "<script>alert" not in client.get(PAGE).text


def test_places_of_a_whole_department_are_told_as_such(client, on, marisol, ramiro):
    grouping = make.crowd(on)
    grouping.nodes = [node for node in grouping.nodes if len(node[0]) < 3]
    grouping.save()
    released(marisol, ramiro, consent="public")
    assert "Somewhere in La Paz (department)" in client.get(PAGE, headers={"Accept-Language": "en"}).text


def test_days_are_the_missions_and_what_has_no_place_is_told_beside_the_map(client, on, marisol, ramiro):
    night = {"timing": "happened", "occurred_at": "2020-10-19T02:05:00Z"}
    released(marisol, ramiro, consent="public", latitude="", longitude="", location_source="none", **night)
    page = client.get(PAGE, {"lang": "en"}).text
    assert re.findall(r'<th scope="row">(\d+ Oct 2020)</th>', page) == ["18 Oct 2020"]
    assert "For 1 incident no place is told." in page
