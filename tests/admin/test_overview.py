"""The overview: the numbers of the lists it leads to, as one may see them; answers timed exactly; who is silent."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.actions import check_in, merge
from incidents.admin import overview_period
from incidents.models import CheckIn, Delivery, Device, Escalation, Incident, Mission, Report, response
from incidents.models.overview import Span
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:overview")
ORURO = {"latitude": str(make.ORURO[0]), "longitude": str(make.ORURO[1])}
SANTA_CRUZ = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}
NOWHERE = {"latitude": "", "longitude": "", "accuracy_m": "", "location_source": "none"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(marisol, departments, ramiro):
    """Something of everything, here and there: merged, held apart, closed, accusing others, and of last week."""
    here = make.incident(marisol, categories=["killing"], in_danger_now="on")
    make.incident(marisol, categories=["arrest_detention"], perpetrators=["vigilante", "police"])
    make.incident(marisol, perpetrators=["vigilante"], **ORURO)
    make.incident(marisol, **SANTA_CRUZ)
    make.incident(marisol, **NOWHERE)
    closed = make.incident(marisol, categories=["harassment"])
    Incident.objects.filter(pk=closed.pk).update(status="closed", verification="confirmed", assigned_to=ramiro)
    held = make.incident(marisol, categories=["killing"])
    Incident.objects.filter(pk=held.pk).update(held="flood")
    merge.merge(here.pk, make.incident(marisol).pk, actor=ramiro)
    week_ago = timezone.now() - timedelta(days=7)
    make.incident(marisol, timing="happened", occurred_at=f"{week_ago:%Y-%m-%dT%H:%M}Z")
    return here


def shown(client, **asked):
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return answer.context


def linked(context):
    """Every number of the page that leads to the list, with its address."""
    rows = [
        row for name in ("departments", "categories", "forces", "statuses", "verifications") for row in context[name]
    ]
    pairs = [(one.count, one.link) for one in (*context["tiles"], *context["now_tiles"], *rows, *context["hands"])]
    pairs += [(cell.text, cell.link) for row in context["departments"] for cell in row.cells]
    return [(count, link) for count, link in pairs if link.startswith(reverse("admin:incidents_incident_changelist"))]


def listed(person, link, rf):
    """How many the list holds under an address, without drawing it."""
    request = rf.get(link)
    request.user = person
    found = admin.site.get_model_admin(Incident).get_changelist_instance(request).queryset.order_by()
    asked = parse_qs(urlsplit(link).query)
    if "perpetrator" in asked:
        found = found.filter(accusations__code=asked["perpetrator"][0])
    if "time" in asked:
        begins, ends = (datetime.strptime(end, "%Y-%m-%dT%H:%M%z") for end in asked["time"][0].split("/"))
        found = found.filter(happened_at__gte=begins, happened_at__lt=ends)
    return found.count()


@pytest.mark.parametrize(
    ("who", "totals"),
    [
        ({"everywhere": True}, [6, 7]),
        ({"west": True}, [5, 6]),
        ({"everywhere": True, "linked_force": "police"}, [1, 1]),
    ],
    ids=["everywhere", "two departments", "linked"],
)
def test_each_number_is_that_of_the_list_it_leads_to(world, bolivia, departments, who, totals, rf):
    scope = [departments["BO-L"], departments["BO-O"]] if who.pop("west", False) else []
    lead = make.person("lead", Role.COORDINATOR, bolivia, *scope, **who)
    for period, total in zip(("24h", "all"), totals, strict=True):
        context = shown(signed_in(lead), period=period)
        numbers = linked(context)
        assert context["total"] == total == sum(row.count for row in context["departments"])
        assert [count for count, _link in numbers] == [listed(lead, link, rf) for _count, link in numbers]
    assert len(numbers) > 12


def test_each_number_of_the_alerts_is_that_of_the_ledger_it_leads_to(world, as_ramiro):
    queued = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    for pk, state in zip(queued, ("done", "parked", "working"), strict=False):
        Delivery.objects.filter(pk=pk).update(state=state)
    Delivery.objects.filter(pk=queued[0]).update(delivered_at=timezone.now())
    (row,) = shown(as_ramiro, period="24h")["channels"]
    listed = [as_ramiro.get(cell.link).context["cl"].result_count if cell.link else "–" for cell in row.cells]
    assert [cell.text for cell in row.cells] == listed
    assert listed[:2] + listed[3:] == [1, 1, 1, 1]


def test_what_is_held_apart_is_named_and_counted_nowhere_else(world, as_ramiro):
    context = shown(as_ramiro)
    assert context["held"] == [("One of too many from one phone", 1)]
    assert {row.label: row.count for row in context["categories"]}["Killing"] == 1


def test_a_coordinator_reads_nothing_of_other_departments(world, as_ana):
    text = as_ana.get(PAGE, {"period": "all"}).content.decode()
    assert "Santa Cruz" not in text
    assert "Most in La Paz" in text


def test_another_missions_page_is_not_found_and_ones_own_is(as_ana, bolivia):
    other = make.mission(slug="elsewhere")
    assert as_ana.get(PAGE, {"mission": other.pk}).status_code == 404
    assert as_ana.get(PAGE, {"mission": bolivia.pk}).status_code == 200


def test_the_period_is_compared_with_as_long_a_one_before(as_ramiro, marisol):
    make.incident(marisol)
    earlier = timezone.now() - timedelta(hours=30)
    make.incident(marisol, timing="happened", occurred_at=f"{earlier:%Y-%m-%dT%H:%M}Z")
    make.incident(marisol)
    assert shown(as_ramiro, period="24h")["tiles"][0].compared == "1 more than before"


@pytest.mark.parametrize(
    "asked", [{"since": "x"}, {"since": "9999-12-31T23:59"}, {"since": "2020-10-18T12:00", "until": "2020-10-18T06:00"}]
)
def test_an_impossible_period_is_said_beside_its_field_and_stays_typed(as_ramiro, asked):
    answer = as_ramiro.get(PAGE, asked)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert asked["since"] in answer.text


@pytest.mark.parametrize("query", ["period=%00", "period=x", "mission=%00", "mission=x", "since=%00&until=%ED%A0%80"])
def test_a_strange_address_is_no_fault_of_ours(as_ramiro, query):
    assert as_ramiro.get(f"{PAGE}?{query}").status_code < 500


@pytest.mark.parametrize("zone", ["America/La_Paz", "America/Santiago", "Asia/Kathmandu"])
@pytest.mark.parametrize("code", list(overview_period.LABELS))
def test_the_parts_of_a_chart_hold_every_moment_once(zone, code):
    """In Santiago the clocks go forward on that day."""
    mission = Mission(time_zone=zone, election_day=date(2026, 9, 6))
    extent = Span(datetime(2026, 8, 1, 3, 30, tzinfo=UTC), datetime(2026, 9, 20, 3, 30, tzinfo=UTC))
    period = overview_period.named(code, mission, datetime(2026, 9, 6, 14, 32, 10, tzinfo=UTC), extent)
    edges, width = overview_period.edges(period)
    assert edges == sorted(set(edges))
    assert edges[0] <= period.span.begins < edges[1]
    assert edges[-2] < period.span.ends <= edges[-1]
    assert edges[1].astimezone(ZoneInfo(zone)).minute % min(60, width.total_seconds() / 60) == 0


def timed(marisol, bolivia, minutes, *, deadline=10):
    """Incidents that were received an hour ago and acknowledged, and read, after so many minutes."""
    received = timezone.now() - timedelta(hours=1)
    for took in minutes:
        one = make.incident(marisol)
        done = received + took * MINUTE
        Incident.objects.filter(pk=one.pk).update(severity="major", opened_at=received, acknowledged_at=done)
        Report.objects.filter(incident=one).update(
            read_at=done + (Report.objects.get(incident=one).received_at - received)
        )
        Escalation.objects.update_or_create(
            incident=one,
            defaults={
                "state": "done",
                "deadline": received + deadline * MINUTE,
                "answered_at": done,
                "step": took > 10,
            },
        )


def test_half_and_nine_tenths_are_exact(as_ramiro, marisol, bolivia):
    timed(marisol, bolivia, [20, 2, 6, 4])
    found = response.until_taken_on(Incident.objects.all())["major"]
    assert found == (4, 5 * MINUTE, timedelta(minutes=15, seconds=48))
    assert response.until_read(Incident.objects.all())["major"] == found
    (clock,) = shown(as_ramiro)["clocks"]
    assert (clock.share, clock.answers.due, clock.answers.passed_on, clock.taken) == ("75%", 4, 1, ("5 min", "15 min"))


def test_of_one_answer_and_of_none_the_page_says_what_there_is(as_ramiro, marisol, bolivia):
    assert "Nothing had to be answered yet" in as_ramiro.get(PAGE).text
    timed(marisol, bolivia, [3])
    (clock,) = shown(as_ramiro)["clocks"]
    assert clock.taken == ("3 min", "3 min")


def test_who_gave_a_sign_and_who_is_silent_by_department(as_ana, bolivia, departments, marisol):
    heard, late = (make.person(name, Role.MONITOR, bolivia, departments["BO-L"]) for name in ("heard", "late"))
    make.person("far", Role.MONITOR, bolivia, departments["BO-S"])
    check_in.sign_off(heard, bolivia)
    Device.objects.create(monitor=heard, mission=bolivia, token_hash="x")
    row = check_in.promise(late, bolivia, timezone.now() + MINUTE)
    week_ago = timezone.now() - timedelta(days=7)
    CheckIn.objects.filter(pk=row.pk).update(
        started_at=week_ago, state="done", outcome="silent", over_at=timezone.now()
    )
    context = shown(as_ana, period="24h")
    areas = {area.name: area.cover for area in context["areas"]}
    assert (areas["La Paz"].active, areas["La Paz"].silent, areas["La Paz"].missed, areas["La Paz"].phones) == (
        1,
        1,
        1,
        1,
    )
    assert context["cover"].monitors == 3  # Marisol belongs to all departments, and one is none of Ana's
    assert context["check_ins"]["missed"] == 1


def test_departments_where_nobody_is_on_call_are_named(as_sofia, ana, bolivia, departments):
    make.turn(ana, starts_in=-MINUTE)
    assert shown(as_sofia)["unmanned"] == ["Santa Cruz"]


def test_an_account_linked_to_a_force_reads_nothing_of_the_monitors(marisol, bolivia, departments):
    make.report(marisol, perpetrators=["vigilante"])
    linked = make.person("luis", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police")
    context = shown(signed_in(linked))
    assert (context["total"], context["areas"], context["cover"].monitors) == (1, [], 0)


def test_the_page_asks_the_database_as_often_for_fifteen_as_for_nine(as_ramiro, marisol, world):
    with CaptureQueriesContext(connection) as few:
        shown(as_ramiro)
    for _ in range(6):
        make.incident(marisol)
    with CaptureQueriesContext(connection) as many:
        shown(as_ramiro)
    assert len(many) == len(few) <= 20
