"""What a place is told as: decided once a day by who was heard from, and narrowed once, when the day is over."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from incidents.actions.coarsen import plan_days
from incidents.actions.publish import publish
from incidents.actions.review import verify
from incidents.actions.revoke import revoke
from incidents.models import ApiKey, Boundary, Device, Grouping, Incident, Mission, Release, User
from incidents.models.grouping import span_of
from incidents.roles import Role
from tests import make
from tests.actions.test_gate import renew_due
from tests.api.cast import GEOJSON, body

pytestmark = pytest.mark.django_db
YESTERDAY = timedelta(days=1)
# In the same department as La Paz, and in a square of its own.
ACHACACHI = (-16.05, -68.68)


def today(mission):
    return timezone.now().astimezone(mission.zone).date()


def noon():
    """In Bolivia and elsewhere far from midnight, around which nothing is planned."""
    return timezone.now().replace(hour=17)


def at(position):
    return {"latitude": str(position[0]), "longitude": str(position[1])}


@pytest.fixture
def few(bolivia, departments):
    """A mission that hides everybody among three."""
    Mission.objects.filter(pk=bolivia.pk).update(group_size=3)
    bolivia.refresh_from_db()
    return bolivia


@pytest.fixture
def monitors(few):
    return [make.monitor(f"monitor-{number}", few) for number in range(7)]


def heard(people, position, ago=YESTERDAY, **origin):
    return [make.report(one, received_at=timezone.now() - ago, **at(position), **origin) for one in people]


@pytest.fixture
def active(monitors):
    """Yesterday four were heard from in La Paz, and three elsewhere in its department."""
    heard(monitors[:4], make.LA_PAZ)
    heard(monitors[4:], ACHACACHI)
    return monitors


def released(reporter, actor, position=make.LA_PAZ):
    incident = make.incident(reporter, **at(position))
    return verify(incident.pk, "confirmed", actor=actor)


def told(incident):
    """(kind of area, department) of its release."""
    release = Release.objects.get(incident=incident, audience="partner")
    return release.place_level, release.adm1_code


@pytest.mark.parametrize(
    ("position", "as_what"),
    [
        (make.LA_PAZ, ("square", "BO-L")),
        (ACHACACHI, ("department", "BO-L")),
        (make.ORURO, (None, None)),
    ],
)
def test_a_place_is_told_by_the_smallest_area_with_enough_who_were_heard_from(active, ramiro, position, as_what):
    assert told(released(active[0], ramiro, position)) == as_what


@pytest.mark.parametrize("why", ["too long ago", "held apart", "phone revoked", "phone revoked later", "retired"])
def test_who_can_not_be_counted_on_hides_nobody(monitors, ramiro, few, why):
    """Two and one who does not count: the square is not named, nor those in which others are alone."""
    phone = Device.objects.create(monitor=monitors[0], mission=few, token_hash="0" * 64)
    if why == "phone revoked":
        revoke(phone)
    ago = timedelta(days=8) if why == "too long ago" else YESTERDAY
    one = heard(monitors[:1], make.LA_PAZ, ago, device=phone)[0]
    if why == "phone revoked later":
        revoke(phone)
    if why == "retired":
        User.objects.filter(pk=monitors[0].pk).update(is_active=False)
    if why == "held apart":
        Incident.objects.filter(pk=one.incident_id).update(held="alike")
    heard(monitors[1:3], make.LA_PAZ)
    for number, other in enumerate(monitors[4:]):
        heard([other], (-16.0, -68.0 - number / 5))
    assert told(released(monitors[1], ramiro)) == ("department", "BO-L")


@pytest.mark.parametrize(("days", "as_what"), [(6.9, ("square", "BO-L")), (7.1, (None, None))])
def test_who_was_heard_from_in_the_week_before_the_day_counts(monitors, ramiro, few, days, as_what):
    begins, _ends = span_of(few, today(few), days_before=0)
    ago = timezone.now() - begins + timedelta(days=days)
    heard(monitors[:4], make.LA_PAZ, ago)
    heard(monitors[4:], ACHACACHI, ago)
    assert told(released(monitors[0], ramiro)) == as_what


def test_who_may_be_anywhere_hides_nobody(monitors, ramiro):
    heard(monitors[:3], make.LA_PAZ)
    heard(monitors[3:4], make.ORURO)
    nowhere = {"latitude": "", "longitude": "", "accuracy_m": "", "location_source": "none"}
    for one in monitors[4:]:
        make.report(one, received_at=timezone.now() - YESTERDAY, **nowhere)
    assert told(released(monitors[0], ramiro)) == (None, None)


@pytest.mark.parametrize(("accuracy_m", "as_what"), [("5000", "square"), ("5001", "department")])
def test_a_fix_that_is_off_by_more_than_a_square_tells_none(active, ramiro, accuracy_m, as_what):
    incident = make.incident(active[0], **at(make.LA_PAZ), accuracy_m=accuracy_m)
    assert told(verify(incident.pk, "confirmed", actor=ramiro))[0] == as_what


@pytest.mark.parametrize(
    ("belong_to", "as_what"), [(("BO-O",), ("department", "BO-O")), (("BO-O", "BO-S"), (None, None))]
)
def test_a_sign_of_life_counts_where_its_monitor_must_be(few, departments, ramiro, belong_to, as_what):
    """Of two departments nobody knows which, and who may be in either hides nobody."""
    for number in range(3):
        one = make.person(f"still-{number}", Role.MONITOR, few, *(departments[code] for code in belong_to), email="")
        Device.objects.create(monitor=one, mission=few, token_hash=f"{number}", last_seen_at=timezone.now() - YESTERDAY)
    assert told(released(make.monitor("marisol", few), ramiro, make.ORURO)) == as_what


def test_a_day_is_decided_once_whatever_is_reported_on_it(active, ramiro):
    plan_days(noon())
    heard(active[:3], make.ORURO, timedelta(0))
    assert told(released(active[0], ramiro, make.ORURO)) == (None, None)


def test_when_the_day_is_over_a_place_is_told_more_narrowly_and_never_less(active, ramiro):
    early, settled = released(active[0], ramiro, make.ORURO), released(active[1], ramiro)
    heard(active[:3], make.ORURO, timedelta(0))
    plan_days(noon() + timedelta(days=1))
    renew_due()
    assert told(early) == ("department", "BO-O")
    assert told(settled) == ("square", "BO-L")
    assert Grouping.objects.get(day=today(early.mission)).is_settled


def test_what_a_day_named_stays_named_when_a_monitor_turns_out_not_to_count(active, ramiro):
    incident = released(active[0], ramiro)
    Incident.objects.exclude(pk=incident.pk).update(held="alike")
    plan_days(noon() + timedelta(days=1))
    renew_due()
    assert told(incident) == ("square", "BO-L")


def test_two_hundred_pulls_and_publications_say_the_same(active, ramiro, as_tariq):
    ApiKey.objects.update(per_minute=6_000)
    incident = released(active[0], ramiro)
    answers = set()
    for _ in range(200):
        publish(incident)
        answers.add(body(as_tariq.get(GEOJSON)))
    assert len(answers) == 1


def rows(partner):
    return {feature["id"]: feature for feature in json.loads(body(partner.get(GEOJSON)))["features"]}


def test_what_one_report_adds_to_a_pull_points_at_no_fewer_than_k(active, ramiro, as_tariq, few):
    released(active[0], ramiro)
    before = rows(as_tariq)
    fresh = released(active[1], ramiro)
    after = rows(as_tariq)
    new = Release.objects.get(incident=fresh, audience="partner")
    assert set(after) - set(before) == {str(new.public_id)}
    assert {pk: after[pk] for pk in before} == before
    nodes = {tuple(node[:1]): count for node, count in Grouping.objects.get(day=today(few)).nodes if len(node) == 3}
    assert nodes[(new.adm1_code,)] >= few.group_size


def test_a_province_is_told_where_a_mission_has_them(monitors, ramiro, few, departments):
    """Four in a square of it, three elsewhere in it, three in the department's rest."""
    ring = [[-69, -17], [-68, -17], [-68, -16], [-69, -16], [-69, -17]]
    Boundary.objects.create(
        mission=few,
        level=2,
        code="BO-L-01",
        names={"es": "Murillo"},
        parent=departments["BO-L"],
        geometry={"type": "Polygon", "coordinates": [ring]},
    )
    heard(monitors[:4], make.LA_PAZ)
    heard(monitors[4:], ACHACACHI)
    heard([make.monitor(f"north-{number}", few) for number in range(3)], (-14.0, -68.0))
    incident = released(monitors[3], ramiro, ACHACACHI)
    release = Release.objects.get(incident=incident, audience="partner")
    assert (release.place_level, release.adm2_code, release.adm2_name) == ("province", "BO-L-01", "Murillo")


