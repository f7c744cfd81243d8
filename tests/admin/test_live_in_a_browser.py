"""The list in a real browser: it keeps itself current under somebody's hands, and is worked by keyboard alone."""

import os

import pytest
from django.db import connections
from django.urls import reverse

from incidents.models import Incident
from tests import make
from tests.intake.test_in_a_browser import QUIET
from tests.services import chromium_path, need, wait_until
from tests.stack import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text()
CHECK = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  const faults = found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`);
  const {scrollWidth, clientWidth} = document.documentElement;
  return scrollWidth > clientWidth ? [...faults, `scrolls sideways: ${scrollWidth} px`] : faults;
}"""
# A window of a test is never hidden, and makes no sound that could be heard.
STAGE = """
  Object.defineProperty(document, "hidden", {get: () => Boolean(window.away)});
  window.leave = (away) => { window.away = away; document.dispatchEvent(new Event("visibilitychange")); };
  window.sounds = 0;
  window.AudioContext = class extends AudioContext { constructor() { super(); window.sounds += 1; } };
"""


@pytest.fixture
def page(live_server, as_ramiro, ramiro, marisol, departments, monkeypatch):
    """Ramiro's list, longer than his window, under a view of his; faults of the page are collected in `faults`."""
    need("Chromium")
    from playwright.sync_api import sync_playwright

    for _ in range(8):
        make.incident(marisol)
    make.view(ramiro, "Everything open", status="open")
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        context = browser.new_context(viewport={"width": 1280, "height": 440}, locale="en")
        session = as_ramiro.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        context.add_init_script(STAGE)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.goto(live_server.url + reverse("admin:incidents_incident_changelist") + "?status=open")
        page.locator("#live-state[data-state=live]").wait_for()
        yield page
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def is_true(page, script, what):
    wait_until(lambda: page.evaluate(script), what=what)


def walk(page):
    """Down and up, tick, the sheet of keys, and into the search box."""
    page.keyboard.press("j")
    page.keyboard.press("j")
    is_true(page, "document.activeElement.closest('.row') === rows.children[1]", "the focus in the second row")
    page.keyboard.press("Shift+J")
    page.locator("#bulk-count", has_text="2 chosen").wait_for()
    page.keyboard.press("Escape")
    is_true(page, "!document.querySelector('.row-tick :checked')", "nothing ticked")
    page.keyboard.press("ArrowUp")
    is_true(page, "rows.children[1].getAttribute('aria-current') === 'true'", "the second row chosen")
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jk a half a wo")


def test_incidents_come_by_themselves_and_the_hands_stay_on_the_keys(page, marisol):
    page.locator(".view-count", has_text="8").wait_for()
    walk(page)
    page.evaluate("scrollTo(0, 260)")
    critical = make.incident(marisol, categories=["killing"])
    page.locator("#pill-new", has_text="1 new").wait_for()
    left = page.evaluate("[searchbar.value, scrollY, document.activeElement.id, document.title.slice(0, 1)]")
    assert left == ["jk a half a wo", 260, "searchbar", "I"]

    page.evaluate("leave(true)")
    danger = make.incident(marisol, in_danger_now="on")
    page.evaluate("dispatchEvent(new Event('online'))")
    is_true(page, "document.title.startsWith('(1) ')", "the number in the title")
    page.evaluate("leave(false)")
    is_true(page, "document.title.startsWith('Incidents')", "the title as it was")

    page.click("#pill-new")
    is_true(page, f"document.activeElement.closest('.row')?.dataset.incident === '{critical.pk}'", "the new one chosen")
    assert page.evaluate("[...rows.children].slice(0, 2).map((row) => row.dataset.incident)") == [
        str(danger.pk),
        str(critical.pk),
    ]
    page.keyboard.press("a")
    page.locator(f"[data-incident='{critical.pk}'] .row-state", has_text="Acknowledged").wait_for()
    assert Incident.objects.get(pk=critical.pk).status == "acknowledged"

    for width, ground in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=ground)
        page.evaluate(AXE)
        assert page.evaluate(CHECK) == []
    assert (page.evaluate("sounds"), page.faults) == (0, [])
