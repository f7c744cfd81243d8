"""Developing situations: one alert, not forty; the same members in whatever order; danger and gravity still ring."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.actions import review, watch
from incidents.actions.assess import assess
from incidents.models import Delivery, Incident, Part, Situation, User
from incidents.notifications import outbox
from incidents.roles import Role
from tests import make

pytestmark = pytest.mark.django_db
LA_PAZ = make.LA_PAZ


@pytest.fixture
def monitors(bolivia, departments):
    return [make.monitor(f"m{n}", bolivia) for n in range(6)]


def here(monitor, north=0.0, minutes_ago=0, **changes):
    if minutes_ago:
        at = timezone.now() - timedelta(minutes=minutes_ago)
        changes = {"timing": "happened", "occurred_at": at.isoformat(), **changes}
    return make.incident(monitor, latitude=str(round(LA_PAZ[0] + north, 6)), **changes)


def kinds(person=None):
    rows = Delivery.objects.filter(recipient=person) if person else Delivery.objects
    return sorted(rows.values_list("kind", flat=True))


def test_three_monitors_close_to_each_other_make_one_situation(monitors, ramiro):
    incidents = [here(monitor, north=n * 0.005) for n, monitor in enumerate(monitors[:3])]
    assert {incident.pk for incident in incidents} == set(Part.objects.values_list("incident", flat=True))
    assert Situation.objects.get().department.code == "BO-L"


@pytest.mark.parametrize(
    "third", [{"north": 0.05}, {"minutes_ago": 90}, {"accuracy_m": "9000"}, {"latitude": "", "location_source": "none"}]
)
def test_what_is_far_or_long_ago_or_hardly_placed_is_none_of_it(monitors, ramiro, third):
    here(monitors[0])
    here(monitors[1])
    if "latitude" in third:
        make.incident(monitors[2], **third, longitude="", accuracy_m="")
    else:
        here(monitors[2], **third)
    assert not Part.objects.exists()


def test_one_monitor_three_times_is_no_situation(monitors, ramiro):
    for _ in range(3):
        here(monitors[0])
    assert not Part.objects.exists()


def test_the_first_alert_as_ever_then_one_for_the_situation_and_no_more(monitors, ramiro):
    for monitor in monitors:
        here(monitor)
    assert kinds() == ["digest", "new_incident", "new_incident", "situation"]  # one digest, for all that follow
    quiet = Incident.objects.filter(deliveries=None)
    assert quiet.count() == 3
    assert all(incident.timeline.filter(event="situation.joined").exists() for incident in quiet)
    assert not any(incident.timeline.filter(event="nobody.told").exists() for incident in quiet)


def test_danger_is_never_folded(monitors, ramiro):
    for monitor in monitors[:4]:
        here(monitor)
    here(monitors[4], in_danger_now="on")
    assert kinds().count("danger") == 1


def test_a_graver_one_alerts_once_more(monitors, ramiro):
    for monitor in monitors[:4]:
        here(monitor)
    here(monitors[4], categories=["shooting"])
    here(monitors[5], categories=["shooting"])
    assert kinds().count("situation") == 2


def test_who_sees_only_part_of_it_is_told_of_that_part_as_of_any_other(monitors, bolivia):
    luis = make.person("luis", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police")
    ramiro = make.person("ramiro", Role.COORDINATOR, bolivia, everywhere=True)
    for monitor in monitors[:4]:
        here(monitor)
    here(monitors[4], perpetrators=["vigilante"])
    assert kinds(luis) == ["new_incident"]
    assert kinds(ramiro) == ["digest", "new_incident", "new_incident", "situation"]


def test_the_mail_of_a_situation_goes_only_to_whoever_can_still_make_it_out(monitors, ramiro):
    for monitor in monitors[:3]:
        here(monitor)
    delivery = Delivery.objects.get(kind="situation")
    ramiro.linked_force = "police"
    ramiro.save()
    assert outbox.send(delivery.pk) is False
    delivery.refresh_from_db()
    assert delivery.state == "parked"


def test_two_situations_that_meet_become_the_older_one(monitors, ramiro):
    for n in range(3):
        here(monitors[n])
    older = Situation.objects.get()
    for n in range(3, 6):
        here(monitors[n], north=0.03)
    assert Situation.objects.count() == 2
    here(monitors[0], north=0.015)
    assert set(Part.objects.values_list("situation", flat=True)) == {older.pk}
    assert Situation.objects.exclude(pk=older.pk).get().merged_into == older


def test_triage_again_changes_nothing(monitors, ramiro):
    for monitor in monitors[:4]:
        last = here(monitor)
    before = list(Situation.objects.values()), list(Part.objects.values()), kinds()
    last.reports.get().assessment.__class__.objects.all().again()
    for report in last.reports.all():
        assess(report.assessment.pk)
    assert (list(Situation.objects.values()), list(Part.objects.values()), kinds()) == before


def test_what_is_found_invalid_leaves_it_and_too_few_dissolve_it(monitors, ramiro, bolivia):
    incidents = [here(monitor) for monitor in monitors[:3]]
    review.move(incidents[0].pk, "invalidate", actor=ramiro, reason="A test call.")
    watch.plant()
    watch.watch(bolivia.watch.pk)
    assert not Part.objects.exists()


def test_the_page_and_the_chip_say_how_large_it_is(as_ramiro, monitors):
    incidents = [here(monitor) for monitor in monitors[:4]]
    here(monitors[5], north=0.5)
    page = as_ramiro.get(f"/admin/incidents/incident/{incidents[0].pk}/change/").text
    assert "4 reports by 4 monitors since" in page
    found = as_ramiro.get("/admin/incidents/incident/", {"situation": Situation.objects.get().pk})
    assert found.context["cl"].result_count == 4


def test_who_can_not_make_it_out_sees_neither_words_nor_chip(as_ramiro, ramiro, monitors):
    for monitor in monitors[:3]:
        here(monitor)
    mine = here(monitors[4], perpetrators=["vigilante"])
    ramiro.linked_force = "police"
    ramiro.save()
    assert "developing situation" not in as_ramiro.get(f"/admin/incidents/incident/{mine.pk}/change/").text
    there, nowhere = (
        as_ramiro.get("/admin/incidents/incident/", {"situation": pk}) for pk in (Situation.objects.get().pk, 987_654)
    )
    assert there.context["cl"].result_count == nowhere.context["cl"].result_count
    assert "Situation" not in there.text


MOMENTS = st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3), st.integers(1, 200)), min_size=3, max_size=7)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOMENTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_membership(monitors, ramiro, told, chance):
    """The same testimony twice, far apart in place, in two orders: the same groups."""
    now = timezone.now()
    fresh = itertools.count(User.objects.count())

    def groups(rows, west):
        made = {}
        for number, (who, north, ago) in rows:
            at = (now - timedelta(minutes=ago)).isoformat()
            place = {"latitude": str(LA_PAZ[0] + north * 0.012), "longitude": str(round(-68.15 - west, 6))}
            made[make.incident(monitors[who], timing="happened", occurred_at=at, **place).pk] = number
        found = {}
        for incident, situation in Part.objects.filter(incident__in=made).values_list("incident", "situation"):
            found.setdefault(situation, set()).add(made[incident])
        return {frozenset(group) for group in found.values()}

    west = next(fresh) * 0.1 % 1
    rows = list(enumerate(told))
    Part.objects.all().delete()
    Incident.objects.update(cell=None)
    one = groups(rows, west)
    Part.objects.all().delete()
    Incident.objects.update(cell=None)
    assert groups(chance.sample(rows, len(rows)), west) == one
