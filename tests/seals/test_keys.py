"""Keys are made once, kept privately, and older ones still open."""

import stat
import threading
from pathlib import Path

import pyrage
import pytest

from incidents.seals.envelope import CanNotBeOpened, unseal
from incidents.seals.keys import intake_identities, intake_recipient, receipt_key
from tests import make

pytestmark = pytest.mark.django_db


def sealed_to(recipient, content=b"word"):
    return pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)])


def test_a_missions_key_is_made_once(bolivia):
    assert intake_recipient(bolivia) == intake_recipient(bolivia)


def test_many_at_once_agree_on_one_key(bolivia):
    found = []
    threads = [threading.Thread(target=lambda: found.append(intake_recipient(bolivia))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found))) == (16, 1)


def test_keys_are_readable_by_their_owner_only(bolivia, settings):
    intake_recipient(bolivia)
    receipt_key()
    files = list(Path(settings.KEYS_DIR).iterdir())
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]
    assert stat.S_IMODE(Path(settings.KEYS_DIR).stat().st_mode) == 0o700


def test_each_mission_has_a_key_of_its_own(bolivia):
    other = make.mission("elsewhere-2021")
    assert intake_recipient(bolivia) != intake_recipient(other)
    with pytest.raises(CanNotBeOpened):
        unseal(sealed_to(intake_recipient(bolivia)), [other])


def test_a_newer_key_is_sealed_to_and_the_older_still_opens(bolivia, settings):
    before = sealed_to(intake_recipient(bolivia))
    newer = pyrage.x25519.Identity.generate()
    with (Path(settings.KEYS_DIR) / f"intake-{bolivia.pk}.age").open("a") as file:
        file.write(f"# since today\n{newer}\n")
    assert intake_recipient(bolivia) == str(newer.to_public())
    assert unseal(before, [bolivia]) == b"word"
    assert len(intake_identities(bolivia)) == 2