def test_days_are_planned_by_as_many_questions_for_many_missions_as_for_one(
    few, departments, django_assert_num_queries
):
    plan_days(noon())
    with django_assert_num_queries(2):
        plan_days(noon())
    for number in range(5):
        make.mission(f"elsewhere-{number}", time_zone="Asia/Tokyo")
    plan_days(noon())
    with django_assert_num_queries(2):
        plan_days(noon())
    assert Grouping.objects.count() == 6


def test_a_day_is_one_of_the_missions_own_clock(marisol, ramiro):
    incident = make.incident(marisol, received_at=datetime(2020, 10, 19, 2, 30, tzinfo=UTC))
    verify(incident.pk, "confirmed", actor=ramiro)
    assert Grouping.objects.get().day == date(2020, 10, 18)


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Asuncion", date(2020, 10, 4)), ("America/Havana", date(2020, 11, 1))]
)
def test_days_meet_where_clocks_are_put_on_or_back_at_midnight(zone, day):
    mission = Mission(time_zone=zone)
    _since, begins = span_of(mission, day, days_before=0)
    ends = begins.astimezone(UTC) - timedelta(seconds=1)
    assert [one.astimezone(UTC).astimezone(mission.zone).date() for one in (ends, begins)] == [day - YESTERDAY, day]


def test_no_day_is_planned_just_after_midnight(few):
    midnight = timezone.now().astimezone(few.zone).replace(hour=0, minute=1)
    plan_days(midnight)
    assert not Grouping.objects.exists()
    plan_days(midnight + timedelta(minutes=2))
    assert Grouping.objects.get().day == midnight.date()
