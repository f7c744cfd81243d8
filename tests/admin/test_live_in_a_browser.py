"""The list in a real browser: it keeps itself current under somebody's hands, and is worked by keyboard alone."""

import pytest
from django.urls import reverse

from incidents.models import Incident
from tests import make
from tests.admin.window import chromium, judge, opened
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
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
    for _ in range(8):
        make.incident(marisol)
    make.view(ramiro, "Everything open", status="open")
    with chromium(monkeypatch) as browser:
        page = opened(browser, live_server, as_ramiro, script=STAGE, viewport={"width": 1280, "height": 440})
        page.goto(live_server.url + reverse("admin:incidents_incident_changelist") + "?status=open")
        page.locator("#live-state[data-state=live]").wait_for()
        yield page


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
        assert judge(page) == []
    assert (page.evaluate("sounds"), page.faults) == (0, [])
