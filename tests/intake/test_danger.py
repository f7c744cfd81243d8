"""The urgent case: two taps on the open page, a position with it, and what happened later under the same number."""

import json

from tests.intake.handset import HERE, SEND
from tests.services import wait_until


def alarm(phone):
    phone.open()
    number = phone.number()
    phone.page.click("label[for=in_danger_now]")
    phone.page.click("text=Send now")
    return number


def row(house, number):
    columns = "in_danger_now, location_source, latitude, accuracy_m"
    return house.rows(f"SELECT {columns} FROM incidents_report WHERE {house.is_id(number)}")


def test_two_taps_on_the_open_page_file_danger_with_a_position(handset, house, arrived):
    handset.open()
    number = handset.number()
    handset.page.click("label[for=in_danger_now]")
    handset.wait_for("Exact: within 9 m.")
    handset.page.click("text=Send now")
    handset.wait_for("Add what happened")
    handset.wait_until_sent()
    ((danger, source, latitude, accuracy),) = row(house, number)
    assert (bool(danger), source, float(latitude), accuracy) == (True, "gps", HERE["latitude"], 9)


def test_a_position_that_is_found_too_late_follows_by_itself(handset, house):
    handset.context.set_geolocation(None)
    number = alarm(handset)
    handset.wait_for("Add what happened")
    handset.wait_until_sent()
    assert row(house, number)[0][1] == "none"
    handset.context.set_geolocation(HERE)
    wait_until(lambda: revisions(house, number), what="the position")
    assert revisions(house, number)[0]["latitude"] == "-16.510000"


def test_what_happened_is_added_under_the_same_number(handset, house, arrived):
    number = alarm(handset)
    handset.wait_for("Add what happened")
    handset.wait_until_sent()
    handset.page.click("text=Add what happened")
    handset.page.check("#categories-arrest_detention")
    handset.page.fill("#words", "They took her phone.")
    assert handset.number() == number
    handset.page.click(SEND)
    wait_until(lambda: "They took her phone." in str(revisions(house, number)), what="the revision")
    assert arrived(number)[0] == 1


def test_danger_is_filed_without_a_network_too(handset, house):
    handset.offline()
    number = alarm(handset)
    handset.wait_for("Saved on this phone")
    handset.offline(False)
    handset.wait_until_sent()
    assert bool(row(house, number)[0][0])


def revisions(house, number):
    key = f"report_{house.is_id(number)}"
    return [json.loads(body) for (body,) in house.rows(f"SELECT body FROM incidents_revision WHERE {key}")]
