"""Partners' keys while they are used: renewed with an overlap, and each pull seen at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import ApiKey, LogbookEntry, Pull
from incidents.roles import Role
from tests import make
from tests.admin.keys import LIST, page, pull
from tests.api.cast import ITEMS


def test_a_renewed_key_opens_the_same_while_the_old_one_runs_out(new_key, as_sofia, as_otto):
    old, before = new_key(last_day=(timezone.now() + timedelta(days=60)).date().isoformat())
    as_otto.post(page(old, "grant"))
    answer = as_sofia.post(page(old, "renew"), {"overlap_days": "7"})
    new, after = answer.context["key"], answer.context["secret"]
    assert (pull(before), pull(after)) == (200, 200)
    new.refresh_from_db()
    assert (new.renews, new.audience, new.departments, new.per_minute) == (old, "partner", [], 30)
    assert new.granted_by.code == "A-2"
    assert timedelta(days=58) < new.expires_at - timezone.now() < timedelta(days=62)
    old.refresh_from_db()
    assert timedelta(days=6) < old.expires_at - timezone.now() < timedelta(days=8)
    assert LogbookEntry.objects.get(event="key.renewed").detail["days"] == 7


def test_until_when_a_key_opens_is_told_by_the_missions_clock_with_its_name(new_key, as_sofia, bolivia):
    key, _secret = new_key(audience="public", last_day="2027-01-31")
    assert "31 Jan 2027, 23:59 (America/La_Paz)" in as_sofia.get(page(key)).content.decode()
    renewed = as_sofia.post(page(key, "renew"), {"overlap_days": "3"})
    there = renewed.context["key"].expires_at.astimezone(bolivia.zone)
    assert f"{there.day} {there:%b %Y, %H:%M} (America/La_Paz)" in renewed.content.decode()


def test_without_an_overlap_the_old_key_ends_with_its_renewal(new_key, as_sofia):
    key, secret = new_key(audience="public")
    as_sofia.post(page(key, "renew"), {"overlap_days": "0"})
    assert pull(secret) == 401


@pytest.mark.parametrize("days", ["-1", "91", "x", "", "9" * 5_000])
def test_an_overlap_out_of_bounds_is_refused_beside_its_field(new_key, as_sofia, days):
    key, _secret = new_key(audience="public")
    answer = as_sofia.post(page(key, "renew"), {"overlap_days": days})
    assert (answer.status_code, set(answer.context["renew_form"].errors)) == (422, {"overlap_days"})
    assert not key.renewed_by.exists()


def test_only_an_open_key_that_was_not_renewed_is_renewed(new_key, as_sofia):
    waiting, _secret = new_key()
    key, _secret = new_key(audience="public")
    as_sofia.post(page(key, "renew"), {"overlap_days": "7"})
    answers = [as_sofia.post(page(one, "renew"), {"overlap_days": "7"}).status_code for one in (waiting, key)]
    assert answers == [422, 422]
    assert ApiKey.objects.exclude(renews=None).count() == 1


def test_the_list_and_the_page_say_what_was_pulled_in_the_last_week(as_sofia, as_tariq):
    as_tariq.get(ITEMS)
    as_tariq.get(f"{ITEMS}?severity=nonsense")
    key = ApiKey.objects.get()
    Pull.objects.create(key=key, address="/api/v1/long-ago", status=200, bytes=7, at=timezone.now() - timedelta(days=8))
    assert "2 pulls" in as_sofia.get(LIST).content.decode()
    shown = as_sofia.get(page(key)).content.decode()
    assert "severity=nonsense" in shown
    assert "2 pulls" in shown
    assert "long-ago" in shown


def test_the_lines_to_copy_hold_no_secret(as_sofia, tariq):
    text = as_sofia.get(page(ApiKey.objects.get())).content.decode()
    assert "Authorization: Bearer KEY" in text.replace("&#x27;", "'")
    assert tariq.secret not in text


def test_list_and_page_ask_as_much_for_many_keys_and_pulls_as_for_one(
    as_sofia, bolivia, tariq, django_assert_max_num_queries
):
    def ask():
        as_sofia.get(LIST)
        as_sofia.get(page(ApiKey.objects.last()))

    with django_assert_max_num_queries(60) as one:
        ask()
    for number in range(12):
        key, _secret = ApiKey.issue(holder=make.person(f"ngo-{number}", Role.PARTNER, bolivia), mission=bolivia)
        Pull.objects.bulk_create(Pull(key=key, address="/", status=200, bytes=1_000) for _ in range(60))
    with django_assert_max_num_queries(len(one.captured_queries)):
        ask()
