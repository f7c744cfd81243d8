"""The map's numbers are the list's: for any filters, any window, any reader, folded or not."""

import itertools
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db.models import Count, Q
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from incidents.actions.fold import compare, fold
from incidents.models import Incident
from incidents.roles import Role
from incidents.taxonomy import Category, Severity, Verification
from incidents.workflow import Status
from tests import make
from tests.admin import world
from tests.conftest import signed_in

LIST = reverse("admin:incidents_incident_changelist")
MAP = reverse("admin:incidents_incident_map")
HISTOGRAM = reverse("admin:incidents_incident_histogram")
ORDER = (*Severity.values, "")
ROUNDS = 200


@pytest.fixture
def readers(bolivia, departments, ana, sofia):
    """Everybody of one mission, two departments of it, an account linked to a force, and somebody of two missions."""
    linked = make.person("luis", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police")
    elsewhere = make.mission("elsewhere")
    both = make.person("olga", Role.COORDINATOR, bolivia, departments["BO-S"])
    both.memberships.create(mission=elsewhere, all_departments=True)
    return {"sofia": sofia, "ana": ana, "linked": linked, "both": both}, elsewhere


def some(chance, readers, departments):
    """Up to three filters of all there are."""
    day = world.NOW - timedelta(days=chance.randint(0, 9), hours=chance.choice((0, 12, chance.randint(0, 11))))
    span = timedelta(hours=chance.choice((5, 24, 60, 170)))
    known = {
        "status": chance.choice(("open", "held", "all", *Status.values)),
        "severity": chance.choice(Severity.values),
        "department": chance.choice(("none", *(str(one.pk) for one in departments.values()))),
        "category": chance.choice(Category.values[:5]),
        "perpetrator": chance.choice(world.FORCES),
        "verification": chance.choice(Verification.values),
        "danger": "yes",
        "time": f"{day:%Y-%m-%dT%H:%M:%SZ}/{day + span:%Y-%m-%dT%H:%M:%SZ}",
        "assigned": chance.choice(("me", "nobody", str(readers["ana"].pk))),
        "area": box(chance),
        "q": "bridge",
    }
    return {name: known[name] for name in chance.sample(sorted(known), chance.randint(0, 3))}


def box(chance):
    """A window: a town, some country or the world, with edges anywhere."""
    middle = chance.choice(world.TOWNS)
    reach = chance.choice((0.01, 0.1, 0.6, 3, 12, 40, 170))
    west, south = middle[1] - reach * chance.uniform(0.3, 2), middle[0] - reach * chance.random()
    return f"{west:.4f},{south:.5f},{west + 2 * reach:.6f},{south + reach:.3f}"


def listed(user, asked):
    """The list's own queryset, which knows nothing of the tally."""
    request = RequestFactory().get(LIST, asked)
    request.user, request.only_counted = user, True
    return admin.site._registry[Incident].get_changelist_instance(request).queryset


def truth(found):
    rows = Incident.objects.filter(pk__in=found.order_by().values("pk")).values_list("severity")
    counted = rows.annotate(n=Count("pk"), danger=Count("pk", filter=Q(in_danger_now=True))).order_by()
    return {severity: (n, danger) for severity, n, danger in counted}


def drawn(answer):
    """What an answer adds up to, by severity; in danger over all."""
    if answer["clusters"]:
        columns = list(zip(*answer["clusters"], strict=True))[4:]
        counts = {severity: sum(column) for severity, column in zip(ORDER, columns, strict=False)}
        return {severity: n for severity, n in counts.items() if n}, sum(columns[5])
    points = answer["points"]
    return dict(Counter(point[3] for point in points)), sum(point[4] for point in points)


def test_two_hundred_filters_and_windows_count_what_the_list_counts(readers, bolivia, departments, monkeypatch):
    people, elsewhere = readers
    chance = random.Random(20201018)
    foreign = make.departments(elsewhere).values()
    made = world.fill(chance, [(bolivia, departments.values()), (elsewhere, foreign)], list(people.values()))
    clients = {name: signed_in(user) for name, user in people.items()}
    monkeypatch.setattr("incidents.admin.clusters.MOST_POINTS", 15)
    clustered = 0
    for turn in range(ROUNDS):
        for _ in range(chance.randint(0, 3)):
            world.happens(chance, made)
        fold(chance.choice((0, 7, 1_000)))
        who, asked, window = chance.choice(sorted(people)), some(chance, people, departments), box(chance)
        told = clients[who].get(MAP, {**asked, "bounds": window, "zoom": chance.randint(0, 19)}).json()
        all_of_it = listed(people[who], asked)
        inside = truth(
            listed(people[who], {**asked, "area": window}) if "area" not in asked else within(all_of_it, window)
        )
        clustered += bool(told["clusters"])
        case = f"round {turn}: {who} {asked} {window}"
        assert told["total"] == all_of_it.count() == told["located"] + told["without_place"], case
        assert drawn(told) == ({one: n for one, (n, _) in inside.items()}, sum(d for _, d in inside.values())), case
        assert told["inside"] == sum(n for n, _ in inside.values()), case
    assert clustered > ROUNDS / 10
    while fold():
        pass
    assert compare() == {"incidents": 0, "sums": 0}


def within(found, window):
    from incidents.admin.when_and_where import within as narrowed
    from incidents.geo import Bounds

    return narrowed(found, Bounds.read(window))


@pytest.fixture
def full(readers, bolivia, departments):
    """The world, folded but for its last changes."""
    people, elsewhere = readers
    chance = random.Random(7)
    foreign = make.departments(elsewhere).values()
    made = world.fill(chance, [(bolivia, departments.values()), (elsewhere, foreign)], list(people.values()))
    while fold():
        pass
    for _ in range(5):
        world.happens(chance, made)
    return {name: signed_in(user) for name, user in people.items()}, people


QUERIES = ("", "status=all", "perpetrator=crowd", "severity=minor&status=all", "q=bridge", "assigned=nobody&time=7d")


def test_the_list_says_how_many_it_holds(full):
    clients, people = full
    for who, query in itertools.product(people, QUERIES):
        cl = clients[who].get(f"{LIST}?{query}").context["cl"]
        assert cl.result_count == cl.queryset.count(), (who, query)
        assert cl.held_count == Incident.objects.visible_to(people[who]).held().count()


def test_the_histogram_counts_each_of_the_list_once(full):
    clients, people = full
    for query in ("", "status=all&time=1h", "category=surveillance", "answer=waiting", "q=bridge"):
        told = clients["sofia"].get(f"{HISTOGRAM}?{query}").json()
        asked = dict(part.split("=") for part in query.split("&") if part and not part.startswith("time"))
        inside = truth(listed(people["sofia"], asked))
        sums = [sum(column) for column in zip(*told["bins"], strict=True)] or [0] * 5
        assert sums == [inside.get(one, (0,))[0] for one in ORDER], query
        assert told["total"] == sum(sums)
        assert len(told["bins"]) <= 120


def test_a_short_span_is_drawn_in_short_steps(as_sofia, bolivia):
    for minutes in (0, 7, 61):
        Incident.objects.create(mission=bolivia, category="other", occurred_at=world.NOW + timedelta(minutes=minutes))
    told = as_sofia.get(HISTOGRAM).json()
    assert (told["from"], told["step_s"]) == ("2020-10-20T12:00:00+00:00", 300)
    assert [sum(one) for one in told["bins"]] == [1, 1, *[0] * 10, 1]


def test_pages_follow_the_order_of_the_whole_list(full):
    clients, people = full
    whole = list(Incident.objects.visible_to(people["sofia"]).ranked().values_list("pk", flat=True))
    pages = [
        clients["sofia"].get(LIST, {"status": "all", "p": page}).context["cl"].result_list
        for page in range(1, -(-len(whole) // 50) + 1)
    ]
    assert [row.pk for page in pages for row in page] == whole
    assert clients["sofia"].get(LIST, {"status": "all", "p": len(pages) + 1}).status_code == 302


NO_WINDOWS = ("1,2,3", "a,b,c,d", "nan,0,1,1", "5,0,-5,1", "0,5,1,1", "1e999,0,1,1", "1,2,3,4,5")
NO_ZOOMS = ("-1", "x", "nan", "1e9")


def test_a_window_that_is_none_is_refused(as_ana, departments):
    asked = [*({"bounds": box} for box in NO_WINDOWS), *({"zoom": zoom} for zoom in NO_ZOOMS)]
    assert {as_ana.get(MAP, one).status_code for one in asked} == {400}


def test_a_window_past_the_edge_of_the_world_is_cut_off(as_sofia, bolivia):
    at = {"latitude": "89.5", "longitude": "180", "cell": 0}
    Incident.objects.create(mission=bolivia, category="other", **at)
    told = as_sofia.get(MAP, {"bounds": "-400,-95,500,85.06", "zoom": "0.25"}).json()
    assert (told["inside"], told["points"][0][1:3]) == (1, [89.5, 180.0])


def test_what_can_not_be_read_finds_nothing(full):
    clients, _people = full
    for query in ("area=1,2,3", "area=179,0,-179,1", "time=yesterday", "time=/", "time=2020-10-18/x"):
        assert clients["sofia"].get(f"{LIST}?status=all&{query}").context["cl"].result_count == 0, query
        assert clients["sofia"].get(f"{MAP}?status=all&{query}").json()["total"] == 0, query


def test_an_account_linked_to_a_force_is_not_offered_it(full):
    clients, _people = full
    chips = clients["linked"].get(LIST).context["cl"].filter_specs
    offered = next(chip for chip in chips if chip.parameter_name == "perpetrator").lookup_choices
    assert "police" not in dict(offered)
    assert "armed_forces" in dict(offered)
    assert clients["linked"].get(f"{MAP}?status=all&perpetrator=police").json()["total"] == 0


def test_lately_is_by_the_clock(as_sofia, bolivia):
    for hours in (0.5, 5, 23, 100, 200):
        at = timezone.now() - timedelta(hours=hours)
        Incident.objects.create(mission=bolivia, category="other", occurred_at=at)
    counts = [as_sofia.get(MAP, {"time": length}).json()["total"] for length in ("1h", "6h", "24h", "7d")]
    assert counts == [1, 2, 3, 4]


def test_whose_work_it_is_can_be_asked_by_code(as_sofia, bolivia, ana):
    theirs = Incident.objects.create(mission=bolivia, category="other", assigned_to=ana)
    Incident.objects.create(mission=bolivia, category="other")
    page = as_sofia.get(LIST, {"assigned": ana.pk})
    assert [row.pk for row in page.context["cl"].result_list] == [theirs.pk]
    chip = next(one for one in page.context["cl"].filter_specs if one.parameter_name == "assigned")
    assert (str(chip.chosen), [code for pk, code in chip.lookup_choices if pk == str(ana.pk)]) == ("C-1", ["C-1"])


def test_an_answer_asks_little_of_the_database(full, django_assert_max_num_queries):
    clients, _people = full
    for path in (MAP, HISTOGRAM):
        with django_assert_max_num_queries(6):
            clients["ana"].get(path, {"bounds": "-70,-23,-57,-9", "zoom": "6", "category": "harassment"})


def test_a_stretch_of_time_is_told_by_the_mission_s_clock(as_ana, marisol):
    make.incident(marisol)
    page = as_ana.get(f"{LIST}?time=2020-10-18T16:00Z/2020-10-18T20:00Z").text
    assert "18 Oct 2020, 12:00–16:00" in page
    assert as_ana.get(f"{LIST}?time=0001-01-01T00:00Z/9999-12-31T23:59Z").status_code == 200
