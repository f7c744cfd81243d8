"""A mission is set up in a real browser: a sheet pasted, checked, taken over; cards made and printed on A4."""

import os
import re

import pytest
from django.db import connections
from django.urls import reverse

from incidents.models import User
from incidents.roles import Role
from tests.intake.test_accessibility import AXE
from tests.intake.test_in_a_browser import QUIET
from tests.services import chromium_path, need, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
CHECK = """async () => {
  for (const part of document.querySelectorAll("details:not(.menu)")) part.open = true; // what is folded is judged too
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  // A colour on its way from light to dark is neither.
  for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  const faults = found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`);
  const {scrollWidth, clientWidth} = document.documentElement;
  return scrollWidth > clientWidth ? [...faults, `scrolls sideways: ${scrollWidth} px`] : faults;
}"""
SIDEWAYS = "(() => { const one = document.querySelector('.results'); return one.scrollWidth - one.clientWidth; })()"
SHEET = "código\tidioma\tdepartamentos\n" + "\n".join(f"M-{n}\t{'ar' if n % 2 else 'es'}\tLa Paz" for n in range(9))


@pytest.fixture
def desk(live_server, as_sofia, bolivia, departments, monkeypatch, settings):
    need("Chromium")
    from playwright.sync_api import sync_playwright

    settings.SITE_URL = live_server.url
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    session = {"name": "sessionid", "value": as_sofia.cookies["sessionid"].value, "url": live_server.url}
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en", bypass_csp=False)
        context.add_cookies([session])
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.look = lambda: (page.evaluate(AXE), page.evaluate(CHECK))[1]
        page.people = live_server.url + reverse("admin:incidents_user_changelist")
        page.at = lambda name: f"{live_server.url}{reverse(f'admin:incidents_mission_{name}', args=[bolivia.pk])}"
        yield page
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def test_from_a_sheet_to_printed_cards(desk, bolivia):
    seen = {}
    desk.goto(desk.at("ready"))
    seen["ready"] = desk.look()
    desk.locator("#monitors a", has_text="Import from a sheet").click()
    desk.fill("textarea", SHEET)
    desk.click("button[name=check]")
    desk.wait_for_selector("text=Nothing is stored yet")
    seen["checked"] = desk.look()
    desk.click("button[name=do]")
    wait_until(lambda: User.objects.filter(role=Role.MONITOR).count() == 9, what="the sheet being taken over")
    desk.click("text=Print their enrolment cards")
    desk.wait_for_selector("text=Make the cards")
    seen["cards"] = desk.look()
    desk.click("text=Make the cards")
    desk.wait_for_selector(".card")
    seen["sheet"] = desk.look()
    assert desk.locator(".card svg.qr").count() == 9
    pages = re.findall(rb"/Type\s*/Page\b", desk.pdf(prefer_css_page_size=True))
    desk.set_viewport_size({"width": 360, "height": 800})
    desk.goto(desk.people)
    seen["people"] = desk.look()
    assert desk.evaluate(SIDEWAYS) == 0
    desk.goto(desk.at("change") + "#fieldset-0-6-heading")
    assert desk.locator("#fieldset-0-6-heading").evaluate("heading => heading.closest('details').open")
    assert (len(pages), seen, desk.faults) == (2, {name: [] for name in seen}, [])
