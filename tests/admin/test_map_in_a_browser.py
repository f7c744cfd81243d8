"""The map in a real browser: what stands at one point is counted there, opened as a list, and reached by keyboard.

One walk through a day of four hundred incidents goes by clusters, time line, heat, and a list that follows the map.
"""

import base64
import re
import zlib
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents import geo
from incidents.models import Incident
from tests import make
from tests.admin.window import chromium, judge, opened
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
LEVELS = [("critical", 0), ("major", 1), ("moderate", 2), ("minor", 3), ("", 9)]
# A PMTiles archive of one tile: land, a lake and a road.
TINY = zlib.decompress(
    base64.b64decode(
        b"eNoL8A3JzEktZq5ngAA2KN0KpUWh9CwGVADjT4TSjLhoIABSetumNLCHnWW45Jnd8GOlEUPDScebDYz3vjIyME5kZKxWKktNLskv"
        b"is9JrEwtKlayUoiOrZVSqmDiYk1NLCrJEBIRYpBgVuLjZGCQ+mfPwPDP/q89A79Gg4KUCUhNeWJJapGQhBATA0iVAOcF/gXyUjdY"
        b"GBgWsF1nYeCXYsnOzEtRYuNiyUnMTgXpMgXpKspPTCkWEgPrYgKaPUPwhYLQDZYbLCcY57NB9XBysWdkpmeUJ1YCtQEAsZo74w=="
    )
)
UNFOLD = """() => { for (const part of document.querySelectorAll(".map details")) part.open = true; }"""


@pytest.fixture
def elsewhere(marisol):
    return make.incident(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))


@pytest.fixture
def together(marisol, elsewhere):
    return [
        make.incident(marisol, categories=[one], timing="happened") for one in ("harassment", "killing", "harassment")
    ]


@pytest.fixture
def desk(live_server, as_ramiro, monkeypatch):
    """Opens Ramiro's list in a window of the size asked for; faults of the page are collected in `faults`."""
    with chromium(monkeypatch) as browser:

        def open_list(width, height):
            page = opened(browser, live_server, as_ramiro, viewport={"width": width, "height": height})
            page.goto(live_server.url + reverse("admin:incidents_incident_changelist"))
            return page

        yield open_list


def test_incidents_at_one_point_open_as_a_list(desk, together):
    page = desk(1280, 900)
    count = page.locator("#incident-map .several")
    count.hover()
    wait_until(lambda: page.locator(".row.is-lit").count() == 3, what="the three rows")
    count.click()
    assert count.inner_text() == "3"
    links = page.locator(".card-list a")
    assert {link.get_attribute("href") for link in links.all()} == {f"{one.pk}/change/" for one in together}
    assert links.first.get_attribute("href") == f"{together[1].pk}/change/"  # the gravest
    assert page.faults == []


def test_the_list_opens_and_closes_by_keyboard(desk, together):
    page = desk(1280, 900)
    page.locator("#incident-map .several").focus()
    page.keyboard.press("Enter")
    page.locator(".card-list a").first.wait_for()
    wait_until(lambda: page.evaluate("document.activeElement.matches('.card-list a')"), what="the focus in the list")
    page.keyboard.press("Escape")
    wait_until(lambda: page.evaluate("document.activeElement.matches('.several')"), what="the focus back on the mark")


