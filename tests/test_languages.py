"""Who is spoken to in which language: monitors in seven, of which two borrow from Spanish; the desk in two."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override, pgettext

from incidents.actions.enrol import invite
from incidents.models import Delivery
from incidents.notifications.messages import compose
from tests import make

BUTTON = re.compile(r'<button [^>]*name="language" value="(\w+)" lang="(\w+)"[^>]*>([^<]+)')
INCIDENTS = "/admin/incidents/incident/"


@pytest.mark.parametrize("language", ["qu", "ay"])
def test_what_quechua_and_aymara_lack_is_said_in_spanish(language):
    with override(language):
        assert gettext("What happened?") == "¿Qué pasó?"
        assert pgettext("status", "Referred") == "Derivado"
        assert gettext("Enter a whole number.") == "Introduzca un número entero."  # Django's own
        assert date_format(date(2020, 10, 18), "DATE_FORMAT") == "18 de octubre de 2020"
        said = [ngettext("%(count)s day ago", "%(count)s days ago", count) for count in (1, 2)]
    assert said == ["hace %(count)s día", "hace %(count)s días"]


def test_what_spanish_lacks_too_is_said_in_english():
    with override("qu"):
        assert gettext("Nobody translated this.") == "Nobody translated this."


def test_french_still_falls_back_to_english():
    with override("fr"):
        assert gettext("Observer desk") == "Observer desk"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Ouvrez le lien"),
        ("pt", "Abra o link"),
        ("ar", "الرابط"),
        ("qu", "Abra el enlace"),
        ("ay", "Abra el enlace"),
    ],
)
def test_a_monitors_page_speaks_every_language(client, db, language, said):
    page = client.get("/", headers={"Accept-Language": language})
    assert said in page.text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text


def test_the_switch_names_each_language_in_itself(client, db):
    names = {code: (lang, name) for code, lang, name in BUTTON.findall(client.get("/").text)}
    assert all(code == lang for code, (lang, _name) in names.items())
    assert {code: name for code, (_lang, name) in names.items()} == {
        "en": "English",
        "es": "Español",
        "fr": "Français",
        "pt": "Português",
        "ar": "العربيّة",
        "qu": "Runa simi",
        "ay": "Aymar aru",
    }


def test_the_missions_languages_stand_first_in_the_switch(client, bolivia, marisol):
    bolivia.languages = ["qu", "es"]
    bolivia.save()
    page = client.get(reverse("intake:enrol", args=[invite(marisol)[1]])).text
    assert [code for code, _lang, _name in BUTTON.findall(page)][:3] == ["qu", "es", "en"]


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("fr", "en"),
        ("ar", "en"),
        ("qu", "es"),
        ("es", "es"),
        ("pt, es;q=0.5", "es"),
        ("fr, de, es-BO", "es"),
        ("\x00", "en"),
    ],
)
def test_the_desk_speaks_english_or_spanish(as_ana, marisol, departments, wanted, spoken):
    make.incident(marisol)
    page = as_ana.get(INCIDENTS, headers={"Accept-Language": wanted})
    assert f'<html lang="{spoken}"' in page.text
    assert page["Content-Language"] == spoken
    assert ("Severity" in page.text) == (spoken == "en")


@pytest.mark.parametrize(("chosen", "spoken"), [("fr", "en"), ("ay", "es"), ("ar", "en")])
def test_a_language_chosen_on_the_monitors_side_does_not_spill_onto_the_desk(as_ana, chosen, spoken):
    as_ana.cookies["django_language"] = chosen
    for address in (INCIDENTS, "/admin/password_change/", "/admin/jsi18n/"):
        assert as_ana.get(address)["Content-Language"] == spoken
    assert (
        f'<html lang="{spoken}" dir="ltr"'
        in Client(headers={"Cookie": f"django_language={chosen}"}).get("/admin/login/").text
    )
    assert f'<html lang="{chosen}"' in as_ana.get("/").text


def test_the_desks_switch_offers_what_the_desk_speaks(as_ana):
    assert [code for code, _lang, _rest in BUTTON.findall(as_ana.get(INCIDENTS).text)] == ["en", "es"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "Category: Intimidation in elections"),
        ("qu", "Categoría: Intimidación electoral"),
        ("es", "Categoría: Intimidación electoral"),
    ],
)
def test_an_alert_is_never_half_translated(marisol, ramiro, departments, language, line):
    ramiro.language = language
    ramiro.save()
    make.incident(marisol)
    assert line in compose(Delivery.objects.get(recipient=ramiro)).text.splitlines()
