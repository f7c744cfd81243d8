"""Where the browser keeps nothing, as in some private windows: words outlive the connection, a double tap sends once.

What scripts do with a queue of their own is in the files beside this one.
"""

import os
import re

import pytest
from django.db import connections

from incidents.actions.enrol import invite
from incidents.models import Report
from tests import make
from tests.services import chromium_path, need, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
SEND = ".ends .primary"
RECEIPT = re.compile("/report/.+-")


@pytest.fixture
def screen(live_server, marisol, monkeypatch):
    """Marisol's phone, on the form, at Plaza Abaroa."""
    need("Chromium")
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    _, secret = invite(marisol)
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        page = browser.new_page(
            viewport={"width": 360, "height": 740},
            geolocation={"latitude": -16.51, "longitude": -68.13, "accuracy": 9},
            permissions=["geolocation"],
        )
        page.add_init_script("Object.defineProperty(self, 'indexedDB', { value: undefined })")
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.goto(f"{live_server.url}/e/{secret}/")
        page.click("main button")
        page.wait_for_url("**/report/")
        yield page
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def test_a_broken_connection_loses_nothing_and_a_double_tap_sends_once(screen):
    screen.check("#categories-arrest_detention")
    screen.fill("#words", "Three men, no name plates.")
    screen.context.set_offline(True)
    screen.click(SEND)
    screen.wait_for_selector("text=Not sent: no connection")
    assert screen.input_value("#words") == "Three men, no name plates."
    screen.context.set_offline(False)
    screen.dblclick(SEND)
    screen.wait_for_url(RECEIPT)
    stored = Report.objects.get()
    assert (stored.words, stored.revisions.count(), screen.faults) == ("Three men, no name plates.", 0, [])
    assert stored.captured_at


def test_somebody_in_danger_sends_the_position_with_two_taps(screen):
    screen.check("#in_danger_now")
    screen.wait_for_selector("text=Exact: within 9 m.")
    screen.click("text=Send now")
    screen.wait_for_url(RECEIPT)
    stored = Report.objects.get()
    assert (stored.in_danger_now, stored.location_source, stored.accuracy_m) == (True, "gps", 9)


def test_leaving_does_not_let_back_show_what_was_typed(screen):
    screen.fill("#words", "Not for other eyes.")
    screen.click(".top [data-exit]")
    screen.wait_for_url("**/exit/")
    screen.go_back()
    screen.wait_for_load_state()
    assert "Not for other eyes." not in screen.content()
    assert not screen.locator("#words").count() or screen.input_value("#words") == ""
    assert not Report.objects.exists()


def test_faults_are_shown_and_focused_and_the_words_stay(screen):
    screen.fill("#words", "Stays.")
    screen.click(SEND)
    screen.wait_for_selector("[data-summary]")
    wait_until(lambda: screen.evaluate("document.activeElement.matches('[data-summary]')"), what="the focus on it")
    assert screen.input_value("#words") == "Stays."
    screen.click("[data-summary] a")
    assert screen.evaluate("document.activeElement.name") == "categories"


@pytest.mark.parametrize(("photo", "patience_s"), [(False, 90), (True, 600)])
def test_a_connection_that_hangs_is_given_up_and_send_works_again(screen, tmp_path, photo, patience_s):
    screen.clock.install()
    screen.reload()
    screen.check("#categories-arrest_detention")
    if photo:
        (tmp_path / "photo.jpg").write_bytes(make.photo())
        screen.set_input_files("#photo", tmp_path / "photo.jpg")
    screen.route("**/report/", lambda route: None)  # taken, and never answered
    screen.click(SEND)
    screen.clock.fast_forward((patience_s - 10) * 1000)
    screen.wait_for_selector("form > [data-outcome]:has-text('Sending')")
    screen.clock.fast_forward(11_000)
    screen.wait_for_selector("text=Not sent: no connection")
    screen.unroute("**/report/")
    screen.click(SEND)
    screen.wait_for_url(RECEIPT)
    assert Report.objects.count() == 1


def test_a_better_position_does_not_change_what_was_once_sent(screen):
    screen.context.set_geolocation({"latitude": -16.51, "longitude": -68.13, "accuracy": 400})
    screen.check("#in_danger_now")
    screen.wait_for_selector("text=Within 400 m so far.")
    screen.context.set_offline(True)
    screen.click("text=Send now")
    screen.wait_for_selector("text=Not sent: no connection")
    screen.context.set_geolocation({"latitude": -16.52, "longitude": -68.14, "accuracy": 9})
    screen.wait_for_timeout(1_500)
    assert screen.input_value("[name=accuracy_m]") == "400"
    screen.context.set_offline(False)
    screen.click("text=Send now")
    screen.wait_for_url(RECEIPT)
    assert Report.objects.get().accuracy_m == 400
