"""Requests as a web server hands them on, before Django has looked at them."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from incidents.models import Pull, Release, outflow
from observer.wsgi import application
from tests.api.cast import CSV, GEOJSON, released


@pytest.fixture(autouse=True)
def one_connection():
    """A request closes what an earlier one left open; here that would be the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def answered(path, **environ):
    seen = []
    request = {**RequestFactory().get(path).environ, **environ}
    body = b"".join(application(request, lambda status, headers: seen.append(status)))
    return int(seen[0].split()[0]), body


CONTENT_TYPES = [
    "",
    "application/json; charset=utf-8",
    "a/b; x*=foo''bar",
    "a/b; charset=hex",
    "a/b; charset=idna",
    "a/b; charset=utf-16",
    "a/b; charset=undefined",
    "multipart/form-data; boundary",
    ";;;=",
    "\xff" * 1_000,
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_no_content_type_is_a_fault_of_ours(tariq, content_type):
    key = {"HTTP_X_API_KEY": tariq.secret}
    assert answered("/api/v1/incidents?limit=5", CONTENT_TYPE=content_type, **key)[0] == 200
    assert answered("/api/v1/incidents?%ff=1", CONTENT_TYPE=content_type, **key)[0] == 400
    assert answered("/healthz", CONTENT_TYPE=content_type)[0] == 200


@pytest.mark.parametrize("address", [CSV, GEOJSON])
def test_whoever_goes_away_in_the_middle_holds_nothing_up(tariq, marisol, ana, monkeypatch, address):
    for name in ("PIECE", "ROWS_AT_ONCE"):
        monkeypatch.setattr(outflow, name, 1)
    for _ in range(3):
        released(marisol, ana)
    request = {**RequestFactory().get(address).environ, "HTTP_X_API_KEY": tariq.secret}
    answer = application(request, lambda status, headers: None)
    pieces = iter(answer)
    taken = next(pieces) + next(pieces)
    answer.close()
    assert Pull.objects.get().bytes == len(taken)
    assert Release.objects.count() == 3
