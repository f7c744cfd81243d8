"""The API's page in a real browser: on a phone and on a desk, in both grounds; and that a click copies a line."""

import pytest
from django.test import Client

from tests.admin.window import chromium, judge, opened

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_is_readable_everywhere_and_its_lines_can_be_copied(monkeypatch, live_server):
    with chromium(monkeypatch) as browser:
        for width, ground in ((360, "dark"), (1280, "light")):
            options = {"viewport": {"width": width, "height": 900}, "color_scheme": ground}
            page = opened(browser, live_server, Client(), permissions=["clipboard-write", "clipboard-read"], **options)
            page.goto(f"{live_server.url}/api/v1/docs")
            assert judge(page) == []
            assert page.faults == []
        first = page.locator("figure").first
        first.get_by_role("button", name="Copy").click()
        first.get_by_role("button", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == first.locator("code").text_content()
