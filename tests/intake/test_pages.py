"""What every page of the monitor's keeps to: light, neutral, in the reader's language, and gone when it is left."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from incidents.actions.enrol import invite
from tests import make
from tests.intake.conftest import FORM, send

FIRST_PAGE_BYTES = 14 * 1024


def weight(*contents):
    return sum(len(gzip.compress(content)) for content in contents)


def static(name):
    with open(finders.find(name), "rb") as file:
        return file.read()


@pytest.fixture
def addresses(phone, marisol):
    """Every page a monitor can be shown, by name."""
    _, unused = invite(marisol)
    return {
        "form": FORM,
        "receipt": send(phone)["Location"],
        "enrol": reverse("intake:enrol", args=[unused]),
        "gone": reverse("intake:enrol", args=["used"]),
        "exit": "/exit/",
    }


def test_the_first_page_is_light_on_2g(phone, bolivia, departments):
    for number in range(148):
        make.place(bolivia, f"p{number}", f"San Ignacio de Velasco {number}", department=departments["BO-L"])
    page = phone.get(FORM).content
    styles = [static(f"incidents/css/{name}.css") for name in ("tokens", "intake")]
    assert weight(page, *styles) <= FIRST_PAGE_BYTES


def test_the_form_asks_the_database_little(phone, bolivia, departments, django_assert_max_num_queries):
    for number in range(20):
        make.place(bolivia, f"p{number}", department=departments["BO-O"])
    with django_assert_max_num_queries(6):
        phone.get(FORM)


def test_no_page_stays_behind(phone, addresses):
    for name, address in addresses.items():
        assert "no-store" in phone.get(address)["Cache-Control"], name
    assert "no-store" in send(phone, victim_count="many")["Cache-Control"]


def test_no_page_loads_from_elsewhere_or_holds_code(phone, addresses):
    for name, address in addresses.items():
        page = phone.get(address).text
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), name
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", page), name


def test_no_title_or_address_says_what_it_is_about(phone, addresses):
    for name, address in addresses.items():
        title = re.search("<title>(.*?)</title>", phone.get(address).text, re.DOTALL)[1]
        assert "Notes" in title, name
        assert not re.search("police|threat|harass|incident|observer", title + address, re.IGNORECASE), name


@pytest.mark.parametrize("language", ["en", "es"])
def test_pages_say_their_language(phone, addresses, language):
    phone.cookies["django_language"] = language
    for name, address in addresses.items():
        # A link speaks the language of the monitor it was made for.
        assert name == "enrol" or f'<html lang="{language}" dir="ltr"' in phone.get(address).text, name


def test_the_language_can_be_chosen_without_scripts(client, db):
    client.post("/language/", {"language": "es", "next": "/"})
    assert '<html lang="es"' in client.get("/").text


def test_a_demonstration_says_so_on_every_page(phone, addresses, bolivia, settings):
    assert "Demonstration" not in phone.get(FORM).text
    bolivia.is_demonstration = settings.DEMO = True
    bolivia.save()
    for name, address in addresses.items():
        assert "Demonstration" in phone.get(address).text, name


def test_the_way_out_forgets(client, db):
    answer = client.get("/exit/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "report" not in answer.text


def test_the_gallery_is_offered_and_the_commonest_stand_first(phone):
    page = phone.get(FORM).text
    assert 'accept="image/*"' in page
    assert "capture=" not in page
    assert page.index('id="categories-arrest_detention"') < page.index("<details") < page.index('"categories-killing"')


@pytest.mark.parametrize("path", ["/nothing/", "/report/x/", "/e/", "/%00", "/%ff"])
def test_unknown_addresses_are_met_calmly(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_fault_of_ours_is_met_calmly(client, db, monkeypatch):
    monkeypatch.setattr("incidents.intake.views.page", lambda *args, **kwargs: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
