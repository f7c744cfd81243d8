"""Partners' keys at the desk: what they open is chosen once, much takes two people, and each pull is seen."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents import tasks
from incidents.actions.publish import renew as look_again
from incidents.models import ApiKey, LogbookEntry, Publication, Pull, Release
from incidents.roles import Role
from tests import make
from tests.api.cast import ITEMS, bearer, released
from tests.conftest import signed_in

LIST, ADD = reverse("admin:incidents_apikey_changelist"), reverse("admin:incidents_apikey_add")


def page(key, step="change"):
    return reverse(f"admin:incidents_apikey_{step}", args=[key.pk])


def pull(secret):
    return Client(headers=bearer(secret)).get(ITEMS).status_code


def settle():
    """What workers do with publications that are due."""
    for pk in Publication.objects.due().values_list("pk", flat=True):
        look_again(pk)


def standing(audience="exact"):
    return Release.objects.filter(audience=audience, withdrawn_at=None).count()


@pytest.fixture
def as_otto(bolivia, departments):
    """Another mission admin."""
    return signed_in(make.person("otto", Role.MISSION_ADMIN, bolivia, everywhere=True, code="A-2"))


@pytest.fixture
def new_key(as_sofia, tariq, bolivia, departments):
    """Has Sofía make a key by the form; gives the key and its secret."""

    def make_one(**changes):
        given = {"holder": tariq.pk, "mission": bolivia.pk, "audience": "partner", "per_minute": "30", **changes}
        answer = as_sofia.post(ADD, given)
        return answer.context["key"], answer.context["secret"]

    return make_one


def test_a_key_of_chosen_departments_opens_at_once_and_is_logged(new_key, departments, bolivia):
    key, secret = new_key(departments=[departments["BO-L"].pk], last_day="2027-01-31")
    assert pull(secret) == 200
    key.refresh_from_db()
    assert (key.departments, key.per_minute) == (["BO-L"], 30)
    assert f"{key.expires_at.astimezone(bolivia.zone):%Y-%m-%d %H:%M:%S}" == "2027-01-31 23:59:59"
    entry = LogbookEntry.objects.get(event="key.made")
    assert entry.detail["departments"] == "BO-L"
    assert secret not in str(entry.detail)


@pytest.mark.parametrize("scope", [{}, {"audience": "exact"}])
def test_a_key_that_opens_much_opens_nothing_until_another_admin_grants_it(new_key, as_sofia, as_otto, scope):
    key, secret = new_key(**scope)
    assert pull(secret) == 401
    as_sofia.post(page(key, "grant"))
    assert pull(secret) == 401
    assert "Waits for a second person" in as_otto.get(LIST).content.decode()
    as_otto.post(page(key, "grant"))
    assert pull(secret) == 200
    assert LogbookEntry.objects.get(event="key.granted").actor.code == "A-2"


@pytest.mark.parametrize("shares", [[("BO-L", "BO-O", "BO-S")], [("BO-L",), ("BO-O", "BO-S")]])
def test_all_departments_are_as_much_as_the_mission_by_one_key_or_by_several(new_key, departments, shares):
    for codes in shares:
        _key, secret = new_key(departments=[departments[code].pk for code in codes])
    assert pull(secret) == 401


def test_neither_strangers_nor_the_linked_nor_coordinators_grant(new_key, as_ana, bolivia):
    key, _secret = new_key()
    linked = make.person("luis", Role.MISSION_ADMIN, bolivia, everywhere=True, linked_force="police")
    olga = make.person("olga", Role.MISSION_ADMIN, make.mission("elsewhere"), everywhere=True)
    answers = [client.post(page(key, "grant")).status_code for client in (as_ana, signed_in(linked), signed_in(olga))]
    assert answers == [403, 302, 404]
    key.refresh_from_db()
    assert key.granted_at is None
    assert signed_in(linked).get(ADD).status_code == 403


def test_a_read_only_mission_makes_grants_and_renews_nothing_but_revokes(new_key, as_sofia, as_otto, bolivia, tariq):
    key, secret = new_key(audience="public")
    waiting, _secret = new_key()
    type(bolivia).objects.update(mode="read_only")
    given = {"holder": tariq.pk, "mission": bolivia.pk, "audience": "public"}
    refused = [as_sofia.post(ADD, given), as_otto.post(page(waiting, "grant"))]
    refused.append(as_sofia.post(page(key, "renew"), {"overlap_days": "7"}))
    assert [answer.status_code for answer in refused] == [409] * 3
    assert ApiKey.objects.count() == 3
    assert as_sofia.post(page(key, "revoke")).status_code == 302
    assert pull(secret) == 401


def test_what_a_key_opens_is_never_changed(new_key, as_sofia, bolivia, departments):
    key, _secret = new_key(departments=[departments["BO-L"].pk])
    given = {"holder": key.holder_id, "mission": bolivia.pk, "audience": "exact", "per_minute": "6000"}
    assert as_sofia.post(page(key), given).status_code == 403
    after = ApiKey.objects.get(pk=key.pk)
    assert (after.audience, after.departments, after.per_minute) == ("partner", ["BO-L"], 30)


@pytest.mark.parametrize(
    ("field", "value"),
    [("last_day", "2020-01-01"), ("last_day", "9999-12-31"), ("last_day", "soon"), ("per_minute", "0")],
)
def test_what_can_not_be_is_refused_beside_its_field(as_sofia, tariq, bolivia, field, value):
    given = {"holder": tariq.pk, "mission": bolivia.pk, "audience": "public", field: value}
    answer = as_sofia.post(ADD, given)
    assert set(answer.context["adminform"].form.errors) == {field}
    assert ApiKey.objects.count() == 1


def test_departments_and_partners_of_another_mission_are_refused(sofia, as_sofia, tariq, bolivia):
    other = make.mission("elsewhere")
    sofia.memberships.create(mission=other)
    there = make.departments(other)["BO-L"]
    given = {"mission": bolivia.pk, "audience": "partner", "holder": tariq.pk, "departments": [there.pk]}
    assert set(as_sofia.post(ADD, given).context["adminform"].form.errors) == {"departments"}
    given = {"mission": other.pk, "audience": "partner", "holder": tariq.pk, "departments": [there.pk]}
    assert set(as_sofia.post(ADD, given).context["adminform"].form.errors) == {"holder"}
    assert ApiKey.objects.count() == 1


def test_the_form_offers_the_chosen_missions_departments_and_ninety_days(sofia, as_sofia, bolivia, departments):
    other = make.mission("elsewhere")
    sofia.memberships.create(mission=other)
    form = as_sofia.get(f"{ADD}?mission={bolivia.pk}").context["adminform"].form
    assert [str(one) for one in form.fields["departments"].queryset] == [str(one) for one in departments.values()]
    ninety = timezone.now().astimezone(bolivia.zone).date() + timedelta(days=90)
    assert form["last_day"].value() == ninety.isoformat()
    assert not as_sofia.get(f"{ADD}?mission={other.pk}").context["adminform"].form.fields["departments"].queryset


def test_exact_places_are_written_with_the_first_key_and_taken_back_with_the_last(new_key, as_otto, marisol, ana):
    released(marisol, ana)
    settle()
    assert standing() == 0
    keys = [new_key(audience="exact")[0] for _ in range(2)]
    for key in keys:
        as_otto.post(page(key, "grant"))
    settle()
    assert standing() == 1
    left = []
    for key in keys:
        as_otto.post(page(key, "revoke"))
        settle()
        left.append(standing())
    assert left == [1, 0]
    assert standing("partner") == 1


@pytest.mark.parametrize("how", ["expired", "left", "retired"])
def test_however_the_last_exact_key_ends_the_sweep_has_its_places_taken_back(new_key, as_otto, marisol, ana, how):
    released(marisol, ana)
    key, _secret = new_key(audience="exact")
    as_otto.post(page(key, "grant"))
    settle()
    assert standing() == 1
    if how == "expired":
        ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    elif how == "left":
        key.holder.memberships.get().delete()
    else:
        key.holder.is_active = False
        key.holder.save()
    tasks.sweep()
    settle()
    assert standing() == 0


def test_a_withdrawal_that_fails_is_not_asked_for_anew_with_every_sweep(new_key, as_otto, marisol, ana):
    released(marisol, ana)
    key, _secret = new_key(audience="exact")
    as_otto.post(page(key, "grant"))
    settle()
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    tasks.sweep()
    Publication.objects.update(attempts=3, state="parked")
    tasks.sweep()
    assert list(Publication.objects.values_list("attempts", "state")) == [(3, "parked")]


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
