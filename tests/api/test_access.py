"""Who gets in, and that nothing comes out but releases."""

import base64
import hashlib
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import ApiKey, Release
from incidents.roles import Action, Role, may
from tests import make
from tests.api.cast import CSV, EXPORTS, ITEMS, ROOT, bearer, body, partner, public_id, release_of, released

EVERYWHERE = (ROOT, *EXPORTS)
ALLOWED_TABLES = {"incidents_release", "incidents_apikey", "incidents_pull", "incidents_mission"}
PLANTED = "zanahoria"


def basic(text):
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize("address", EVERYWHERE)
def test_without_a_key_nothing_is_told(client, db, address):
    answer = client.get(address)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic ")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


@pytest.mark.parametrize("address", EVERYWHERE)
@pytest.mark.parametrize("ended", [{"revoked_at": -1}, {"expires_at": -1}])
def test_a_revoked_or_expired_key_opens_nothing(as_tariq, address, ended):
    assert as_tariq.get(address).status_code == 200
    ApiKey.objects.update(**{name: timezone.now() + timedelta(seconds=step) for name, step in ended.items()})
    assert as_tariq.get(address).status_code == 401


def test_the_key_is_taken_from_any_of_the_headers_clients_send(client, tariq):
    key = tariq.secret
    ways = [bearer(key), {"X-Api-Key": key}, basic(f"tariq:{key}"), basic(f"{key}:"), basic(key)]
    assert [client.get(ITEMS, headers=way).status_code for way in ways] == [200] * 5


@pytest.mark.parametrize("name", ["key", "api_key", "token", "access_token"])
def test_a_key_in_the_address_opens_nothing_and_is_refused(client, as_tariq, tariq, name):
    assert client.get(f"{ITEMS}?{name}={tariq.secret}").status_code == 401
    assert as_tariq.get(f"{ITEMS}?{name}={tariq.secret}").status_code == 400


def test_a_key_sees_its_own_mission_only(as_tariq, marisol, ana):
    incident = released(marisol, ana)
    _, secret = partner("elsewhere", make.mission("peru-2021"))
    stranger = Client(headers=bearer(secret))
    assert public_id(incident) in body(as_tariq.get(ITEMS))
    for address in EXPORTS:
        assert public_id(incident) not in body(stranger.get(address))
    assert stranger.get(f"{ITEMS}?updated_since=2000-01-01").json()["items"] == []


def test_a_key_for_the_public_sees_what_the_public_may(bolivia, tariq, marisol, ana):
    partners_only = released(marisol, ana)
    public = released(marisol, ana, consent="public")
    key, secret = ApiKey.issue(holder=tariq, mission=bolivia, is_granted=True)
    ApiKey.objects.filter(pk=key.pk).update(audience="public")
    items = Client(headers=bearer(secret)).get(ITEMS).json()["items"]
    assert [item["id"] for item in items] == [str(Release.objects.get(incident=public, audience="public").public_id)]
    assert release_of(partners_only)


@pytest.mark.parametrize("role", Role.values)
def test_being_signed_in_is_no_key(db, bolivia, role):
    client = Client()
    client.force_login(make.person("somebody", role, bolivia))
    assert client.get(ITEMS).status_code == 401
    assert may(role, Action.PULL_RELEASES) == (role == Role.PARTNER)


def test_the_api_reads_release_rows_and_nothing_else(client, as_tariq, marisol, ana):
    released(marisol, ana)
    asked = [
        *EVERYWHERE,
        f"{ITEMS}?limit=1&updated_since=2000-01-01&department=BO-L",
        f"{CSV}?severity=major",
        "/api/x",
    ]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        for address in asked:
            for who in (client, as_tariq):
                for method in (who.get, who.head, who.options, who.post):
                    body(method(address))
    read = {name for query in seen for name in re.findall(r'"((?:incidents|auth|django)_\w+)"', query["sql"])}
    # Index names don't occur in queries, so whatever begins so is a table.
    assert read == ALLOWED_TABLES


def test_no_export_holds_words_people_or_exact_places(as_tariq, marisol, ana, tariq):
    released(
        marisol,
        ana,
        words=f"I am {PLANTED} and saw it.",
        perpetrator_detail=f"plate {PLANTED}",
        latitude="-16.512345",
        longitude="-68.154321",
        accuracy_m="37",
    )
    incident = released(marisol, ana, words=PLANTED).pk
    report = make.report(marisol, words=PLANTED, consent="internal")
    secrets = [PLANTED, marisol.code, "M-", ana.code, "16.5123", "68.1543", str(incident), str(report.pk)]
    secrets += [report.reference, str(report.incident_id), tariq.secret]
    for address in (*EVERYWHERE, f"{ITEMS}?updated_since=2000-01-01"):
        answer = as_tariq.get(address)
        told = body(answer) + json.dumps(dict(answer.headers))
        assert [secret for secret in secrets if secret in told] == []


GARBAGE = {
    "basic, not base64": "Basic !!!!",
    "basic, cut short": "Basic QQ",
    "basic, no bytes": "Basic ",
    "basic, NUL": "Basic " + base64.b64encode(b"\0:\0").decode(),
    "basic, not UTF-8": "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
    "basic, 100 kB": "Basic " + "QUFB" * 25_000,
    "bearer, NUL": "Bearer a\0b",
    "bearer, not ASCII": "Bearer ñandú",
    "bearer, beyond latin-1": "Bearer \u4e2d\u6587",
    "bearer, surrogate": "Bearer \udc80",
    "bearer, 100 kB": "Bearer " + "x" * 100_000,
    "bearer, nothing": "Bearer",
    "unknown scheme": "Negotiate abc",
    "spaces": "   ",
    "quote": "Bearer ' OR 1=1 --",
}


@pytest.mark.parametrize("header", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_in_the_header_is_answered_with_401(client, db, header):
    assert client.get(ITEMS, headers={"Authorization": header}).status_code == 401
    assert client.get(ITEMS, headers={"X-Api-Key": header}).status_code == 401


@pytest.mark.parametrize("address", EVERYWHERE)
def test_a_wrong_key_is_told_as_one_whatever_else_is_wrong(client, db, address):
    for headers in ({"Accept": "image/png"}, {"If-None-Match": "*"}):
        assert client.get(f"{address}?nonsense=1", headers={**bearer("nope"), **headers}).status_code == 401


def test_a_key_is_kept_as_a_hash_and_its_first_letters(tariq):
    (row,) = ApiKey.objects.values()
    assert tariq.secret not in str(row)
    assert (row["prefix"], row["key_hash"]) == (tariq.secret[:8], hashlib.sha256(tariq.secret.encode()).hexdigest())


def test_the_use_of_a_key_is_noted_at_most_once_a_minute(as_tariq):
    as_tariq.get(ITEMS)
    first = ApiKey.objects.get().last_used_at
    as_tariq.get(ITEMS)
    assert first is not None
    assert ApiKey.objects.get().last_used_at == first
