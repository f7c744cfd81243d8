"""The map in a real browser: what stands at one point is counted there, opened as a list, and reached by keyboard."""

import os

import pytest
from django.db import connections
from django.urls import reverse

from tests import make
from tests.intake.test_in_a_browser import QUIET
from tests.services import chromium_path, need, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere(marisol):
    return make.incident(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))


@pytest.fixture
def together(marisol, elsewhere):
    return [
        make.incident(marisol, categories=[one], timing="happened") for one in ("harassment", "killing", "harassment")
    ]


@pytest.fixture
def desk(live_server, as_ramiro, monkeypatch):
    """Opens Ramiro's list in a window of the size asked for; faults of the page are collected in `faults`."""
    need("Chromium")
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    session = {"name": "sessionid", "value": as_ramiro.cookies["sessionid"].value, "url": live_server.url}

    def open_list(width, height):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en")
        context.add_cookies([session])
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.goto(live_server.url + reverse("admin:incidents_incident_changelist"))
        return page

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield open_list
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def test_incidents_at_one_point_open_as_a_list(desk, together):
    page = desk(1280, 900)
    count = page.locator("#incident-map .several")
    count.hover()
    wait_until(lambda: page.locator(".row.is-lit").count() == 3, what="the three rows")
    count.click()
    assert count.inner_text() == "3"
    links = page.locator(".card-list a")
    assert {link.get_attribute("href") for link in links.all()} == {f"{one.pk}/change/" for one in together}
    assert links.first.get_attribute("href") == f"{together[1].pk}/change/"  # the gravest
    assert page.faults == []


def test_the_list_opens_and_closes_by_keyboard(desk, together):
    page = desk(1280, 900)
    page.locator("#incident-map .several").focus()
    page.keyboard.press("Enter")
    page.locator(".card-list a").first.wait_for()
    wait_until(lambda: page.evaluate("document.activeElement.matches('.card-list a')"), what="the focus in the list")
    page.keyboard.press("Escape")
    wait_until(lambda: page.evaluate("document.activeElement.matches('.several')"), what="the focus back on the mark")


def test_the_map_fits_again_when_its_size_changes(desk, together):
    page = desk(1280, 900)
    page.locator("#incident-map .several").wait_for()
    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_timeout(300)
    box, mark = (page.locator(one).bounding_box() for one in ("#incident-map", "#incident-map .several"))
    assert box["x"] < mark["x"] < box["x"] + box["width"] / 2
    assert box["y"] < mark["y"] < box["y"] + box["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
