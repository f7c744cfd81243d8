"""Browser notifications in a real browser; what its maker's push service would answer is put in, being out of reach."""

import json
import os

import pytest
from django.db import connections
from django.urls import reverse

from incidents.models import Contact
from tests.intake.test_in_a_browser import QUIET
from tests.notifications.test_webpush import Browser
from tests.services import chromium_path, need, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

NO_SERVICE = "PushManager.prototype.subscribe = () => Promise.reject(new DOMException('none', 'AbortError'));"
SERVICE = """
PushManager.prototype.subscribe = async function (options) {
  sessionStorage.asked = options.applicationServerKey;
  return { toJSON: () => (%s), unsubscribe: async () => true };
};
PushManager.prototype.getSubscription = async () =>
  sessionStorage.asked ? { endpoint: "https://push.example/one", unsubscribe: async () => true } : null;
"""


@pytest.fixture
def desk(live_server, as_ramiro, monkeypatch, settings):
    """Opens Ramiro's page in a browser that knows this script; faults of the page are collected in `faults`."""
    need("Chromium")
    from playwright.sync_api import sync_playwright

    settings.WEBPUSH = True
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    session = {"name": "sessionid", "value": as_ramiro.cookies["sessionid"].value, "url": live_server.url}

    def open_page(script="", permissions=("notifications",)):
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en")
        context.grant_permissions(list(permissions), origin=live_server.url)
        context.add_cookies([session])
        context.add_init_script(script)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        page.goto(live_server.url + reverse("admin:push"))
        return page

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield open_page
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def test_a_browser_that_reaches_its_service_is_switched_on(desk, ramiro):
    keys = Browser().keys
    page = desk(SERVICE % json.dumps({"endpoint": "https://push.example/one", "keys": keys}))
    page.get_by_role("button", name="Switch on in this browser").click()
    page.get_by_text("Notifications are on in this browser.").wait_for()
    assert Contact.objects.get(user=ramiro).keys == keys
    assert page.faults == []


def test_a_browser_that_cannot_says_so(desk):
    page = desk(NO_SERVICE)
    page.get_by_role("button", name="Switch on in this browser").click()
    page.get_by_text("could not reach its notification service").wait_for()
    assert not Contact.objects.exists()


def test_a_browser_that_knows_no_notifications_says_so(desk):
    page = desk("delete window.PushManager;")
    page.get_by_text("This browser cannot show notifications").wait_for()
    assert page.get_by_role("button", name="Switch on").count() == 0


def test_what_comes_from_the_service_is_shown(desk, live_server):
    page = desk(NO_SERVICE)
    page.get_by_role("button", name="Switch on in this browser").click()
    page.get_by_text("could not reach its notification service").wait_for()
    wire = page.context.new_cdp_session(page)
    found = []
    wire.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"]))
    wire.send("ServiceWorker.enable")
    wait_until(lambda: found or page.wait_for_timeout(50), what="the worker")
    said = json.dumps({"subject": "Critical: arrest, La Paz", "link": f"{live_server.url}/a/x/"})
    given = {"origin": live_server.url, "registrationId": found[0]["registrationId"], "data": said}
    wire.send("ServiceWorker.deliverPushMessage", given)
    shown = "navigator.serviceWorker.ready.then(one => one.getNotifications()).then(all => all.map(one => one.title))"
    wait_until(lambda: page.evaluate(shown) == ["Critical: arrest, La Paz"], what="the notification")
