"""Rows from before copies said what they are: told what they have, and looked at again where that helps."""

from importlib import import_module

import pytest
from django.apps import apps

from incidents.actions.attach import attach
from incidents.evidence import storage
from incidents.models import Evidence
from tests import make


@pytest.mark.parametrize(
    ("media_type", "preview", "afterwards"),
    [
        ("image/jpeg", "ready", ("ready", "image/jpeg", "done")),
        ("image/heic", "none", ("waiting", "", "pending")),
        ("image/jpeg", "none", ("none", "", "done")),
    ],
)
def test_a_row_from_before_is_described(marisol, media_type, preview, afterwards):
    row = attach(make.report(marisol), storage.keep([make.photo()]))
    Evidence.objects.update(media_type=media_type, preview=preview, state="done", attempts=3)
    import_module("incidents.migrations.0004_working_copies").describe_what_there_is(apps, None)
    row.refresh_from_db()
    assert (row.preview, row.preview_type, row.state) == afterwards
    assert Evidence.objects.due().exists() is (row.state == "pending")
