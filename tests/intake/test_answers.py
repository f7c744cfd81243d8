"""Whatever answers in the server's place: the report stays, the next one is tried, and it arrives once in the end."""

import pytest

from tests.proxy import CUT, DEAF
from tests.services import wait_until

PORTAL = (200, {"Content-Type": "text/html"}, b"<h1>Welcome to our hotel</h1>")


def held(handset, number):
    """The record of a report that waits, if it does."""
    return next((report for report in handset.waiting() if report["id"] == number), None)


def tried(handset, number):
    return (held(handset, number) or {}).get("tries")


@pytest.mark.parametrize("answer", [503, 500, 404, 302, PORTAL, CUT, DEAF], ids=str)
def test_a_report_that_was_not_taken_is_kept_and_arrives_once(weak, line, arrived, answer):
    line.failing(answer)
    weak.open()
    number = weak.file("Kept.")
    wait_until(lambda: tried(weak, number), what="a try")
    line.heal()
    weak.page.evaluate("self.dispatchEvent(new Event('online'))")
    weak.wait_until_sent()
    assert arrived(number)[:2] == (1, 0)


def test_a_server_that_asks_for_patience_gets_it(weak, line):
    line.failing((503, {"Retry-After": "120"}, b""))
    weak.open()
    number = weak.file("Later.")
    wait_until(lambda: tried(weak, number), what="a try")
    count = len([1 for method, *_ in line.seen if method == "PUT"])
    weak.page.evaluate("self.dispatchEvent(new Event('online'))")
    weak.page.wait_for_timeout(500)
    assert len([1 for method, *_ in line.seen if method == "PUT"]) == count
    assert held(weak, number)["next"] > weak.page.evaluate("Date.now()") + 100_000


def test_401_keeps_everything_and_asks_for_the_link(weak, line, arrived):
    line.rule = lambda method, path: 401 if path.startswith("/api/") else None
    weak.open()
    number = weak.file("Unknown here.")
    wait_until(lambda: tried(weak, number), what="a try")
    weak.open("/outbox/")
    weak.wait_for("Open the link your coordinator gave you once more")
    line.heal()
    weak.page.click("[data-now]")
    weak.wait_until_sent()
    assert arrived(number)[0] == 1


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_the_server_refuses_is_kept_with_its_reason_and_the_next_one_goes(weak, line, arrived, status):
    problem = b'{"errors": {"words": ["Too long, says the server."]}}'
    line.failing((status, {"Content-Type": "application/problem+json"}, problem))
    weak.open()
    refused = weak.file("Refused.")
    wait_until(lambda: (held(weak, refused) or {}).get("state") == "needs", what="the refusal")
    line.rule = lambda method, path: (status, {}, problem) if refused in path else None
    weak.open()
    following = weak.file("Goes.")
    weak.page.wait_for_url(f"**/report/{following}/")
    assert arrived(following)[0] == 1
    weak.open("/outbox/")
    weak.wait_for("Too long, says the server.")
    assert held(weak, refused)["state"] == "needs"
