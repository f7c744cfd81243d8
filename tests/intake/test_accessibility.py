"""axe-core finds no fault against WCAG 2.2 AA on any page of the monitor's, in any language, on the narrowest phone.

The same walk shows that nothing has to be scrolled sideways, that the way without scripts works in a browser without
scripts, and that what must be mended is focused there.
"""

import os
import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connections

from incidents.actions.enrol import invite
from incidents.intake import views
from incidents.models import Report
from tests import make
from tests.services import chromium_path, need
from tests.stack import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text()
CHECK = """async () => {
  for (const part of document.querySelectorAll("details")) part.open = true; // what is folded is judged too
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const rules = {"target-size": {enabled: true}}; // off unless asked for
  const found = await axe.run(document, {runOnly: tags, rules, resultTypes: ["violations"]});
  const faults = found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`);
  for (const target of document.querySelectorAll("button, .button, summary, .choice label, select, input[type=text]")) {
    const {height, width} = target.getBoundingClientRect();
    if (height && Math.min(height, width) < 44) faults.push(`small target: ${target.outerHTML}`);
  }
  const {scrollWidth, clientWidth} = document.documentElement;
  return scrollWidth > clientWidth ? [...faults, `scrolls sideways: ${scrollWidth} px`] : faults;
}"""
# Every language is read on one ground, so that both grounds are seen.
LANGUAGES = [("en", "light"), ("es", "dark"), ("fr", "light"), ("pt", "dark"), ("ar", "light")]


class Phone:
    """The narrowest phone, in one language; collects what axe says about each page."""

    def __init__(self, page, address, language):
        self.page, self.address, self.language = page, address, language
        self.faults, self.seen = {}, []
        self.wire = page.context.new_cdp_session(page)

    def look(self, name):
        """Judge the page that is shown.

        Where scripts are off, they are let in only now: the document was loaded and laid out without them, and axe
        needs them to run.
        """
        self.scripts(True)
        self.page.evaluate(AXE)
        self.seen.append(name)
        if faults := self.page.evaluate(CHECK):
            self.faults[name] = faults
        assert self.page.evaluate("document.documentElement.lang") == self.language, name

    def scripts(self, on):
        self.wire.send("Emulation.setScriptExecutionDisabled", {"value": not on})

    def open(self, path, name, status=200):
        assert self.page.goto(self.address + path).status == status
        self.look(name)

    def press(self, go="next", *, check=(), fill=()):
        """Answer the page and press a button, without scripts."""
        self.scripts(False)
        for box in check:
            self.page.check(f"#{box}", force=True)
        for box, text in fill:
            self.page.fill(f"#{box}", text)
        with self.page.expect_navigation():
            self.page.click(f"main [name=go][value={go}]")

    @property
    def focused(self):
        return self.page.evaluate("document.activeElement.className")


@pytest.fixture(scope="module")
def browser():
    need("Chromium")
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as changed, sync_playwright() as engine:
        changed.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser, live_server, spoken):
    """A phone that is not set up, in the language and on the ground of the test."""
    language, ground = spoken
    page = browser.new_page(viewport={"width": 320, "height": 640}, color_scheme=ground)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    yield Phone(page, live_server.url, language)
    page.context.close()
    connections.close_all()  # a loop's context has connections of its own


def enrol(phone, marisol):
    marisol.language = phone.language
    marisol.save()
    link = f"/e/{invite(marisol)[1]}/"
    phone.open(link, "enrol")
    phone.page.click("main button")
    phone.page.wait_for_url("**/report/**")
    return link


