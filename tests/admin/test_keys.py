"""Partners' keys at the desk: what they open is chosen once, and much takes two people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import ApiKey, LogbookEntry
from incidents.roles import Role
from tests import make
from tests.admin.keys import ADD, LIST, page, pull
from tests.conftest import signed_in


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
