"""A coordinator's day in a real browser, from the first report to the last step: at a desk by keyboard, on a phone by
touch. What was done stands in the rows, and no page broke, reached elsewhere or was barred to anybody on the way.
"""

import pytest
from django.urls import reverse

from incidents.models import Incident, TimelineEntry
from tests import make
from tests.admin.window import chromium, judge, opened
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
SANTA_CRUZ = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}
ON_MAP = """[...document.querySelectorAll("#incident-map .mark")]
    .reduce((sum, one) => sum + (Number(one.textContent.trim()) || 1), 0)"""
DONE = [
    "report.received",
    "incident.triaged",
    "report.read",
    "incident.acknowledged",
    "reports.taken_over",
    "corroboration.changed",
    "reports.given_back",
    "corroboration.changed",
    "reports.taken_over",
    "corroboration.changed",
    "incident.verified",
    "release.written",
    "severity.overridden",
    "summary.written",
    "incident.assigned",
    "incident.referred",
    "incident.resolved",
    "incident.closed",
    "move.undone",
    "incident.closed",
]
SAID = [
    "Acknowledged",
    "Verification changed from Unverified to Likely",
    "Severity changed from Critical to Major",
    "Public summary written",
    "Assigned to C-2",
    "Referred",
    "Resolved",
    "Closed: Handed over to another body",
    "Last step taken back: the status is Resolved again",
]


class Keyboard:
    """Ten fingers: no pointer is moved."""

    window = {"viewport": {"width": 1280, "height": 900}}

    def __init__(self, page):
        self.page = page

    def open(self, incident):
        row = f"document.querySelector('[data-incident=\"{incident.pk}\"]')"
        for _ in range(self.page.locator(".row").count() + 1):
            self.page.keyboard.press("j")
            if self.page.evaluate(f"{row}.getAttribute('aria-current') === 'true'"):
                break
        self.leads_on("o")

    def leads_on(self, key, place=""):
        """Press what `key` stands for; without one, what is at `place` and reached by Tab."""
        with self.page.expect_navigation():
            if key:
                self.page.keyboard.press(key)
            else:
                self.page.locator(place).first.press("Enter")

    def go_and_press(self, key, place):
        """The key leads there, and Enter presses it."""
        self.page.keyboard.press(key)
        is_there = f"document.activeElement.matches({place!r})"
        wait_until(lambda: self.page.evaluate(is_there), what=f"the focus on {place}")
        self.leads_on("Enter")

    def read_sheet(self, _opener, sheet):
        self.page.keyboard.press("?")
        self.page.locator(f"{sheet}[open]").wait_for()
        self.page.keyboard.press("Escape")
        self.page.locator(sheet).wait_for(state="hidden")

    def unfold(self, key, name, field):
        self.page.keyboard.press(key)
        for _ in range(9 if key == "m" else 0):
            if self.page.evaluate("document.activeElement.textContent.trim()").startswith(name):
                self.page.keyboard.press("Enter")
                self.page.keyboard.press("Tab")
                break
            self.page.keyboard.press("Tab")
        wait_until(lambda: self.page.evaluate("document.activeElement.id") == field, what=f"the focus in {field}")

    def save(self, field):
        with self.page.expect_navigation():
            self.page.locator(f"#{field}").press("Control+Enter")


class Fingers:
    """A phone: no key but those of the field that is typed in."""

    window = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

    def __init__(self, page):
        self.page = page

    def open(self, incident):
        self.leads_on("", f"[data-incident='{incident.pk}'] .row-link")

    def leads_on(self, _key, place):
        with self.page.expect_navigation():
            self.page.locator(place).first.tap()

    go_and_press = leads_on

    def read_sheet(self, opener, sheet):
        self.page.locator(opener).tap()
        self.page.locator(f"{sheet}[open] button").tap()
        self.page.locator(sheet).wait_for(state="hidden")

    def unfold(self, _key, name, field):
        self.page.locator("summary.button", has_text=name).first.tap()
        self.page.locator(f"#{field}").wait_for()

    def save(self, field):
        with self.page.expect_navigation():
            self.page.locator(f"form:has(#{field}) [type=submit]").tap()


