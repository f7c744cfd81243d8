"""The check-in in a real browser: a tap without a network is kept, sealed, and counts as of its own time."""

import time

from tests.services import wait_until

SAFE = "button[value=safe]"
KEPT = "self.queue.read('notes', 'safe').then((all) => all.map((one) => new TextDecoder().decode(one)))"


def agree(weak, minutes=60):
    weak.page.click(f"button[value='{minutes}']")
    weak.wait_for("Agreed.")


def rows(house, columns):
    return house.rows(f"SELECT {columns} FROM incidents_checkin ORDER BY id DESC")


def test_a_tap_without_a_connection_is_kept_and_arrives_with_its_own_time(weak, line, house):
    weak.open("/safe/")
    agree(weak)
    weak.page.clock.install()
    line.failing("cut", methods=("POST",))
    weak.page.fill("#word", "tia rosa")
    weak.page.click(SAFE)
    weak.wait_for("It is kept on this phone")
    kept = weak.page.evaluate(KEPT)
    assert (len(kept), "rosa" in kept[0], kept[0][:10]) == (1, False, "age-encryp")
    weak.page.clock.fast_forward(1_800_000)
    line.heal()
    weak.page.evaluate("dispatchEvent(new Event('online'))")
    weak.wait_for("What was kept has arrived.")
    assert any(path.startswith("/api/v1/phone/safe") for _method, path, *_rest in line.seen)
    # By the phone's own clock it was half an hour ago: before the agreement, which therefore stands.
    assert rows(house, "outcome")[0][0] == ""


def test_an_agreement_without_a_connection_is_none_and_says_so(weak, line, house):
    weak.open("/safe/")
    before = len(rows(house, "id"))
    line.failing("cut", methods=("POST",))
    weak.page.click("button[value='30']")
    weak.wait_for("Nothing was changed.")
    assert len(rows(house, "id")) == before


def test_every_page_says_by_when_something_is_to_be_heard(weak):
    weak.open("/safe/")
    agree(weak, 120)
    until = weak.page.inner_text("p[data-check-in]")
    weak.open("/report/")
    wait_until(lambda: weak.page.inner_text("a[data-check-in]") == until, what="the time on the form")
    weak.open("/safe/")
    weak.page.click(SAFE)
    weak.wait_for("Noted. Thank you.")
    weak.open("/report/")
    wait_until(lambda: weak.page.inner_text("a[data-check-in]") == "Check-in", what="no time on the form")


def test_a_tap_while_another_is_on_its_way_goes_out_after_it(weak, line, house):
    weak.open("/safe/")
    before = len(rows(house, "id"))
    line.rule = lambda method, path: time.sleep(2) if method == "POST" else None
    weak.page.click("button[value='30']")
    weak.page.click("button[value='30']")
    weak.page.click(SAFE)
    weak.wait_for("Noted. Thank you.")
    assert (len(rows(house, "id")) - before, rows(house, "outcome")[0][0]) == (1, "heard")


def test_a_tap_is_taken_while_the_phone_still_asks_how_it_stands(weak, line):
    weak.open("/safe/")
    line.rule = lambda method, path: time.sleep(20) if path.startswith("/api/v1/phone") else None
    agree(weak)
    weak.page.click(SAFE)
    weak.wait_for("Noted. Thank you.")
