"""Pages and unchanged answers: complete, without repetition, and cheap to ask for again."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from incidents.actions.review import move, summarise
from incidents.api import paging
from incidents.models import ApiKey, Mission, Release
from tests.api.cast import CSV, EXPORTS, GEOJSON, ITEMS, ROOT, body, public_id, released


@pytest.fixture
def five(marisol, ana):
    return [released(marisol, ana) for _ in range(5)]


def pages(client, address):
    while address:
        response = client.get(address)
        yield response
        address = response.json()["next"]


def test_following_next_gives_everything_once(as_tariq, five):
    answers = list(pages(as_tariq, f"{ITEMS}?limit=2&severity=moderate,major,critical"))
    ids = [item["id"] for answer in answers for item in answer.json()["items"]]
    assert [len(answer.json()["items"]) for answer in answers] == [2, 2, 1]
    assert ids == [public_id(incident) for incident in five]


def test_next_keeps_the_parameters_and_stands_in_the_link_header(as_tariq, five):
    answer = as_tariq.get(f"{ITEMS}?limit=2&category=intimidation,shooting")
    following = answer.json()["next"]
    assert answer["Link"] == f'<{following}>; rel="next"'
    assert following.startswith("http://testserver/api/v1/incidents?limit=2&category=intimidation%2Cshooting&cursor=")


def test_the_last_page_has_no_next(as_tariq, five):
    answer = as_tariq.get(f"{ITEMS}?limit=5")
    assert answer.json()["next"] is None
    assert "Link" not in answer


def test_a_release_that_changes_meanwhile_is_met_again_at_the_end(as_tariq, five, ana):
    first = as_tariq.get(f"{ITEMS}?limit=2").json()
    summarise(five[0].pk, "Better known by now.", actor=ana)
    rest = [item for answer in pages(as_tariq, first["next"]) for item in answer.json()["items"]]
    assert {item["id"] for item in first["items"] + rest} == {public_id(incident) for incident in five}
    assert rest[-1]["description"] == "Better known by now."


def test_what_is_withdrawn_while_pages_are_followed_is_told_by_the_changes_since(as_tariq, five, ana):
    first = as_tariq.get(f"{ITEMS}?limit=2").json()
    move(five[0].pk, "invalidate", actor=ana, reason="Filed in error.")
    summarise(five[1].pk, "Better known by now.", actor=ana)
    *_, last = pages(as_tariq, first["next"])
    news = [item for answer in pages(as_tariq, last.json()["changes"]) for item in answer.json()["items"]]
    assert {"id": public_id(five[0]), "withdrawn": True}.items() <= news[0].items()
    again = as_tariq.get(as_tariq.get(last.json()["changes"]).json()["changes"]).json()
    assert again["items"] == []


def test_what_is_new_and_never_fitted_is_not_told_as_gone(as_tariq, marisol, ana):
    asked = as_tariq.get(f"{ITEMS}?category=shooting").json()["changes"]
    incident = released(marisol, ana)
    assert as_tariq.get(asked).json()["items"] == []
    summarise(incident.pk, "Once more.", actor=ana)
    assert [item["withdrawn"] for item in as_tariq.get(asked).json()["items"]] == [True]


def test_a_page_costs_the_same_however_long_it_is(as_tariq, five, django_assert_num_queries):
    as_tariq.get(ITEMS)
    for limit in (1, 5):
        with django_assert_num_queries(6):  # key with mission, this pull, recent ones, newest change, page, pull's end
            as_tariq.get(f"{ITEMS}?limit={limit}")


@pytest.mark.parametrize("address", EXPORTS)
def test_what_has_not_changed_is_not_sent_again(as_tariq, five, ana, address):
    tag = as_tariq.get(address)["ETag"]
    assert as_tariq.get(address, headers={"If-None-Match": f'"other", W/{tag}'}).status_code == 304
    summarise(five[0].pk, "Better known by now.", actor=ana)
    renewed = as_tariq.get(address, headers={"If-None-Match": tag})
    assert renewed.status_code == 200
    assert renewed["ETag"] != tag


def test_whatever_changes_an_answer_changes_its_tag(as_tariq, departments):
    def tag(name, **headers):
        return as_tariq.get(f"{ROOT}{name}", headers=headers)["ETag"]

    before = {name: tag(name) for name in ("incidents", "boundaries", "categories")}
    assert tag("categories", **{"Accept-Language": "es"}) != before["categories"]
    departments["BO-L"].save()
    assert [name for name, known in before.items() if tag(name) != known] == ["boundaries"]
    Mission.objects.update(is_demonstration=True)
    assert tag("incidents") != before["incidents"]


def test_each_address_has_a_tag_of_its_own(as_tariq, five):
    addresses = [*EXPORTS, f"{ITEMS}?limit=2", f"{CSV}?severity=minor"]
    assert len({as_tariq.get(address)["ETag"] for address in addresses}) == len(addresses)


def test_what_changes_out_of_a_keys_sight_tells_its_holder_nothing(five, tariq, bolivia, marisol, ana):
    scopes = ({"departments": ["BO-S"]}, {"audience": "public"}, {"departments": ["BO-L"]})
    keys = [ApiKey.issue(holder=tariq, mission=bolivia, is_granted=True, **scope)[1] for scope in scopes]
    ApiKey.objects.update(granted_at=timezone.now() - timedelta(days=1))
    Release.objects.update(updated_at="2020-10-18T14:00:00Z")

    def seen():
        told = [Client(headers={"X-Api-Key": key}).get(ITEMS) for key in keys]
        return [(answer.content, answer["ETag"], answer.get("Last-Modified")) for answer in told]

    before = seen()
    released(marisol, ana)  # in La Paz
    assert [one == other for one, other in zip(before, seen(), strict=True)] == [True, True, False]


def test_a_date_does_for_a_tag_once_its_second_is_over(as_tariq, five, ana):
    ApiKey.objects.update(granted_at=timezone.now() - timedelta(days=1))
    Release.objects.update(updated_at=f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}")
    now = {"If-Modified-Since": http_date(timezone.now().timestamp())}
    assert as_tariq.get(ITEMS, headers=now).status_code == 200
    assert "Last-Modified" not in as_tariq.get(ITEMS)
    Release.objects.update(updated_at=f"{timezone.now() - timedelta(seconds=30):%Y-%m-%dT%H:%M:%SZ}")
    known = {"If-Modified-Since": as_tariq.get(ITEMS)["Last-Modified"]}
    assert as_tariq.get(ITEMS, headers=known).status_code == 304
    # Where there is a tag as well, it decides.
    assert as_tariq.get(ITEMS, headers={**known, "If-None-Match": '"other"'}).status_code == 200
    move(five[0].pk, "invalidate", actor=ana, reason="Filed in error.")
    assert as_tariq.get(ITEMS, headers=known).status_code == 200


def test_a_cursor_is_good_in_its_own_order_only(as_tariq, five):
    asked = as_tariq.get(f"{ITEMS}?limit=1").json()["next"]
    assert as_tariq.get(asked).status_code == 200
    refused = as_tariq.get(f"{asked}&sort=-occurred_at")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["cursor"])


def test_a_head_request_tells_the_same_and_sends_nothing(as_tariq, five):
    for address in EXPORTS:
        full, head = as_tariq.get(address), as_tariq.head(address)
        assert (head.status_code, head["ETag"], head["Content-Type"]) == (200, full["ETag"], full["Content-Type"])
        assert body(head) == ""


def test_exports_set_no_cookie_and_may_not_be_kept_in_between(as_tariq, five):
    for address in EXPORTS:
        answer = as_tariq.get(address)
        assert not answer.cookies
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer["Vary"]


def test_geojson_of_more_rows_than_a_piece_is_one_valid_document(monkeypatch, as_tariq, five):
    monkeypatch.setattr("incidents.models.outflow.ROWS_AT_ONCE", 2)
    monkeypatch.setattr("incidents.models.outflow.PIECE", 1_000)
    assert len(json.loads(body(as_tariq.get(GEOJSON)))["features"]) == 5


@pytest.mark.parametrize("change", [0, 1, 2**63 - 1])
def test_a_cursor_reads_back_as_it_was_written(change):
    at = ("2020-10-18T14:00:00Z", change)
    assert {paging.position(paging.cursor(*at, *more)) for more in ((), (7,))} == {at}
    assert paging.position(paging.cursor(*at, 7, sort="-occurred_at")) == at
    assert (paging.begun(paging.cursor(*at)), paging.begun(paging.cursor(*at, change))) == (0, change)
