"""The public page as it is looked at: no fault by axe or the policy, framed elsewhere, whole without scripts."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from incidents.models import Mission
from tests.admin.window import chromium, judge, opened
from tests.api.cast import released

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, EMBED = "/p/bolivia-2020/", "/p/bolivia-2020/embed"
DRAWN = "#public-map[data-drawn]"


@pytest.fixture
def out(bolivia, departments, marisol, ramiro):
    Mission.objects.filter(pk=bolivia.pk).update(has_public_page=True)
    return released(marisol, ramiro, consent="public")


@contextlib.contextmanager
def elsewhere(html):
    """Another site, which serves this page; its address."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_it_is_read_and_framed_without_fault(live_server, out, monkeypatch):
    with chromium(monkeypatch) as browser:
        page = opened(browser, live_server, Client(), reduced_motion="reduce")
        for there, width, ground in ((PAGE, 1280, "light"), (PAGE, 360, "dark"), (EMBED, 360, "light")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=ground)
            page.goto(live_server.url + there)
            page.wait_for_selector(DRAWN)
            assert judge(page) == [], (there, width, ground)
        page.goto(live_server.url + PAGE)
        page.wait_for_selector(DRAWN)
        page.click(".public-mark")
        page.wait_for_selector(".leaflet-popup >> text=A square of about 5 km in La Paz: 1 incident")
        page.click("nav >> text=Español")
        page.wait_for_selector("html[lang=es]")
        assert page.context.cookies() == []

        framing = opened(browser, live_server, Client())
        with elsewhere(f'<iframe src="{live_server.url}{EMBED}" width="400" height="700"></iframe>') as site:
            framing.goto(site)
            framing.frame_locator("iframe").locator(DRAWN).wait_for()
        assert page.faults + framing.faults == []

        plain = browser.new_context(java_script_enabled=False).new_page()
        plain.goto(live_server.url + PAGE)
        assert plain.locator("#public-map .sketch circle").is_visible()
        assert plain.locator("table >> text=A square of about 5 km in La Paz").is_visible()