@pytest.fixture(params=[Keyboard, Fingers])
def hands(request, live_server, as_ramiro, ana, departments, marisol, monkeypatch):
    """Ramiro's, on the open list, in which one incident of another town has stood for a while."""
    make.incident(marisol, **SANTA_CRUZ, categories=["harassment"])
    with chromium(monkeypatch) as browser:
        page = opened(browser, live_server, as_ramiro, reduced_motion="reduce", **request.param.window)
        page.goto(live_server.url + reverse("admin:incidents_incident_changelist") + "?status=open")
        page.locator("#live-state[data-state=live]").wait_for()
        yield request.param(page)


def agree(page, count):
    """List, its number and the map tell of as many."""
    page.locator(".count", has_text=f"{count} ").first.wait_for()
    wait_until(lambda: page.locator(".row").count() == count, what=f"{count} rows")
    wait_until(lambda: page.evaluate(ON_MAP) == count, what=f"{count} on the map")


def write(hands, key, name, field, text, **chosen):
    hands.unfold(key, name, next(iter(chosen), field).replace("_", "-"))
    for select, value in chosen.items():
        hands.page.select_option(f"#{select.replace('_', '-')}", value)
    hands.page.fill(f"#{field}", text)
    hands.save(field)


def two_become_one(hands, first, second):
    """Suggested by the machine; merged, parted again, and merged after all."""
    page = hands.page
    hands.open(second)
    page.locator(".twin .pill", has_text="Likely the same").wait_for()
    hands.read_sheet("[data-opens=key-sheet]", "#key-sheet")
    hands.go_and_press("g", ".twin form[action*='/merge/'] [name=other]")
    assert (page.url.split("/")[-3], second.reports.count()) == (str(first.pk), 0)
    hands.leads_on("u", ".messagelist .undo button")
    assert second.reports.count() == 1
    hands.leads_on("", ".joined [name=other]")
    assert Incident.objects.get(pk=second.pk).merged_into_id == first.pk


def test_a_day_at_the_desk(hands, marisol, bolivia, ramiro):
    page = hands.page
    first = make.incident(marisol, categories=["killing"])
    page.locator(f"[data-incident='{first.pk}']").wait_for()
    agree(page, 2)
    hands.read_sheet("#keys-open", "#keys")
    hands.open(first)
    hands.leads_on("a", ".answer button")
    page.locator(".answer.is-over", has_text="C-2").wait_for()

    second = make.incident(make.monitor("nilda", bolivia), categories=["killing"], words="Dispararon a un votante.")
    hands.leads_on("Escape", ".page-way .back a")
    page.locator(f"[data-incident='{second.pk}']").wait_for()
    assert judge(page) == []
    two_become_one(hands, first, second)

    hands.leads_on("", "#corroboration a.button")
    assert page.input_value("#verify-level") == "likely"
    hands.save("verify-reason")
    write(hands, "e", "Change severity", "severity-reason", "One was hurt, nobody killed.", severity_level="major")
    write(hands, "n", "Write a summary", "summary-text", "A voter was hurt near a polling place.")
    hands.leads_on("s", "[data-key=s]")
    write(hands, "m", "Refer", "refer-reason", "To the ombudsman, who has a team there.")
    write(hands, "m", "Resolve", "resolve-reason", "The team is with the family.")
    write(hands, "m", "Close", "close-reason", "They go on from here.", close_outcome="handed_over")
    hands.leads_on("u", ".messagelist .undo button")
    write(hands, "m", "Close", "close-reason", "They go on from here.", close_outcome="handed_over")
    told = page.locator(".timeline li div > p:first-child").all_inner_texts()
    assert [line for line in reversed(told) if line in SAID] == [*SAID, "Closed: Handed over to another body"]
    page.locator(".record-mark", has_text="The record holds").wait_for()
    assert judge(page) == []

    hands.leads_on("Escape", ".page-way .back a")
    assert page.url.endswith("?status=open")
    agree(page, 1)
    hands.leads_on("", "nav.sections a[href$='/overview/']")
    assert judge(page) == []
    assert page.faults == []

    now = Incident.objects.get(pk=first.pk)
    assert (now.status, now.outcome, now.verification, now.severity) == ("closed", "handed_over", "likely", "major")
    assert (now.assigned_to, now.reports.count(), now.escalation.answered_by) == (ramiro, 2, ramiro)
    assert list(TimelineEntry.objects.filter(incident=first).values_list("event", flat=True)) == DONE
