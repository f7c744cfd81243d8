"""Every word a person reads: complete in Spanish, compiled as it stands, and nothing left unmarked by a change."""

import re
import shutil
import subprocess
import sys

import polib
import pytest
from django.utils.translation import override

from incidents.taxonomy import Category
from tests.services import need
from tests.stack import ROOT

CATALOGUE = ROOT / "incidents" / "locale" / "es" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w+\}")


@pytest.fixture(scope="module")
def spanish():
    return polib.pofile(str(CATALOGUE))


def test_every_word_has_its_spanish(spanish):
    assert [entry.msgid for entry in spanish if not entry.translated() or entry.fuzzy] == []


def test_translations_keep_their_placeholders(spanish):
    wrong = [
        entry.msgid
        for entry in spanish
        for text in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_the_one_that_can_be_read(spanish):
    compiled = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.mofile(str(CATALOGUE.with_suffix(".mo")))}
    assert compiled == {(entry.msgctxt, entry.msgid): entry.msgstr for entry in spanish}


def test_the_catalogue_holds_every_marked_word(tmp_path, spanish):
    need("gettext")
    for name in ("incidents", "observer", "templates", "manage.py"):
        source = ROOT / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "es", "--no-location", "--no-obsolete"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    fresh = polib.pofile(str(tmp_path / CATALOGUE.relative_to(ROOT)))
    assert {(entry.msgctxt, entry.msgid) for entry in fresh} == {(entry.msgctxt, entry.msgid) for entry in spanish}


def test_labels_follow_the_readers_language():
    with override("es"):
        assert Category.ARREST_DETENTION.label == "Arresto o detención"
