"""The first day at the desk in a real browser: set-up, recovery code, emergency page, the end of a session."""

import os
import re

import pytest
from django.db import connections
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from incidents.models import Mission, User
from tests import make
from tests.admin.test_signing_in import code_of
from tests.admin.test_sitting import aged
from tests.conftest import Browser
from tests.intake.test_accessibility import AXE
from tests.intake.test_in_a_browser import QUIET
from tests.services import chromium_path, need, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
DESK = {"width": 1280, "height": 900}
CHECK = """async () => {
  for (const part of document.querySelectorAll("details:not(.menu)")) part.open = true;
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  // A colour on its way from light to dark is neither.
  for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  const faults = found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`);
  const {scrollWidth, clientWidth} = document.documentElement;
  return scrollWidth > clientWidth ? [...faults, `scrolls sideways: ${scrollWidth} px`] : faults;
}"""
SCREENS = os.environ.get("OBSERVER_SCREENS", "")


class Visit:
    """A window at the desk; what its console complains of, the policy's refusals among it, is in `faults`."""

    def __init__(self, page, address):
        self.page, self.address, self.faults = page, address, []
        self.wire = page.context.new_cdp_session(page)
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)

    def look(self, name):
        """What axe says of the page, narrow and wide, light and dark; pictures for the eye where a folder is named."""
        for width, ground in ((360, "dark"), (1280, "light"), *(((360, "light"), (1280, "dark")) if SCREENS else ())):
            self.page.set_viewport_size({**DESK, "width": width})
            self.page.emulate_media(color_scheme=ground)
            if SCREENS:
                self.page.screenshot(path=f"{SCREENS}/{name}-{width}-{ground}.png", full_page=True)
            # Through the debugger: the page's own policy would keep a script of ours out.
            self.wire.send("Runtime.evaluate", {"expression": AXE})
            asked = {"expression": f"({CHECK})()", "awaitPromise": True, "returnByValue": True}
            found = self.wire.send("Runtime.evaluate", asked)["result"]["value"]
            self.faults += [f"{name} at {width}, {ground}: {fault}" for fault in found]

    def open(self, name):
        self.page.goto(self.address + reverse(f"admin:{name}"))

    def at(self, name):
        self.page.wait_for_url(re.compile(re.escape(reverse(f"admin:{name}")) + r"(\\?|$)"))

    def press(self, words):
        self.page.get_by_role("button", name=words, exact=True).click()

    def give_password(self):
        self.open("login")
        self.page.fill("[name=username]", "sofia")
        self.page.fill("[name=password]", make.PASSWORD)
        self.press("Log in")


@pytest.fixture
def visit(live_server, sofia, monkeypatch):
    need("Chromium")
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield Visit(
            browser.new_context(locale="en", viewport=DESK, reduced_motion="reduce").new_page(), live_server.url
        )
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def test_the_first_day_from_the_password_to_the_emergency_page_and_out(visit, bolivia):
    page = visit.page
    visit.open("login")
    visit.look("login")
    visit.give_password()
    visit.at("login_set_up")
    visit.look("set-up")
    page.fill("[name=code]", "000000")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("This code is not right").wait_for()
    TOTPDevice.objects.update(throttling_failure_count=0)
    page.fill("[name=code]", code_of(TOTPDevice.objects.get()))
    page.get_by_role("button", name="Go on").click()
    page.locator(".recovery code").nth(9).wait_for()
    visit.look("recovery-codes")
    recovery = page.locator(".recovery code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    visit.at("incidents_incident_changelist")
    page.click(".account summary")
    visit.press("Log out")
    visit.give_password()
    visit.at("login_code")
    visit.look("code")
    page.fill("[name=code]", recovery)
    visit.press("Sign in")
    visit.at("incidents_incident_changelist")

    visit.open("second_factor")
    assert page.locator(".facts dd").nth(1).inner_text() == "9"
    visit.look("second-factor")
    visit.open("emergency")
    visit.look("emergency")
    page.fill("#freeze-reason", "Somebody reads along")
    visit.press("Make read-only")
    page.locator(".frozen").wait_for()
    page.fill("#propose-reason", "Two phones were seized")
    page.fill("#propose-name", bolivia.slug)
    visit.press("Propose to revoke every phone")
    page.locator(".proposed").wait_for()
    visit.look("emergency-in-force")
    page.fill("#sign_out-reason", "x")
    page.fill("#sign_out-name", bolivia.slug)
    visit.press("Sign everyone out")
    visit.at("login")
    assert Mission.objects.get().is_read_only
    assert visit.faults == []


def test_a_session_about_to_end_is_said_to_and_can_be_kept(visit, sofia, live_server):
    client = Browser()
    client.force_login(User.objects.get(pk=sofia.pk))
    aged(client, seen=29)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    visit.page.context.add_cookies([session])
    visit.page.clock.install()
    visit.open("emergency")
    aged(client, seen=29)
    visit.page.clock.fast_forward(1_681_000)
    visit.page.get_by_text("You will be signed out in 1 min").wait_for()
    visit.look("ending")
    visit.press("Stay signed in")
    wait_until(
        lambda: visit.page.locator(".ending").is_hidden() or visit.page.wait_for_timeout(50), what="the calm after"
    )
    aged(client, seen=31)
    visit.page.clock.fast_forward(1_800_000)
    visit.page.get_by_text("You were signed out.").wait_for()
    visit.look("ended")
    assert visit.faults == []
