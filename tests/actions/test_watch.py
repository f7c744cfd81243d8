"""The watch: rises become rows and one alert, for those who may know; again and late, and nothing is told twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.actions import watch
from incidents.models import Delivery, Incident, Mission, Report, Surge, Watch
from incidents.roles import Role
from tests import make

pytestmark = pytest.mark.django_db
LONG_AGO = "2020-01-01T00:00Z"


def told(monitor, hours_ago, **changes):
    """A report of what happened so long ago; stored, and not triaged."""
    at = (timezone.now() - timedelta(hours=hours_ago)).isoformat()
    return make.report(monitor, triaged=False, timing="happened", occurred_at=at, **changes)


@pytest.fixture
def usual(marisol):
    """Twenty days with a report each twelve hours."""
    for half_day in range(40):
        told(marisol, 12 * (half_day + 1))


@pytest.fixture
def monitors(bolivia, departments):
    return [make.monitor(f"m{n}", bolivia) for n in range(6)]


def burst(monitors, **changes):
    arrest = {"categories": ["arrest_detention"], **changes}
    return [told(monitor, 0.5 - n / 100, **arrest) for n, monitor in enumerate(monitors)]


def look():
    return watch.look(Mission.objects.get(), timezone.now())


def cells():
    return Surge.objects.filter(level="cell")


def test_a_burst_in_one_cell_becomes_a_row_that_says_why(usual, monitors, ramiro):
    burst(monitors)
    look()
    row = cells().get()
    assert (row.category, row.perpetrator, row.department.code) == ("arrest_detention", "police", "BO-L")
    assert (row.observed, row.incidents.count(), row.closed_at) == (6, 6, None)
    assert row.expected < 1 < row.score


def test_usual_days_raise_nothing(usual, ramiro):
    look()
    assert not Surge.objects.exists()


def test_looking_again_changes_nothing(usual, monitors, ramiro):
    burst(monitors)
    look()
    before = list(Surge.objects.order_by("pk").values()), list(Delivery.objects.order_by("pk").values())
    assert look() == []
    assert (list(Surge.objects.order_by("pk").values()), list(Delivery.objects.order_by("pk").values())) == before


def test_one_alert_for_one_rise_however_many_levels_it_shows_on(usual, monitors, ramiro):
    burst(monitors)
    look()
    assert Surge.objects.count() > 1
    assert list(Delivery.objects.values_list("kind", "recipient__code")) == [("surge", "C-2")]


def test_a_report_that_comes_late_counts_where_it_belongs(usual, monitors, ramiro):
    burst(monitors[:5])
    look()
    row = cells().get()
    told(monitors[5], 0.49, categories=["arrest_detention"])
    assert look() == []
    assert (cells().get().pk, cells().get().observed) == (row.pk, 6)


def test_what_is_held_apart_or_invalid_does_not_count(usual, monitors, ramiro):
    reports = burst(monitors)
    Incident.objects.filter(reports__in=reports[:3]).update(held="flood")
    Incident.objects.filter(reports__in=reports[3:]).update(status="invalidated")
    look()
    assert not cells().exists()


def test_a_rise_that_is_found_invalid_is_closed(usual, monitors, ramiro):
    reports = burst(monitors)
    look()
    Incident.objects.filter(reports__in=reports).update(status="invalidated")
    look()
    assert cells().get().closed_at is not None


def test_an_archive_raises_no_alarm(usual, monitors, ramiro):
    for n, monitor in enumerate(monitors):
        told(monitor, 24 * 5 + n / 100, categories=["arrest_detention"])
    look()
    assert not Surge.objects.exists()
    assert not Delivery.objects.filter(kind="surge").exists()


@pytest.mark.parametrize("who", ["here", "elsewhere", "linked"])
def test_only_those_who_may_see_all_it_counts_are_told(usual, monitors, bolivia, departments, who):
    person = {
        "here": lambda: make.person("p", Role.COORDINATOR, bolivia, departments["BO-L"]),
        "elsewhere": lambda: make.person("p", Role.COORDINATOR, bolivia, departments["BO-S"]),
        "linked": lambda: make.person("p", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police"),
    }[who]()
    burst(monitors)
    look()
    assert Delivery.objects.filter(recipient=person).exists() is (who == "here")


def test_the_watch_falls_due_again_and_is_planted_for_every_mission(bolivia):
    watch.plant()
    watch.plant()
    row = Watch.objects.get()
    assert watch.watch(row.pk) == []
    row.refresh_from_db()
    assert (row.state, row.attempts, row.next_try_at > timezone.now()) == ("pending", 0, True)
    assert watch.watch(row.pk) == []


def test_a_fault_puts_the_watch_off_and_never_ends_it(bolivia, monkeypatch):
    watch.plant()
    Watch.objects.update(attempts=1_000)
    monkeypatch.setattr(watch, "look", lambda *_: 1 / 0)
    watch.watch(Watch.objects.get().pk)
    assert (Watch.objects.get().state, Watch.objects.get().last_error) == ("pending", "ZeroDivisionError")


def test_testimony_is_not_touched(usual, monitors, ramiro):
    burst(monitors)
    before = list(Report.objects.order_by("pk").values())
    look()
    assert list(Report.objects.order_by("pk").values()) == before


def test_a_linked_account_does_not_read_of_a_rise_beside_an_incident_it_may_see(usual, monitors, ramiro, as_ramiro):
    burst(monitors, perpetrators=["vigilante"])
    look()
    row = cells().get()
    delivery = Delivery.objects.get(kind="surge")
    page = f"/admin/incidents/incident/{delivery.incident_id}/change/"
    assert "More reports than usual" in as_ramiro.get(page).text
    row.incidents.add(told(monitors[0], 0.1, perpetrators=["police", "vigilante"]).incident)
    ramiro.linked_force = "police"
    ramiro.save()
    answer = as_ramiro.get(page)
    assert (answer.status_code, "ore reports than usual" in answer.text) == (200, False)


def test_a_rise_is_written_with_its_alert_or_not_at_all(usual, monitors, ramiro, monkeypatch):
    burst(monitors)
    monkeypatch.setattr(watch.outbox, "queue", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        look()
    assert not Surge.objects.exists()
    monkeypatch.undo()
    look()
    assert Delivery.objects.filter(kind="surge").count() == 1
