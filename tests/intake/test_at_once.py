"""The same report from many hands at once: fifty PUTs of each of a hundred ids are a hundred rows.

A real web server with its two processes and sixteen threads; each hand keeps a connection of its own.
"""

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.intake.sealed import stated
from tests.stack import Visitor, build

IDS, HANDS = 100, 50


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    made = build(tmp_path_factory.mktemp("at-once"))
    made.start("web")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def cookie(stack):
    """An enrolled phone's credential."""
    visitor = Visitor(stack.base_url)
    visitor.send(visitor.get(stack.demo()["monitor_links"][0]))
    jar = next(one for one in visitor.opener.handlers if hasattr(one, "cookiejar")).cookiejar
    return next(f"phone={one.value}" for one in jar if one.name == "phone")


def put_all(stack, cookie, bodies):
    """Send (id, body) pairs, fifty at a time; the status of each."""
    mine = threading.local()
    host = stack.base_url.removeprefix("http://")

    def one(pair):
        report_id, body = pair
        for attempt in range(1, 6):
            if not hasattr(mine, "line"):
                mine.line = http.client.HTTPConnection(host, timeout=60)
            try:
                mine.line.request(
                    "PUT", f"/api/v1/reports/{report_id}", body, {"Cookie": cookie, "Content-Type": "application/json"}
                )
                answer = mine.line.getresponse()
                answer.read()
                if answer.status != 503:  # not now, says a machine that is very busy: phones come back
                    return answer.status
                time.sleep(attempt)
            except (http.client.HTTPException, ConnectionError):
                del mine.line  # an idle connection that the server had closed; sending again is what phones do
                assert attempt == 1
        return 0

    with ThreadPoolExecutor(HANDS) as hands:
        return Counter(hands.map(one, bodies))


def count(stack, table):
    return stack.rows(f"SELECT count(*) FROM incidents_{table}")[0][0]


def test_fifty_puts_at_once_of_each_of_a_hundred_reports_are_a_hundred_rows(stack, cookie):
    before = {table: count(stack, table) for table in ("report", "incident", "assessment", "revision")}
    ids = [uuid.uuid4() for _ in range(IDS)]
    body = json.dumps(stated())
    statuses = put_all(stack, cookie, [(one, body) for one in ids for _ in range(HANDS)])
    assert statuses == {201: IDS, 200: IDS * (HANDS - 1)}
    added = {table: count(stack, table) - before[table] for table in before}
    assert added == {"report": IDS, "incident": IDS, "assessment": IDS, "revision": 0}


def test_a_hundred_changed_texts_at_once_are_a_hundred_revisions(stack, cookie):
    here = uuid.uuid4()
    assert put_all(stack, cookie, [(here, json.dumps(stated()))]) == {201: 1}
    before = count(stack, "revision")
    changed = [(here, json.dumps(stated(words=f"Text {number}"))) for number in range(100)]
    assert put_all(stack, cookie, changed) == {202: 100}
    assert count(stack, "revision") - before == 100
