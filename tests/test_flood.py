"""A flood against the whole product, in short: 4 turned phones send 400 reports while 10 honest monitors send 40.

The long form is `python -m tests.benchmarks.flood`.
"""

import pytest

from tests import flood
from tests.services import wait_until
from tests.stack import Visitor, build

SEED = 20201018
PROMPT_S = 60


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    made = build(tmp_path_factory.mktemp("flood"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def sent(stack):
    print(f"seed {SEED}")
    return flood.storm(stack, turned=4, flood=400, honest=10, reports=40, seconds=20, seed=SEED)


def triaged(stack, ids):
    states = flood.fates(stack)
    return all(states[report][1] == "done" for report in ids)


def test_honest_reports_are_triaged_promptly_and_none_is_held(stack, sent):
    wait_until(lambda: triaged(stack, sent.honest), 90, what="triage of the honest reports", every=0.5)
    fates = flood.fates(stack)
    honest = [fates[report] for report in sent.honest]
    waited = sorted(seconds for _, _, seconds in honest)
    assert (len(honest), {held for held, _, _ in honest}) == (40, {""})
    assert waited[len(waited) * 95 // 100] <= PROMPT_S


def test_nothing_is_refused_and_the_flood_is_held_apart(stack, sent):
    wait_until(lambda: triaged(stack, sent.flood), 180, what="triage of the flood", every=0.5)
    fates = flood.fates(stack)
    assert (sent.refused, len(sent.flood)) == ([], 400)
    held = [fates[report][0] for report in sent.flood]
    # What reported danger within the limit stays in the queue, and was told.
    assert held.count("") <= 4 * 20
    assert sum(why != "" for why in held) >= 320


def test_the_flood_rings_the_desk_a_few_times_and_not_four_hundred(stack, sent):
    told = dict(stack.rows("SELECT kind, count(DISTINCT incident_id) FROM incidents_delivery GROUP BY kind"))
    assert 1 <= told["flood"] <= 4
    assert 1 <= told.get("danger_flood", 0) <= 4 * 2


def test_one_click_dismisses_all_of_a_phone_and_deletes_nothing(stack, sent):
    entry = next(entry for entry in stack.demo()["coordinators"] if entry["username"] == "nacional")
    desk = Visitor(stack.base_url)
    desk.send(desk.get(entry["url"]), username=entry["username"], password=entry["password"])
    page = desk.get("/admin/incidents/incident/?status=held")
    before = held_of(stack)
    device = max(before, key=before.get)
    given = {"device": device, "by": "device", "verb": "dismiss", "reason": "Turned."}
    assert desk.send(page, "/admin/incidents/incident/held/clear/", **given).status == 200
    assert device not in held_of(stack)
    assert len(held_of(stack)) == len(before) - 1
    assert set(sent.flood) | set(sent.honest) <= set(flood.fates(stack))


def held_of(stack):
    return dict(
        stack.rows(
            "SELECT r.device_id, count(*) FROM incidents_incident i JOIN incidents_report r ON r.incident_id = i.id "
            "WHERE i.held <> '' AND i.status <> 'invalidated' GROUP BY r.device_id"
        )
    )
