"""Every word a person reads: the desk's in Spanish, the monitors' in all their languages, compiled as they stand.

Nothing is left unmarked by a change; Quechua and Aymara wait for native speakers and borrow until then.
"""

import re
import shutil
import subprocess
import sys

import polib
import pytest
from django.conf import settings
from django.utils.translation import ngettext, override

from incidents.languages import BORROWS, DESK
from incidents.management.commands.makemessages import MONITORS, is_monitors
from incidents.taxonomy import Category
from tests.services import need
from tests.stack import ROOT

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
SPOKEN = [code for code in LANGUAGES if code not in BORROWS]
MONITORS_ONLY = [code for code in LANGUAGES if code not in DESK]
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w+\}")


def catalogue(language):
    return ROOT / "incidents" / "locale" / language / "LC_MESSAGES" / "django.po"


def entries(language):
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(catalogue(language)))}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """What `make messages` would write now, by language, with the files in which each word occurs."""
    need("gettext")
    copy = tmp_path_factory.mktemp("marked")
    for name in ("incidents", "observer", "templates", "manage.py"):
        source = ROOT / name
        shutil.copytree(source, copy / name) if source.is_dir() else shutil.copy(source, copy)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--no-obsolete"], cwd=copy, check=True, capture_output=True
    )
    return {
        code: {
            (entry.msgctxt, entry.msgid): {file for file, _line in entry.occurrences}
            for entry in polib.pofile(str(copy / catalogue(code).relative_to(ROOT)))
        }
        for code in LANGUAGES
    }


@pytest.mark.parametrize("language", SPOKEN)
def test_every_word_is_translated(language):
    assert [key for key, entry in entries(language).items() if not entry.translated() or entry.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders(language):
    wrong = [
        entry.msgid
        for entry in entries(language).values()
        for text in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if text and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_one_that_can_be_read(language):
    def said(entries):
        return {(entry.msgctxt, entry.msgid, entry.msgstr, *entry.msgstr_plural.values()) for entry in entries}

    path = catalogue(language)
    readable = polib.pofile(str(path)).translated_entries()
    assert said(polib.mofile(str(path.with_suffix(".mo")))) == said(readable)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_every_marked_word(fresh, language):
    assert set(entries(language)) == set(fresh[language])


@pytest.mark.parametrize("language", MONITORS_ONLY)
def test_a_monitors_catalogue_holds_what_a_monitor_can_read_and_no_more(fresh, language):
    readable = {key for key, files in fresh["es"].items() if any(map(is_monitors, files))}
    assert set(entries(language)) == readable


def test_every_place_of_the_monitors_words_is_there():
    assert [place for place in MONITORS if not (ROOT / place).exists()] == []


def test_every_page_a_monitors_view_can_show_is_among_them():
    shown = {
        name
        for file in [*(ROOT / "incidents" / "intake").rglob("*.py"), *(ROOT / "templates" / "intake").rglob("*.html")]
        for name in re.findall(r'"([\w/]+\.html)"', file.read_text())
    }
    assert {"base.html", "plain.html", "403_csrf.html", "intake/report.html"} <= shown
    assert [name for name in shown if not is_monitors(f"templates/{name}")] == []


def test_arabic_has_its_six_plurals():
    with override("ar"):
        one, many = "%(files)s file received with this report.", "%(files)s files received with this report."
        said = {ngettext(one, many, count) for count in (0, 1, 2, 3, 11, 100)}
    assert len(said) == 6


def test_labels_follow_the_readers_language():
    with override("es"):
        assert Category.ARREST_DETENTION.label == "Arresto o detención"
    with override("ar"):
        assert Category.ENFORCED_DISAPPEARANCE.label == "اختفاء قسري"
