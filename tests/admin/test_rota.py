"""The rota: a week to read, turns by the mission's clock, and nobody on it who could not answer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.models import OnCall
from incidents.roles import Role
from tests import make
from tests.admin.test_setting_up import page
from tests.admin.test_strange_setting_up import refusals
from tests.conftest import signed_in

ROTA = reverse("admin:incidents_oncall_changelist")
ADD = reverse("admin:incidents_oncall_add")


def turn_form(person, of, **changes):
    typed = {"starts_at": "2030-10-18T08:00", "ends_at": "2030-10-18T20:00", "position": "1"}
    return {"mission": of.pk, "user": person.pk, **typed, **changes}


def test_a_turn_is_typed_by_the_missions_own_clock(as_sofia, ana, bolivia):
    answer = as_sofia.post(ADD, turn_form(ana, bolivia))
    assert OnCall.objects.get().starts_at == datetime(2030, 10, 18, 12, tzinfo=UTC)
    assert answer.headers["Location"] == f"{ROTA}?mission={bolivia.pk}&week=2030-10-18"
    assert "08:00" in as_sofia.get(answer.headers["Location"]).content.decode()
    shown = as_sofia.get(page("oncall", "change", OnCall.objects.get().pk)).content.decode()
    assert 'value="2030-10-18T08:00"' in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ends_at", "2030-10-18T08:00"),
        ("ends_at", "2030-10-18T07:00"),
        ("ends_at", "2031-10-18T08:00"),
        ("starts_at", "0001-01-01T00:00"),
        ("ends_at", "9999-12-31T23:59"),
        ("starts_at", "\x00"),
        ("starts_at", "tomorrow"),
        ("position", "0"),
        ("position", "9" * 30),
        ("user", "9" * 30),
        ("user", "\x00"),
        ("mission", "9" * 30),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field(as_sofia, ana, bolivia, field, value):
    assert field in refusals(as_sofia.post(ADD, turn_form(ana, bolivia, **{field: value})))
    assert not OnCall.objects.exists()


def test_a_time_that_the_clocks_leave_out_is_refused(as_sofia, ana, bolivia):
    bolivia.time_zone = "America/New_York"
    bolivia.save()
    given = turn_form(ana, bolivia, starts_at="2027-03-14T02:30", ends_at="2027-03-14T09:00")
    assert refusals(as_sofia.post(ADD, given)) == {"starts_at"}


def test_only_people_of_the_mission_who_may_answer_stand_on_its_rota(as_sofia, sofia, bolivia, marisol, tariq, ana):
    other = make.mission(slug="elsewhere")
    sofia.memberships.create(mission=other)
    far = make.person("olga", Role.COORDINATOR, other, everywhere=True)
    for person in (marisol, tariq, far):
        assert refusals(as_sofia.post(ADD, turn_form(person, bolivia))) == {"user"}
    assert as_sofia.post(ADD, turn_form(ana, bolivia)).status_code == 302


def test_another_missions_rota_is_not_there(as_sofia, bolivia):
    other = make.mission(slug="elsewhere")
    theirs = make.turn(make.person("olga", Role.COORDINATOR, other, everywhere=True, code="X-9"))
    assert as_sofia.get(ROTA, {"mission": other.pk}).status_code == 404
    for name in ("change", "delete", "history"):
        assert as_sofia.get(page("oncall", name, theirs.pk)).status_code == 404
    assert "X-9" not in as_sofia.get(ROTA).content.decode()
    assert refusals(as_sofia.post(ADD, turn_form(theirs.user, other))) >= {"mission"}


def test_the_rota_is_the_mission_admins(as_ana, ana):
    turn = make.turn(ana)
    for where in (ROTA, ADD, page("oncall", "change", turn.pk)):
        assert as_ana.get(where).status_code == 403


@pytest.mark.parametrize("query", ["mission=x", "mission=%00", "mission=" + "9" * 30])
def test_a_mission_that_is_none_is_not_found_and_not_offered(as_sofia, query):
    assert as_sofia.get(f"{ROTA}?{query}").status_code == 404
    assert as_sofia.get(f"{ADD}?{query}&user=%00&starts_at=%00&position=x").status_code == 200


@pytest.mark.parametrize("week", ["x", "%00", "0001-01-01", "9999-12-31", "2026-02-30", "2026-W01-1"])
def test_a_week_that_is_none_is_this_week(as_sofia, bolivia, week):
    answer = as_sofia.get(f"{ROTA}?week={week}")
    assert answer.status_code == 200
    assert answer.context["monday"].year in (2025, timezone.now().year, timezone.now().year + 1)


def test_a_turn_to_come_is_taken_away_and_one_that_has_begun_stays(as_sofia, ana):
    ahead = make.turn(ana)
    begun = make.turn(ana, starts_in=timedelta(hours=-1))
    assert as_sofia.post(page("oncall", "delete", ahead.pk), {"post": "yes"}).status_code == 302
    assert as_sofia.post(page("oncall", "delete", begun.pk), {"post": "yes"}).status_code == 403
    assert list(OnCall.objects.all()) == [begun]


def test_what_is_over_stays_as_it_was(as_sofia, ana, bolivia):
    over = make.turn(ana, starts_in=timedelta(hours=-20))
    assert as_sofia.post(page("oncall", "change", over.pk), turn_form(ana, bolivia)).status_code == 403
    shown = as_sofia.get(page("oncall", "change", over.pk)).content.decode()
    assert f"{over.ends_at.astimezone(bolivia.zone):%H:%M}, 12 h ago" in shown
    given = turn_form(ana, bolivia, starts_at="2026-01-01T08:00", ends_at="2026-01-01T09:00")
    assert refusals(as_sofia.post(ADD, given)) == {"ends_at"}


def test_the_election_day_is_warned_of_where_nobody_is_on_call(as_sofia, ana, ramiro, bolivia):
    day = timezone.now().astimezone(bolivia.zone).date() + timedelta(days=30)
    bolivia.election_day = day
    bolivia.save()
    assert as_sofia.get(ROTA).context["unmanned"]
    midnight = datetime(day.year, day.month, day.day, tzinfo=bolivia.zone)
    for person, first, last in ((ana, -2, 9), (ramiro, 7, 12), (ana, 14, 26)):
        OnCall.objects.create(
            mission=bolivia,
            user=person,
            starts_at=midnight + timedelta(hours=first),
            ends_at=midnight + timedelta(hours=last),
        )
    shown = as_sofia.get(ROTA)
    assert [(gap.begins.hour, gap.ends.hour) for gap in shown.context["gaps"]] == [(12, 14)]
    assert "12:00–14:00" in shown.content.decode()
    ramiro.is_active = False
    ramiro.save()
    assert [(gap.begins.hour, gap.ends.hour) for gap in as_sofia.get(ROTA).context["gaps"]] == [(9, 14)]


def test_a_turn_over_midnight_stands_on_both_days_and_now_is_marked(as_sofia, ana):
    turn = make.turn(ana, starts_in=timedelta(hours=-1), hours=25)
    shown = as_sofia.get(ROTA, {"week": timezone.now().date().isoformat()}).context
    lines = [line for day in shown["days"] for line in day.lines]
    assert lines
    assert all(line.turn == turn and line.is_now for line in lines)
    assert shown["now_on_call"] == [turn]
    assert sum(line.length for line in lines) <= 25 * 60 + 1  # a bar is a minute wide at least


def test_the_week_asks_as_often_for_thirty_turns_as_for_three(as_sofia, ana, ramiro, django_assert_max_num_queries):
    for hours in range(3):
        make.turn(ana, starts_in=timedelta(hours=hours))
    with django_assert_max_num_queries(12) as few:
        as_sofia.get(ROTA)
    for hours in range(27):
        make.turn(ramiro, starts_in=timedelta(hours=hours))
    with django_assert_max_num_queries(len(few)):
        as_sofia.get(ROTA)


def test_how_soon_somebody_must_answer_is_set_with_the_mission(as_sofia, bolivia):
    where = page("mission", "change", bolivia.pk)
    form = as_sofia.get(where).context["adminform"].form
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    given |= {"names_0": "B", "names_en": "B", "election_day": "2020-10-18", "answer_critical": "3"}
    assert as_sofia.post(where, given).status_code == 302
    bolivia.refresh_from_db()
    assert (bolivia.answer_critical, bolivia.answer_major) == (3, 15)


def test_a_signed_in_admin_without_a_mission_has_an_empty_rota(db):
    nobody = make.person("eva", Role.MISSION_ADMIN, make.mission(slug="gone"), everywhere=True)
    nobody.memberships.all().delete()
    assert signed_in(nobody).get(ROTA).status_code == 200
