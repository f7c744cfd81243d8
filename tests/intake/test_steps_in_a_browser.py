"""The steps in a real browser that runs no scripts: a double tap sends once, and leaving is final."""

import os
import re

import pytest
from django.db import connections

from incidents.actions.enrol import invite
from incidents.models import Report
from tests.intake.test_in_a_browser import QUIET
from tests.services import chromium_path, need

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def screen(live_server, marisol, monkeypatch):
    """Marisol's phone, without scripts, where the words are asked for."""
    need("Chromium")
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        page = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False).new_page()
        page.goto(f"{live_server.url}/e/{invite(marisol)[1]}/")
        page.click("main button")
        page.wait_for_url("**/report/steps/")
        page.click("[value=next]")
        page.check("#categories-arrest_detention")
        page.click("[value=next]")
        page.click("[value=check]")
        page.click("[value=change-words]")
        page.fill("#words", "Three men, no name plates.")
        yield page
        browser.close()
        connections.close_all()  # a loop's context has connections of its own


def test_a_double_tap_sends_once(screen):
    screen.click("[value=next]")
    screen.dblclick("[value=send]")
    screen.wait_for_url(re.compile("/report/[0-9a-f-]{36}/"))
    stored = Report.objects.get()
    assert (stored.words, stored.revisions.count()) == ("Three men, no name plates.", 0)
    assert stored.reference in screen.content()


def test_leaving_does_not_let_back_show_what_was_typed(screen):
    from playwright.sync_api import Error

    screen.click("[value=next]")
    assert "Three men" in screen.content()
    screen.click(".top .button")
    screen.wait_for_url("**/exit/")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser asks before it would send a form again
        screen.go_back()
    screen.wait_for_url("chrome-error://**")
    assert "Three men" not in screen.inner_text("body")
    assert not Report.objects.exists()
