"""The demonstration's folder: nobody else's to read."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from incidents.management import demonstration, demonstration_desk
from incidents.management.commands import demo
from incidents.models import CheckIn, Escalation, OnCall
from observer import env


def mode(folder):
    return folder.stat().st_mode & 0o777


def test_a_data_folder_that_the_demonstration_makes_is_private(settings, tmp_path, monkeypatch):
    settings.DEMO, settings.DATA_DIR = True, tmp_path / "data"
    monkeypatch.setattr(demo, "call_command", lambda *_, **__: (_ for _ in ()).throw(InterruptedError))
    with pytest.raises(InterruptedError):
        call_command("demo", port=0)
    assert mode(tmp_path / "data") == 0o700


def test_a_data_folder_that_is_made_for_the_secret_is_private(tmp_path):
    assert env.kept_secret(tmp_path / "data" / "secret_key")
    assert mode(tmp_path / "data") == 0o700


def test_its_desk_has_something_in_hand_that_makes_no_work_by_itself(bolivia, departments):
    demonstration_desk.furnish(bolivia, demonstration.people(bolivia))
    soon = timezone.now() + timedelta(hours=6)
    assert OnCall.objects.now(bolivia, timezone.now()).count() == 2
    assert CheckIn.objects.running().filter(next_try_at__gt=soon).count() == 2
    assert not Escalation.objects.unanswered().exists()
