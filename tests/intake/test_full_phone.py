"""A phone without room: told before typing is lost, and the words go without the photos."""

from tests.intake.handset import SEND
from tests.intake.test_files_in_a_browser import camera_photo, choose
from tests.services import wait_until


def quota(phone, size):
    """Leaves the phone room for `size` bytes in all, and waits until the browser goes by it."""
    session = phone.context.new_cdp_session(phone.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": phone.base_url, "quotaSize": size})
    wait_until(lambda: phone.page.evaluate(PROBE, 600_000) == "QuotaExceededError", what="the quota to be felt")
    return session


PROBE = """(size) => self.queue.write("notes", new Uint8Array(size), "probe").then(
  () => self.queue.drop("notes", "probe"), (fault) => fault.name)"""


def test_a_file_that_does_not_fit_is_told_while_all_is_still_there(handset):
    handset.open()
    handset.write("Stays.")
    session = quota(handset, 400_000)
    named = {"name": "a.ogg", "mimeType": "audio/ogg", "buffer": b"0" * 500_000}
    handset.page.set_input_files("#photo", [named])
    handset.wait_for("this phone has no room left")
    assert handset.page.input_value("#words") == "Stays."
    session.detach()


def test_a_full_phone_offers_to_send_without_the_photos_and_keeps_what_was_typed(handset, arrived):
    handset.open()
    number = handset.write("No room.")
    choose(handset, ("IMG_1.jpg", "image/jpeg", camera_photo()))
    session = quota(handset, 1)
    handset.page.click(SEND)
    handset.wait_for("this phone has no room left")
    assert handset.page.input_value("#words") == "No room."
    handset.page.click("[data-without]")
    wait_until(lambda: arrived(number)[0], what="the words")
    session.detach()
