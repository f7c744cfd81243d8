"""Whoever takes the phone finds nothing that was typed, Exit leaves no trace, and a revoked phone empties itself."""

import pytest

from tests.intake import seized
from tests.intake.handset import SEND
from tests.services import wait_until

WORDS, DETAIL, DRAFT = "Quetzalcoatlus", "Xochipilli-1177", "Nezahualcoyotl"
CONTROL = "Tlahuizcalpan"
REPORTS = 20
REVOKE = """
from incidents.actions.revoke import revoke
from incidents.models import Device
revoke(Device.objects.latest("pk"))
"""
DRAFTS = "self.queue.all('drafts').then((all) => all.length)"


def test_a_profile_holds_no_word_of_twenty_reports_and_a_draft(handset):
    for count in range(REPORTS):
        handset.open()
        if count == REPORTS // 2:
            handset.offline()
        handset.page.click("summary:has-text('How sure')")
        handset.file(f"{WORDS} {count}", perpetrator_detail=DETAIL)
        if count < REPORTS // 2:
            handset.page.wait_for_url("**/report/*-*/")
    assert len(handset.waiting()) == REPORTS // 2
    handset.open()
    handset.write(DRAFT)
    wait_until(lambda: handset.page.evaluate(DRAFTS), what="a draft")
    handset.page.evaluate(f"localStorage.setItem('control', '{CONTROL}')")
    handset.switch_off()  # politely, so that all is written: history, session, databases
    found = {word: seized.find(word, handset.profile) for word in (WORDS, DETAIL, DRAFT)}
    assert found == {WORDS: [], DETAIL: [], DRAFT: []}
    assert seized.find(CONTROL, handset.profile) != []


def test_exit_forgets_what_was_typed_and_what_arrived(handset):
    handset.write("Sent.")
    handset.page.click(SEND)
    handset.page.wait_for_url("**/report/*-*/")
    handset.open()
    handset.write("Typed.")
    wait_until(lambda: handset.page.evaluate(DRAFTS), what="a draft")
    handset.page.click(".top [data-exit]")
    handset.page.wait_for_url("**/exit/")
    handset.page.go_back()
    handset.page.wait_for_timeout(500)
    assert "Typed." not in handset.page.content()
    handset.open()
    handset.page.wait_for_timeout(500)
    assert handset.page.input_value("#words") == ""
    stores = "Promise.all(['drafts', 'received'].map(self.queue.all)).then((all) => all.map((one) => one.length))"
    assert handset.page.evaluate(stores) == [0, 0]


def test_exit_keeps_what_still_waits(handset, arrived):
    handset.offline()
    handset.open()
    number = handset.file("Waits.")
    handset.page.click(".top [data-exit]")
    handset.page.wait_for_url("**/exit/")
    handset.offline(False)
    handset.open("/outbox/")
    handset.wait_until_sent()
    assert arrived(number)[0] == 1


@pytest.fixture
def revoked(handset, house):
    """Revoked while it is offline with a report that waits."""
    handset.offline()
    handset.open()
    number = handset.file("The last one.")
    house.manage("shell", "-v", "0", "-c", REVOKE)
    handset.offline(False)
    return handset, number


def test_a_revoked_phone_sends_what_is_left_and_then_wipes_itself(revoked, arrived):
    handset, number = revoked
    handset.page.goto(f"{handset.base_url}/report/")
    wait_until(lambda: arrived(number)[0], what="the last report")
    left = "Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])"
    # A page that is wiping itself may never answer, and Playwright would ask for ever.
    count = f"Promise.race([{left}.then((all) => all.flat().length), new Promise((no) => setTimeout(no, 2000, -1))])"
    wait_until(lambda: handset.page.evaluate(count) == 0, what="an empty phone")
    assert "phone" not in {cookie["name"] for cookie in handset.context.cookies()}


def test_signing_out_warns_while_something_waits_and_then_leaves_nothing(handset):
    handset.page.route("**/api/v1/reports/**", lambda route: route.abort())
    handset.open()
    handset.file("Unsent.")
    handset.open("/outbox/")
    handset.page.click("summary:has-text('Sign this phone out')")
    handset.page.click("[data-out] button")
    handset.wait_for("Something still waits to be sent")
    handset.page.click("[data-out] button")
    handset.page.wait_for_url("**/exit/")
    assert handset.page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    handset.page.goto(f"{handset.base_url}/report/")
    handset.wait_for("This phone is not set up yet")
