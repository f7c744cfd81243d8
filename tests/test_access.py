"""Who gets what from which address: every route of the product × every role, read from `access_table.txt`.

Complete by construction: the routes come from the resolver, and one without a line in the table fails, as does a
line without a route. The answers are to GET; `POST` lines stand for the routes that take one.
"""

from copy import copy, deepcopy
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import URLResolver, get_resolver

from incidents.models import severity_rule
from tests.world import populate

ROLES = (
    "stranger",
    "monitor",
    "other_monitor",
    "coordinator",
    "elsewhere",
    "linked",
    "admin",
    "other_admin",
    "partner",
)
TABLE = Path(__file__).with_name("access_table.txt")


def routes(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, here)
        else:
            yield here


def table():
    """{(method, route): {role: status}}"""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {
        (method, "" if route == "(root)" else route): dict(zip(ROLES, statuses, strict=True))
        for method, route, *statuses in lines
    }


def address(route, ids):
    """A real address of the route: of the things in `world`."""
    found = route.replace("^(?P<app_label>incidents)/$", "incidents/").replace("(?P<url>.*)$", "nothing/here")
    found = found.replace("^[\\s\\S]*$", "nothing/here")
    for placeholder in (placeholder for placeholder in ids if placeholder.startswith("<")):
        found = found.replace(placeholder, str(ids[placeholder]))
    for model in ids:
        if f"/{model}/" in found:
            found = found.replace("<path:object_id>", str(ids[model])).replace("<id>", str(ids[model]))
    assert "<" not in found, route
    return "/" + found


def test_every_route_has_its_line_and_every_line_its_route():
    assert {route for method, route in table() if method == "GET"} == set(routes())


@pytest.mark.django_db
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("method", sorted({method for method, _route in table()}))
def test_each_role_gets_what_the_table_says(settings, tmp_path, method):
    """The world is made once, for it is costly; what a request changes in it is rolled back."""
    settings.TILES_DIR = tmp_path / "tiles"
    clients, ids = populate()
    expected = {route: statuses for (of, route), statuses in table().items() if of == method}
    got = {route: answers(clients, method, address(route, ids)) for route in expected}
    assert {route: got[route] for route in got if got[route] != expected[route]} == {}


@transaction.atomic
def answers(clients, method, there):
    got = {role: str(as_new(clients[role]).generic(method, there).status_code) for role in ROLES}
    severity_rule._kept.cache_clear()  # ids that are rolled back come again
    transaction.set_rollback(True)
    return got


def as_new(client):
    """With the same cookies, whatever becomes of them."""
    again = copy(client)
    again.cookies = deepcopy(client.cookies)
    return again