def test_the_map_fits_again_when_its_size_changes(desk, together):
    page = desk(1280, 900)
    page.locator("#incident-map .several").wait_for()
    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_timeout(300)
    box, mark = (page.locator(one).bounding_box() for one in ("#incident-map", "#incident-map .several"))
    assert box["x"] < mark["x"] < box["x"] + box["width"] / 2
    assert box["y"] < mark["y"] < box["y"] + box["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_time_line_names_years_where_there_are_several(desk, together, elsewhere):
    page = desk(1280, 900)
    page.locator("#histogram th[scope=row]").first.wait_for(state="attached")

    def told():
        rows = page.locator("#histogram th[scope=row]").all_text_contents()
        return [
            bool(re.search(r"\b20\d\d\b", text)) for text in [*rows, page.locator("#histogram-said").text_content()]
        ]

    wait_until(lambda: told() == [False, False], what="hours of one day")
    long_ago = timezone.now() - timedelta(days=800)
    Incident.objects.filter(pk=elsewhere.pk).update(opened_at=long_ago, occurred_at=long_ago)
    page.reload()
    wait_until(lambda: told() == [True, True, True], what="the years")


@pytest.fixture
def many(marisol, bolivia, departments):
    """A hundred and sixty around La Paz over the last two days, and two hundred and forty at one spot in Santa Cruz."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    rows = []
    for number in range(400):
        level, rank = LEVELS[number % 5]
        around = number < 160
        latitude = make.LA_PAZ[0] + (number // 20 - 5) * 0.12 if around else make.SANTA_CRUZ[0]
        longitude = make.LA_PAZ[1] + (number % 20 - 10) * 0.06 if around else make.SANTA_CRUZ[1]
        at = {"latitude": round(latitude, 6), "longitude": round(longitude, 6), "cell": geo.cell(latitude, longitude)}
        when = now - timedelta(minutes=7 * number)
        graded = {"severity": level, "severity_rank": rank, "status": "triaged", "in_danger_now": number == 7}
        where = {"department": departments["BO-L" if around else "BO-S"], "category": "harassment"}
        rows.append(Incident(mission=bolivia, opened_at=when, occurred_at=when, **at, **graded, **where))
    return Incident.objects.bulk_create(rows)


class Walk:
    """What is seen of list and map, each by the words on the screen."""

    def __init__(self, page):
        self.page = page

    def counts(self):
        return [int(text) for text in self.page.locator(".cluster text").all_text_contents()]

    def listed(self):
        return int(re.search("[0-9]+", self.page.locator(".bar .count").text_content())[0])

    def asked(self, name):
        return self.page.evaluate(f"new URLSearchParams(location.search).get('{name}')")

    def spans(self):
        """How long the time in the address is, in hours."""
        first, last = (datetime.fromisoformat(part) for part in self.asked("time").split("/"))
        return (last - first).total_seconds() / 3_600

    def window(self):
        return self.page.locator(".brush-window").evaluate("(one) => one.style.left + one.style.right")

    def enter(self, selector):
        self.page.locator(selector).first.focus()
        self.page.keyboard.press("Enter")


def test_a_day_of_many_is_walked_through(desk, many):
    page = desk(1280, 900)
    walk = Walk(page)
    wait_until(lambda: sum(walk.counts()) == 400, what="every incident in a cluster")
    assert page.locator(".cluster.is-danger").count() == 1
    assert walk.listed() == 400

    page.locator(".row-link").first.focus()
    page.locator("path.halo").wait_for()

    # By keyboard into the knot around La Paz, until single points stand there, and one of them opens.
    walk.enter(".cluster.is-danger")
    while not page.locator(".mark.single").count():
        before = page.locator(".cluster").count()
        wait_until(lambda: page.locator(".mark.single").count() or page.locator(".cluster").count() != before)  # noqa: B023
        if page.locator(".cluster").count():
            walk.enter(".cluster.is-danger" if page.locator(".cluster.is-danger").count() else ".cluster")
    walk.enter(".mark.single")
    page.locator(".card a").wait_for()
    page.keyboard.press("Escape")
    wait_until(lambda: page.evaluate("document.activeElement.matches('.mark')"), what="the focus back on a mark")

    # The time line: two handles by keyboard; address, list and map go with them.
    page.locator(".brush [role=slider]").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    wait_until(lambda: walk.asked("time"), what="a span in the address")
    wait_until(lambda: walk.listed() < 400, what="a shorter list")
    assert str(walk.listed()) in page.locator("#histogram-said").text_content()
    page.locator(".brush [role=slider]").last.focus()
    page.keyboard.press("PageDown")
    span = walk.spans()
    wait_until(lambda: walk.spans() < span, what="the other end")

    # Played, the span moves on by itself; stopped, the list has it.
    before, asked = walk.window(), walk.asked("time")
    page.locator(".play").click()
    wait_until(lambda: walk.window() != before, what="the span to move")
    page.locator(".play").click()
    wait_until(lambda: walk.asked("time") != asked, what="the span where it stopped")

    page.locator("#map-heat").check()
    page.locator("canvas.heat").wait_for(state="attached")
    page.locator("#map-follow").check()
    wait_until(lambda: walk.asked("area"), what="the view in the address")
    area = walk.asked("area")
    page.locator("#incident-map").focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: walk.asked("area") != area, what="the view after a push")
    page.set_viewport_size({"width": 390, "height": 740})
    page.evaluate(UNFOLD)
    assert judge(page) == []
    assert page.faults == []


def test_what_stands_on_one_spot_opens_as_a_list_over_the_missions_own_tiles(desk, many, bolivia, settings, tmp_path):
    settings.TILES_DIR = tmp_path
    (tmp_path / "tiny.pmtiles").write_bytes(TINY)
    bolivia.map_file = "tiny.pmtiles"
    bolivia.save()
    page = desk(1280, 900)
    walk = Walk(page)
    page.locator("#incident-map.has-tiles").wait_for()
    wait_until(lambda: 240 in walk.counts(), what="the cluster of Santa Cruz")
    page.locator(".cluster:has(text:text-is('240'))").click()
    wait_until(lambda: walk.asked("area"), what="its place in the address")
    wait_until(lambda: walk.listed() == 240, what="its members in the list")
    wait_until(lambda: page.evaluate("document.activeElement.matches('.row-link')"), what="the focus in the list")
    assert page.faults == []
