"""The overview as it is looked at and printed: no fault by axe or the policy, and every table on the paper."""

import re

import pytest
from django.urls import reverse

from tests import make
from tests.admin.window import chromium, opened
from tests.intake.test_accessibility import AXE
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
CHECK = """async () => {
  for (const part of document.querySelectorAll("main details")) part.open = true;
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  // A colour on its way from light to dark is neither.
  for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
  const found = await axe.run(document, {runOnly: tags, rules: {"target-size": {enabled: true}}});
  for (const part of document.querySelectorAll("details.behind")) part.open = false;
  const {scrollWidth, clientWidth} = document.documentElement;
  const wide = scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} px`] : [];
  return [...wide, ...found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`)];
}"""


@pytest.fixture
def screen(live_server, as_sofia, marisol, ana, monkeypatch):
    for category in ("killing", "arrest_detention", "harassment"):
        make.incident(marisol, categories=[category])
    make.turn(ana, hours=1)
    with chromium(monkeypatch) as browser:
        wide = {"width": 1280, "height": 900}
        page = opened(browser, live_server, as_sofia, viewport=wide, reduced_motion="reduce")
        page.goto(live_server.url + reverse("admin:overview"))
        yield page


def test_it_is_looked_at_without_fault_and_printed_whole(screen):
    screen.evaluate(AXE)
    for width, ground in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
        screen.set_viewport_size({"width": width, "height": 900})
        screen.emulate_media(color_scheme=ground)
        assert screen.evaluate(CHECK) == [], (width, ground)

    screen.evaluate("window.print = () => document.body.classList.add('was-printed')")
    screen.click("[data-print]")
    wait_until(lambda: screen.locator("body.was-printed").count(), what="the way to the printer")

    screen.emulate_media(media="print", color_scheme="dark")
    paper = screen.locator("main").inner_text().lower()
    assert all(words in paper for words in ("confidential", "santa cruz", "america/la_paz"))
    assert screen.locator(".behind table:visible").count() == 2
    assert not screen.locator("#header, .periods, [data-print]").locator("visible=true").count()
    assert screen.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    sheets = len(re.findall(rb"/Type\s*/Page\b", screen.pdf(prefer_css_page_size=True)))
    assert 2 <= sheets <= 4
    assert screen.faults == []