@pytest.mark.parametrize("spoken", LANGUAGES, ids=lambda it: it[0])
def test_every_page_with_scripts_is_without_fault(phone, marisol, bolivia, ana, sofia, monkeypatch):
    make.place(bolivia)
    page = phone.page
    phone.open("/report/", "closed", 403)
    phone.open("/", "home")
    page.context.clear_cookies(name="csrftoken")
    page.click(".languages button")
    phone.look("403 without a token")
    link = enrol(phone, marisol)
    phone.look("form")
    page.fill("#victim_count", "many")
    page.evaluate("document.getElementById('statement').submit()")
    page.wait_for_selector("[data-summary]")
    phone.look("form with faults")
    with monkeypatch.context() as broken:
        broken.setattr(views, "phone_of", refuse(OperationalError("server closed")))
        page.evaluate("document.getElementById('statement').submit()")
        page.wait_for_selector("textarea[readonly]")
        phone.look("given back")
    report = make.report(marisol, in_danger_now="on")
    phone.open(f"/report/{report.pk}/?photo=large", "receipt")
    make.question(report, ana, phrase="safe")
    make.broadcast(sofia)
    page.goto(f"{phone.address}/report/")
    page.wait_for_selector("[data-waits] a:visible")
    phone.look("form, with something that waits")
    phone.open("/notices/", "notices")
    phone.open(f"/report/{report.pk}/", "receipt with a question")
    page.evaluate("document.querySelector('[data-reply]').submit()")
    page.wait_for_selector("#questions .error")
    phone.look("receipt with an empty answer")
    page.fill("[data-reply] textarea", "Yes.")
    page.click("[data-reply] button")
    page.wait_for_selector("p.question")
    phone.look("receipt with an answer")
    phone.open("/safe/", "check-in")
    page.click("[data-safe] button[value=promise]")
    page.wait_for_selector("#at[aria-invalid]")
    phone.look("check-in with a fault")
    page.click("[data-safe] button[value='60']")
    page.wait_for_selector("[data-safe] textarea", state="attached")
    phone.look("check-in, agreed")
    given = page.input_value("[data-safe] textarea").partition("/s/")[2]
    phone.open(f"/s/{given}?said=safe", "link of a check-in")
    phone.open("/s/x/", "link that is over", 410)
    phone.open(link, "gone", 410)
    phone.open("/exit/", "exit")
    phone.open("/nothing/", "404", 404)
    for status, fault in ((400, SuspiciousOperation()), (403, PermissionDenied()), (500, ZeroDivisionError())):
        with monkeypatch.context() as broken:
            broken.setattr(views, "page", refuse(fault))
            phone.open("/exit/", str(status), status)
    # Its scripts look once whether the phone is trusted, and would wipe it: revoke it when they have looked.
    page.goto(f"{phone.address}/report/{report.pk}/", wait_until="networkidle")
    marisol.devices.update(revoked_at="2020-10-01T00:00Z")
    page.click("#photo button")
    page.wait_for_selector(".reference + .lead")
    phone.look("received")
    assert phone.faults == {}


@pytest.mark.parametrize("spoken", LANGUAGES, ids=lambda it: it[0])
def test_every_page_without_scripts_is_without_fault_and_leads_to_a_report(phone, marisol, bolivia):
    make.place(bolivia)
    phone.scripts(False)
    enrol(phone, marisol)
    phone.scripts(False)
    phone.page.goto(f"{phone.address}/report/")
    phone.page.wait_for_url("**/report/steps/")
    phone.look("danger")
    phone.press()
    phone.look("what")
    phone.press()
    phone.look("what, unanswered")
    assert phone.focused == "summary"
    phone.press(check=["categories-arrest_detention"])
    phone.look("who")
    phone.press(check=["perpetrators-police"])
    phone.look("sure")
    phone.press(check=["certainty-likely"])
    phone.press(fill=[("victim_count", "many")])
    phone.look("whom, with a fault")
    assert phone.focused == "summary"
    phone.press(fill=[("victim_count", "3")])
    phone.look("harm")
    phone.press(check=["harms-detained"])
    phone.look("when")
    phone.press(check=["timing-happened"], fill=[("occurred_at", "1970-01-01T10:00")])
    phone.look("when, with a fault")
    phone.press(fill=[("occurred_at", "")])
    phone.look("where")
    phone.press(check=["location_source-area"])
    phone.look("where, with a fault")
    phone.press(check=["location_source-none"])
    phone.look("how")
    phone.press()
    phone.look("words")
    phone.press(fill=[("words", "Tres hombres, sin placas.")])
    phone.look("reader")
    phone.press()
    phone.look("check")
    phone.press("change-harm")
    phone.look("change")
    phone.press("back")
    phone.press("send")
    phone.page.wait_for_url(re.compile("/report/[0-9a-f-]{36}/"))
    phone.look("receipt")
    assert phone.faults == {}
    assert (Report.objects.get().words, Report.objects.get().language) == ("Tres hombres, sin placas.", phone.language)


@pytest.mark.parametrize("spoken", LANGUAGES[:1], ids=lambda it: it[0])
def test_a_faulty_page_would_be_seen(phone):
    phone.page.goto(phone.address)
    phone.page.evaluate(
        """() => {
          document.querySelector("main").innerHTML = "<input><a href='/' class='x'>x</a><p>" + "x".repeat(99) + "</p>";
          document.querySelector("main p").classList.add("reference");
          document.body.classList.add("wide"); document.querySelector("p").hidden = true;
          const sheet = new CSSStyleSheet(); sheet.replaceSync("main p { overflow-wrap: normal; color: #999 }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    phone.look("spoilt")
    said = " ".join(phone.faults["spoilt"])
    assert all(fault in said for fault in ("label:", "color-contrast:", "scrolls sideways:"))


def refuse(fault):
    def refusing(*args, **kwargs):
        raise fault

    return refusing
