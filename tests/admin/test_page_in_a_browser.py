"""A coordinator at one incident, by keyboard in a real browser: nothing typed is lost, nothing is seen unasked."""

import pytest
from django.urls import reverse

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.actions.review import summarise
from incidents.evidence import storage
from incidents.models import Checkout, Exposure
from tests import make
from tests.admin.window import chromium, judge, opened
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = "Two neighbours saw it."


@pytest.fixture
def incident(marisol, departments, ana, ramiro):
    report = make.report(marisol, words="لا أحد يخرج. " + "Überlänge" * 30)
    assert prepare(attach(report, storage.keep([make.photo()])).pk)
    return report.incident


@pytest.fixture
def page(live_server, as_ramiro, incident, monkeypatch):
    """Ramiro's page of the incident, opened from a list; faults of scripts and of the policy are in `faults`."""
    there = reverse("admin:incidents_incident_change", args=[incident.pk]) + "?list=status%3Dall"
    with chromium(monkeypatch) as browser:
        page = opened(browser, live_server, as_ramiro, viewport={"width": 1280, "height": 900})
        page.goto(live_server.url + there)
        yield page


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
    press(page, "p", leads_on=True)
    assert page.locator("#verify-reason").input_value()
    press(page, "n")
    page.fill("#summary-text", "Never finished.")
    assert page.evaluate("sessionStorage.length") == 1
    page.click(".account summary")
    with page.expect_navigation():
        page.click("#logout-form button")
    assert page.evaluate("sessionStorage.length") == 0
    assert page.faults == []
