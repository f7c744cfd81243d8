"""What a first visit and a report weigh on the wire: over real HTTP, compressed and hashed as in production."""

import http.client
import json
import re
from urllib.parse import urlsplit

import pytest

from incidents.intake import modules
from tests.stack import Visitor

PAGE_BYTES = 14 * 1024
SCRIPT_BYTES = 6 * 1024
REPORT_BYTES = 1024
MAP_BYTES = 30 * 1024


class Browser:
    """Fetches as a browser does, and weighs what travels, before it is unpacked."""

    def __init__(self, house, token):
        visitor = Visitor(house.base_url)
        visitor.send(visitor.get(f"/e/{token}/"))
        jar = next(one.cookiejar for one in visitor.opener.handlers if hasattr(one, "cookiejar"))
        self.cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
        self.address = urlsplit(house.base_url).netloc

    def fetch(self, path):
        connection = http.client.HTTPConnection(self.address)
        connection.request("GET", path, headers={"Accept-Encoding": "gzip, br", "Cookie": self.cookies})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status == 200, path
        return content, answer.headers.get("Content-Encoding")

    def weight(self, *paths):
        return sum(len(self.fetch(path)[0]) for path in paths)

    def text(self, path):
        import gzip

        content, coding = self.fetch(path)
        return (gzip.decompress(content) if coding == "gzip" else content).decode()


@pytest.fixture
def browser(house, tokens):
    return Browser(house, next(tokens))


def test_the_first_page_with_its_styles_fits_14_kb(browser, house):
    page = browser.text("/report/")
    styles = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    assert len(re.findall(r"<option", page)) > 148
    weight = browser.weight("/report/", *styles)
    print(f"first page with its styles: {weight} bytes")
    assert weight <= PAGE_BYTES


def test_worker_queue_and_form_scripts_fit_6_kb(browser):
    page = browser.text("/report/")
    scripts = re.findall(r'<script type="module" src="([^"]+)"', page)
    assert len(scripts) == len(modules.FORM)
    (imported,) = re.findall(r"importScripts\(\.\.\.(\[.*?\])\)", browser.text("/sw.js"))
    worker = [path for path in json.loads(imported) if "/worker." in path]
    weight = browser.weight("/sw.js", *worker, *scripts)
    print(f"worker, queue and form: {weight} bytes")
    assert weight <= SCRIPT_BYTES


def test_every_script_has_the_name_of_its_content(browser):
    page = browser.text("/report/")
    for path in re.findall(r'<script type="module" src="([^"]+)"', page):
        assert re.search(r"\.[0-9a-f]{8}\.js$", path)
        for imported in re.findall(r'(?:from|import)\s*\(?"(\./[^"]+)"', browser.text(path)):
            assert re.search(r"\.[0-9a-f]{8}\.js$", imported), (path, imported)


def test_the_ground_of_the_map_fits_30_kb(browser):
    weight = browser.weight("/map.json")
    print(f"map: {weight} bytes")
    assert weight <= MAP_BYTES


def test_a_report_without_a_photo_is_less_than_1_kb(weak, line):
    weak.open()
    weak.file("Two officers stood at the door and wrote down the names of everybody who came to vote.")
    weak.wait_until_sent()
    ((_, _, size),) = [seen for seen in line.seen if seen[0] == "PUT"]
    print(f"report: {size} bytes")
    assert size <= REPORT_BYTES
