"""A coordinator at one incident, by keyboard in a real browser: nothing typed is lost, nothing is seen unasked."""

import os

import pytest
from django.db import connections
from django.urls import reverse

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.actions.review import summarise
from incidents.evidence import storage
from incidents.models import Checkout, Exposure
from tests import make
from tests.intake.test_accessibility import AXE
from tests.intake.test_in_a_browser import QUIET
from tests.services import chromium_path, need, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
JUDGE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  const faults = found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`);
  const {scrollWidth, clientWidth} = document.documentElement;
  return scrollWidth > clientWidth ? [...faults, `scrolls sideways: ${scrollWidth} px`] : faults;
}"""
NOTE = "Two neighbours saw it."


@pytest.fixture
def incident(marisol, departments, ana, ramiro):
    report = make.report(marisol, words="لا أحد يخرج. " + "Überlänge" * 30)
    assert prepare(attach(report, storage.keep([make.photo()])).pk)
    return report.incident


@pytest.fixture
def page(live_server, as_ramiro, incident, monkeypatch):
    """Ramiro's page of the incident, opened from a list; faults of scripts and of the policy are in `faults`."""
    need("Chromium")
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    session = {"name": "sessionid", "value": as_ramiro.cookies["sessionid"].value, "url": live_server.url}
    there = reverse("admin:incidents_incident_change", args=[incident.pk]) + "?list=status%3Dall"
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        context = browser.new_context(locale="en", viewport={"width": 1280, "height": 900})
        context.add_cookies([session])
        opened = context.new_page()
        opened.faults = []
        opened.on("pageerror", lambda fault: opened.faults.append(str(fault)))
        opened.on("console", lambda said: opened.faults.append(said.text) if said.type == "error" else None)
        opened.goto(live_server.url + there)
        yield opened
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def judge(page):
    page.evaluate(AXE)
    return page.evaluate(JUDGE)


def press(page, key, *, leads_on=False):
    if not leads_on:
        return page.keyboard.press(key)
    with page.expect_navigation():
        return page.keyboard.press(key)


def test_an_hour_at_one_incident(page, incident, ana, ramiro):
    def stored():
        incident.refresh_from_db()
        return incident.status, incident.verification

    assert judge(page) == []
    there = page.url

    # Acknowledged, verified and taken back, without a mouse.
    press(page, "a", leads_on=True)
    assert stored() == ("acknowledged", "unverified")
    press(page, "v")
    wait_until(lambda: page.evaluate("document.activeElement.id") == "verify-level", what="the form of verification")
    page.select_option("#verify-level", "likely")
    page.fill("#verify-reason", "av")  # letters that are keys elsewhere
    with page.expect_navigation():
        page.locator("#verify-reason").evaluate("field => field.form.requestSubmit()")
    assert stored() == ("acknowledged", "likely")
    press(page, "u", leads_on=True)
    assert stored() == ("acknowledged", "unverified")
    assert page.locator("text=Verification taken back").count() == 1

    # A photo is opened, and counts; one key hides it.
    page.locator(".exhibit-photo button").click()
    wait_until(lambda: Exposure.objects.filter(person=ramiro, opened=1).exists(), what="the count")
    press(page, "h")
    assert page.locator(".exhibit-photo button").get_attribute("aria-pressed") == "false"

    # What somebody else does is told; what is being written stays, and is put back after a reload.
    press(page, "n")
    page.fill("#summary-text", NOTE)
    summarise(incident.pk, "Somebody else was quicker.", actor=ana)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("#news li").wait_for()
    assert page.input_value("#summary-text") == NOTE
    with page.expect_navigation():
        page.click("#news a")
    assert page.input_value("#summary-text") == NOTE
    assert judge(page) == []
    with page.expect_navigation():
        page.locator("#summary-text").evaluate("field => field.form.requestSubmit()")
    incident.refresh_from_db()
    assert incident.public_summary == NOTE
    assert page.evaluate("sessionStorage.length") == 0

    # On a narrow window too; and back to the list it came from, which gives it back.
    page.set_viewport_size({"width": 390, "height": 800})
    assert judge(page) == []
    press(page, "Escape", leads_on=True)
    assert page.url.endswith("/admin/incidents/incident/?status=all")
    wait_until(lambda: not Checkout.objects.running().exists(), what="giving it back")

    # Signing out takes along what was not saved.
    page.goto(there)
    press(page, "n")
    page.fill("#summary-text", "Never finished.")
    assert page.evaluate("sessionStorage.length") == 1
    page.click(".account summary")
    with page.expect_navigation():
        page.click("#logout-form button")
    assert page.evaluate("sessionStorage.length") == 0
    assert page.faults == []
