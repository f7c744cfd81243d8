"""Where it happened: a pin by tap and from the keyboard, and a list that is searched without a network."""

from tests.intake.handset import SEND
from tests.services import wait_until


def row(house, number):
    return house.rows(f"SELECT location_source, latitude, longitude FROM incidents_report WHERE {house.is_id(number)}")


def test_a_pin_is_set_by_tap_moved_from_the_keyboard_and_sent_as_a_pin(handset, house):
    number = handset.write("On the map.")
    page = handset.page
    page.check("#location_source-pin")
    page.click("[data-map]")
    wait_until(lambda: page.locator(".map path.land").count() > 3, what="the departments")
    page.locator(".map").click(position={"x": 150, "y": 200})
    tapped = page.input_value("#latitude")
    page.focus(".map")
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    wait_until(lambda: page.input_value("#latitude") not in ("", tapped), what="another place")
    moved = float(page.input_value("#latitude"))
    page.click(SEND)
    wait_until(lambda: row(house, number), what="the report")
    ((source, latitude, _),) = row(house, number)
    assert (source, float(latitude)) == ("pin", moved)
    assert tapped


def test_the_list_is_searched_without_accents_and_without_a_network(handset, house):
    handset.offline()
    handset.open()
    number = handset.write("In a town.")
    handset.page.check("#location_source-area")
    handset.page.fill("#search", "potosi")
    wait_until(lambda: 1 < handset.page.locator("#place option").count() < 148, what="a shorter list")
    handset.page.select_option("#place", index=1)
    handset.page.click(SEND)
    handset.wait_for("Saved on this phone")
    handset.offline(False)
    handset.wait_until_sent()
    assert row(house, number) == [("area", None, None)]


def test_only_the_chosen_answer_is_sent(handset, house):
    number = handset.write("Nowhere.")
    handset.page.check("#location_source-gps")
    handset.wait_for("Exact: within 9 m.")
    handset.page.check("#location_source-none")
    handset.page.click(SEND)
    wait_until(lambda: row(house, number), what="the report")
    assert row(house, number) == [("none", None, None)]
