"""The gate: what stands in the way of a release, for whom and until when; and what stays out once it is."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import tasks
from incidents.actions import alarm
from incidents.actions.assess import assess
from incidents.actions.hold_apart import hold_all
from incidents.actions.merge import merge, unmerge
from incidents.actions.publish import weigh
from incidents.actions.review import keep_back, let_go, let_in, stand_down, summarise, verify
from incidents.actions.revoke import revoke
from incidents.models import Alarm, ApiKey, Assessment, Grouping, Incident, Merge, Mission, Publication, Release
from incidents.roles import Role
from incidents.taxonomy import Held
from incidents.workflow import MoveNotAllowed
from tests import make
from tests.actions.test_revise import send_again

pytestmark = pytest.mark.django_db
PUBLIC = {"partner", "public"}


def out(incident):
    """For whom it is out."""
    return set(Release.objects.filter(incident=incident, withdrawn_at=None).values_list("audience", flat=True))


def ready(reporter, actor, level="confirmed", **changes):
    """All that people do for a release."""
    incident = make.incident(reporter, **{"consent": "public", **changes})
    summarise(incident.pk, "Voters were turned away.", actor=actor)
    return verify(incident.pk, level, actor=actor)


def renew_due():
    """As the worker does when the sweep has rung."""
    for pk in list(Publication.objects.due().values_list("pk", flat=True)):
        tasks.renew_releases(str(pk))


def obstacles(incident, audience="partner"):
    return next(list(found.obstacles) for found in weigh(incident) if found.audience == audience)


@pytest.mark.parametrize(("consent", "leaves_to"), [("internal", set()), ("partners", {"partner"}), ("public", PUBLIC)])
def test_it_leaves_as_far_as_its_reporter_agreed(marisol, ramiro, consent, leaves_to):
    assert out(ready(marisol, ramiro, consent=consent)) == leaves_to


@pytest.mark.parametrize(("level", "leaves_to"), [("possible", set()), ("likely", PUBLIC), ("confirmed", PUBLIC)])
def test_it_leaves_when_it_is_held_likely(marisol, ramiro, level, leaves_to):
    assert out(ready(marisol, ramiro, level)) == leaves_to


def test_nothing_leaves_while_its_reporter_is_in_danger(marisol, ramiro):
    incident = ready(marisol, ramiro, in_danger_now="on")
    assert (out(incident), obstacles(incident)) == (set(), ["danger"])
    stand_down(incident.pk, actor=ramiro, reason="She is home.")
    assert out(incident) == PUBLIC


def test_nothing_leaves_while_its_reporter_is_in_danger_elsewhere(marisol, ramiro):
    elsewhere = make.incident(marisol, in_danger_now="on")
    incident = ready(marisol, ramiro)
    assert (out(incident), obstacles(incident)) == (set(), ["danger"])
    stand_down(elsewhere.pk, actor=ramiro, reason="She is home.")
    Publication.objects.update(next_try_at=timezone.now())  # it is looked at again each hour
    renew_due()
    assert out(incident) == PUBLIC


def test_danger_that_somebody_else_is_in_holds_nothing_up(marisol, ramiro, bolivia):
    make.incident(make.monitor("nilda", bolivia), in_danger_now="on")
    assert out(ready(marisol, ramiro)) == PUBLIC


def test_nothing_comes_out_while_the_mission_is_read_only(marisol, ramiro, bolivia):
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    incident = ready(marisol, ramiro)
    Mission.objects.filter(pk=bolivia.pk).update(mode="read_only", release_delay_hours=0)
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()
    assert (out(incident), obstacles(Incident.objects.get())) == (set(), ["read_only"])
    Mission.objects.update(mode="open")
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()
    assert out(incident) == PUBLIC


def test_nothing_leaves_while_an_alarm_about_its_reporter_is_open(marisol, ramiro, bolivia):
    silence, _queued = alarm.sound(marisol, bolivia, Alarm.Kind.SILENCE)
    incident = ready(marisol, ramiro)
    assert (out(incident), obstacles(incident)) == (set(), ["alarm"])
    alarm.resolve(silence.pk, actor=ramiro, note="Her battery was empty.")
    assert out(incident) == set()  # it is work of its own: what an alarm ends must not wait for it
    renew_due()
    assert out(incident) == PUBLIC


def test_an_alarm_about_somebody_else_holds_nothing_up(marisol, ramiro, bolivia):
    alarm.sound(make.monitor("nilda", bolivia), bolivia, Alarm.Kind.SILENCE)
    assert out(ready(marisol, ramiro)) == PUBLIC


def test_what_few_can_have_told_waits_and_comes_out_by_itself_at_a_full_hour(marisol, ramiro, bolivia):
    """It is seen to come: at any other time that would tell the minute of its report."""
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    incident = ready(marisol, ramiro)
    at = Publication.objects.get(incident=incident).next_try_at
    assert (out(incident), at.minute, at.second, at.microsecond) == (set(), 0, 0, 0)
    assert timedelta(hours=24) <= at - incident.opened_at < timedelta(hours=25)
    renew_due()
    assert out(incident) == set()

    Incident.objects.filter(pk=incident.pk).update(opened_at=timezone.now() - timedelta(hours=26))
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()
    assert out(incident) == PUBLIC


def test_the_sweep_rings_for_what_has_waited_long_enough(marisol, ramiro, bolivia, monkeypatch):
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    ready(marisol, ramiro)
    rung = []
    monkeypatch.setattr(tasks, "publish", lambda task, *_, **__: rung.append(task.name))
    tasks.sweep()
    assert tasks.renew_releases.name not in rung
    Publication.objects.update(next_try_at=timezone.now())
    tasks.sweep()
    assert tasks.renew_releases.name in rung


def test_alerts_are_rung_for_where_no_day_can_be_planned(marisol, monkeypatch):
    report, rung = make.report(marisol, triaged=False), []
    Assessment.objects.update(next_try_at=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr(tasks, "publish", lambda task, pk, *_, **__: rung.append(pk))
    monkeypatch.setattr(tasks, "plan_days", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.sweep()
    assert str(report.assessment.pk) in rung


def test_who_renews_holds_the_incident_before_the_work(marisol, ramiro):
    """As does whoever asks for it while they hold the incident, or two would wait for each other."""
    incident = ready(marisol, ramiro)
    Publication.objects.ask([incident.pk])
    with CaptureQueriesContext(connection) as asked:
        renew_due()
    order = [query["sql"] for query in asked if "incidents_incident" in query["sql"] or "'done'" in query["sql"]]
    held = next(number for number, sql in enumerate(order) if 'FROM "incidents_incident"' in sql)
    assert held < next(number for number, sql in enumerate(order) if "'done'" in sql)


def test_where_many_were_active_nothing_waits(marisol, ramiro, bolivia):
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    make.crowd(bolivia)
    assert out(ready(marisol, ramiro)) == PUBLIC


def test_what_somebody_keeps_back_is_withdrawn_until_it_is_let_go(marisol, ramiro):
    incident = ready(marisol, ramiro)
    keep_back(incident.pk, actor=ramiro, reason="Her brother was followed.")
    assert out(incident) == set()
    with pytest.raises(MoveNotAllowed):
        let_go(incident.pk, actor=ramiro, reason=" ")
    let_go(incident.pk, actor=ramiro, reason="They have left the country.")
    assert out(incident) == PUBLIC


def test_what_is_held_apart_is_withdrawn_until_it_is_let_in(marisol, ramiro):
    incident = ready(marisol, ramiro)
    hold_all([incident.pk], Held.ALIKE)
    assert (out(incident), obstacles(Incident.objects.get())) == (set(), ["held"])
    let_in(incident.pk, actor=ramiro)
    assess(incident.reports.get().assessment.pk)
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()
    assert out(incident) == PUBLIC


def test_what_is_merged_into_another_is_withdrawn(marisol, ramiro, bolivia):
    kept, emptied = ready(marisol, ramiro), ready(make.monitor("nilda", bolivia), ramiro)
    merge(kept.pk, emptied.pk, actor=ramiro)
    assert (out(emptied), out(kept)) == (set(), PUBLIC)
    assert obstacles(Incident.objects.get(pk=emptied.pk)) == ["invalidated", "consent"]


def test_a_later_text_may_take_back_what_everyone_might_read(marisol, ramiro):
    incident = ready(marisol, ramiro)
    assert out(send_again(incident.reports.get(), consent="partners")) == {"partner"}


def test_what_a_later_text_takes_back_is_withdrawn_even_where_triage_fails(marisol, ramiro):
    incident = ready(marisol, ramiro)
    send_again(incident.reports.get(), triaged=False, consent="internal")
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()
    assert out(incident) == set()


def test_what_a_later_text_adds_is_written_at_a_full_hour(marisol, ramiro):
    """The minute of a change would be the minute at which a phone spoke to us."""
    incident = ready(marisol, ramiro)
    send_again(incident.reports.get(), consent="public", perpetrators=["armed_forces"])
    waits, partner = Publication.objects.get(incident=incident), Release.objects.filter(audience="partner")
    assert (waits.next_try_at.minute, partner.get().perpetrators) == (0, "police")
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()
    assert partner.get().perpetrators == "armed_forces;police"


def test_what_somebody_keeps_back_stays_in_when_it_is_merged(marisol, ramiro, bolivia):
    kept, emptied = ready(marisol, ramiro), ready(make.monitor("nilda", bolivia), ramiro)
    keep_back(emptied.pk, actor=ramiro, reason="Her brother was followed.")
    merge(kept.pk, emptied.pk, actor=ramiro)
    assert (out(kept), obstacles(Incident.objects.get(pk=kept.pk))) == (set(), ["kept_back"])
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert (out(kept), out(emptied)) == (PUBLIC, set())


def test_what_is_out_stays_out_when_danger_begins(marisol, ramiro):
    """Taking it back would tell everybody that something has happened to somebody."""
    incident = ready(marisol, ramiro)
    send_again(incident.reports.get(), consent="public", in_danger_now="on")
    assert (Incident.objects.get().in_danger_now, out(incident)) == (True, PUBLIC)


def test_what_was_withdrawn_in_danger_waits_until_it_is_over(marisol, ramiro):
    incident = ready(marisol, ramiro)
    send_again(incident.reports.get(), consent="public", in_danger_now="on")
    verify(incident.pk, "possible", actor=ramiro)
    verify(incident.pk, "confirmed", actor=ramiro)
    assert out(incident) == set()


@pytest.fixture
def opened(bolivia):
    """A key to exact places, which two people gave."""
    holder = make.person("near", Role.PARTNER, bolivia, email="")
    key, _secret = ApiKey.issue(holder=holder, mission=bolivia, audience="exact", is_granted=True)
    return key


def test_exact_places_are_written_for_a_key_that_opens_them_alone(marisol, ramiro, bolivia):
    holder = make.person("near", Role.PARTNER, bolivia, email="")
    ApiKey.issue(holder=holder, mission=bolivia, audience="exact")  # not granted yet
    incident = ready(marisol, ramiro)
    assert (out(incident), obstacles(incident, "exact")) == (PUBLIC, ["no_key"])


def test_exact_places_are_exact_and_end_with_the_last_key(opened, marisol, ramiro):
    incident = ready(marisol, ramiro, latitude="-16.512345", longitude="-68.123456")
    told = json.loads(Release.objects.get(audience="exact").feature)
    assert told["geometry"]["coordinates"] == [-68.123456, -16.512345]
    revoke(opened)
    summarise(incident.pk, "Voters were turned away again.", actor=ramiro)
    assert out(incident) == PUBLIC
    assert "16.512" not in json.dumps(list(Release.objects.values("feature", "latitude")))


def test_a_weighing_says_what_would_leave_and_writes_nothing(marisol, ramiro):
    incident = make.incident(marisol, consent="public")
    found = {weighed.audience: weighed for weighed in weigh(incident)}
    assert found["public"].obstacles == ("unverified", "no_summary")
    assert found["partner"].properties["category"] == "intimidation"
    assert [Release.objects.count(), Grouping.objects.count()] == [0, 0]
