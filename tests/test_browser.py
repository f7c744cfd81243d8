"""The same way in a real browser: a phone-sized window for the monitor, a desk-sized one for the coordinator.

With OBSERVER_SCREENS=folder every screen is kept as a picture, at 360 and 1280 px, light and dark.
"""

import contextlib
import os
import re
from pathlib import Path

import pytest

from tests.services import chromium_path, need, wait_until
from tests.stack import build

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
SCREENS = os.environ.get("OBSERVER_SCREENS", "")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    need("Chromium")
    made = build(tmp_path_factory.mktemp("browser"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def chromium():
    need("Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def window(browser, size, *, faults, **options):
    """A page whose console errors, failed loads and requests to other hosts are collected in `faults`."""
    context = browser.new_context(viewport=size, **options)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("http://127.0.0.1", "data:", "blob:")) else faults.append(request.url)
        ),
    )
    yield page
    context.close()


def keep(page, name):
    """Pictures for the eye: both widths, both grounds."""
    if not SCREENS:
        return
    Path(SCREENS).mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for size in (PHONE, DESK):
        for ground in ("light", "dark"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=ground)
            page.wait_for_timeout(400)
            page.screenshot(path=f"{SCREENS}/{name}-{size['width']}-{ground}.png", full_page=True)
    page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")


def sign_in(page, stack, username):
    entry = next(entry for entry in stack.demo()["coordinators"] if entry["username"] == username)
    page.goto(entry["url"])
    page.fill("[name=username]", entry["username"])
    page.fill("[name=password]", entry["password"])
    page.click("[type=submit]:visible")


def test_a_report_goes_from_a_phone_sized_window_to_the_map_at_the_desk(stack, chromium):
    faults = []
    here = {"geolocation": {"latitude": -16.4957, "longitude": -68.1335, "accuracy": 12}, "locale": "es-BO"}
    with window(chromium, PHONE, faults=faults, permissions=["geolocation"], **here) as page:
        page.goto(stack.demo()["monitor_links"][0])
        keep(page, "link")
        page.click("main form button")
        page.wait_for_url("**/report/")
        keep(page, "form")
        page.check("[name=categories][value=intimidation]", force=True)
        page.check("[name=perpetrators][value=police]", force=True)
        page.check("[name=victims][value=voter]", force=True)
        page.check("[name=timing][value=happening_now]", force=True)
        page.check("[name=location_source][value=gps]", force=True)
        wait_until(lambda: page.input_value("[name=latitude]"), what="a position")
        page.fill("[name=words]", "Dos agentes anotan los nombres de quienes entran.")
        page.check("[name=consent][value=partners]", force=True)
        keep(page, "form-filled")
        page.get_by_role("button", name=re.compile("^(Send|Enviar)$")).click()
        page.wait_for_url(re.compile(r"/report/[0-9a-f-]{36}/"))
        keep(page, "receipt")
        reference = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.inner_text("main"))[0]
    assert faults == []

    ((incident, latitude),) = stack.rows(
        f"SELECT incident_id, latitude FROM incidents_report WHERE reference = '{reference}'"
    )
    assert float(latitude) == pytest.approx(-16.4957)
    wait_until(
        lambda: stack.rows(
            f"SELECT 1 FROM incidents_incident WHERE {stack.is_id(str(incident))} AND status = 'triaged'"
        ),
        what="triage",
    )

    with window(chromium, DESK, faults=faults) as page:
        sign_in(page, stack, "lapaz")
        page.goto(f"{stack.base_url}/admin/incidents/incident/")
        page.locator(".leaflet-container path").nth(3).wait_for(state="attached")
        keep(page, "list")
        page.goto(f"{stack.base_url}/admin/incidents/incident/{incident}/change/")
        keep(page, "incident")
        page.click(".answer button")
        wait_until(
            lambda: stack.rows(
                f"SELECT 1 FROM incidents_incident WHERE {stack.is_id(str(incident))} AND status = 'acknowledged'"
            ),
            what="the acknowledgement",
        )
    assert faults == []
