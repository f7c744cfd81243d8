"""The export can't hold what a partner must not see: the database itself refuses every table but those of the export.

By the database's own permissions, so that a way around Django's cursor (COPY) is seen too. The routes come from the
resolver: a new one is asked without being named here.
"""

import contextlib
import sqlite3
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import get_resolver

from incidents.models import ApiKey, Mission, Report, SavedExport
from tests import make
from tests.api.cast import bearer, public_id, released
from tests.test_access import routes

DOORS = {"incidents.api.urls": "api/", "incidents.api.ogc.urls": "", "incidents.api.public.urls": "p/"}
READ = {"release", "apikey", "pull", "savedexport", "mission", "boundary"}
WRITTEN = {"apikey", "pull"}
ASKED = ("", "?limit=1&updated_since=2000-01-01", "?department=BO-L&severity=major", "?bbox=-70,-23,-57,-9")


@contextlib.contextmanager
def only_the_export():
    """Until it ends, this connection may read and write the tables of the export alone."""
    with transaction.atomic():
        yield from _by_role() if connection.vendor == "postgresql" else _by_authorizer()


def _by_role():
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE export")
        for tables, rights in ((READ, "SELECT"), (WRITTEN, "INSERT, UPDATE")):
            cursor.execute(f"GRANT {rights} ON {', '.join(f'incidents_{name}' for name in sorted(tables))} TO export")
        for name in sorted(WRITTEN):
            cursor.execute(f"GRANT USAGE ON SEQUENCE incidents_{name}_id_seq TO export")
        cursor.execute("SET LOCAL ROLE export")
        yield
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY export")
        cursor.execute("DROP ROLE export")


def _by_authorizer():
    by_action = {sqlite3.SQLITE_READ: READ, **dict.fromkeys((sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE), WRITTEN)}

    def may(action, table, *_rest):
        of_ours = str(table).startswith(("incidents_", "auth_", "django_"))
        refused = of_ours and action in by_action and table.removeprefix("incidents_") not in by_action[action]
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    connection.connection.set_authorizer(may)
    try:
        yield
    finally:
        connection.connection.set_authorizer(None)


@pytest.fixture
def everything(marisol, ana, bolivia, tariq):
    """Whatever an address may name, and a key that may ask for all of it at once."""
    ApiKey.objects.update(per_minute=30_000)
    Mission.objects.update(has_public_page=True)
    SavedExport.objects.create(mission=bolivia, slug="everything", query="")
    return public_id(released(marisol, ana, consent="public"))


def addresses(bolivia, one):
    named = {"v1/saved/<slug:slug>": "v1/saved/everything", "<path:feature>": one, "^[\\s\\S]*$": "nowhere"}
    for module, prefix in DOORS.items():
        for route in routes(get_resolver(module), prefix):
            for placeholder, value in named.items():
                route = route.replace(placeholder, value)
            for collection in ("incidents", "boundaries"):
                yield "/" + route.replace("<slug:collection>", collection).replace("<slug:slug>", bolivia.slug)


def test_every_route_is_answered_out_of_the_tables_of_the_export(everything, bolivia, tariq):
    keyed = Client(headers=bearer(tariq.secret))
    seen = set()
    with only_the_export():
        for address, asked, who in product(addresses(bolivia, everything), ASKED, (keyed, Client())):
            for ask in (who.get, who.head, who.options, who.post):
                answer = ask(address + asked)
                b"".join(answer)  # what is streamed is read too
                seen.add((address, answer.status_code))
    assert {status for _address, status in seen if status >= 500} == set()
    answered = {address for address, status in seen if status == 200}
    assert {address for address, _status in seen} - answered == {"/api/nowhere", "/ogc/nowhere"}


@pytest.mark.parametrize("read", [Report.objects.first, make.mission])
def test_the_database_would_refuse_another_table(db, read):
    with pytest.raises(DatabaseError), only_the_export():
        read()
