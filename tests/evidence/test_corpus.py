"""Every file of the corpus on its whole way: kept as it came, looked at in bounds, shown without its secret."""

import hashlib
import time

import pytest
from django.urls import reverse

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import storage
from incidents.models.work import LEASE
from tests import make
from tests.evidence.corpus import SAMPLES, betrays, names
from tests.services import need


@pytest.fixture
def report(marisol):
    return make.report(marisol)


def sample(name):
    found = SAMPLES[name]
    if found.needs:
        need(found.needs)
    return found


def prepared(report, content):
    row = attach(report, storage.keep([content]))
    assert prepare(row.pk)
    row.refresh_from_db()
    return row


def served(client, row):
    """Whatever the desk shows of it inline."""
    answers = [
        client.get(reverse(f"admin:incidents_evidence_{what}", args=[row.pk])) for what in ("preview", "thumbnail")
    ]
    return [(answer["Content-Type"], answer.getvalue()) for answer in answers if answer.status_code == 200]


@pytest.mark.parametrize("name", names())
def test_a_file_is_kept_as_it_came_and_shown_without_its_secret(name, report, as_ramiro):
    file = sample(name)
    content = file.content()
    assert betrays(content) or not file.plants
    begun = time.monotonic()
    row = prepared(report, content)
    assert time.monotonic() - begun < LEASE.total_seconds()
    assert row.state == "done"
    assert hashlib.sha256(storage.path_of(storage.ORIGINALS, row.sha256).read_bytes()).hexdigest() == row.sha256
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert row.media_type == file.media_type
    copies = served(as_ramiro, row)
    assert [betrays(copy) for _, copy in copies if betrays(copy)] == []
    assert row.preview == file.preview or not file.preview
    assert not file.shown_as or copies[0][0] == file.shown_as
    assert bool(copies) == (row.preview == "ready")


def test_the_corpus_is_large_enough_to_mean_something():
    assert len(names()) >= 60
    assert sum(SAMPLES[name].plants for name in names()) >= 40
