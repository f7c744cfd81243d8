"""A phone without room: told before typing is lost, and the words go without the photos."""

import pytest

from tests.intake.handset import SEND
from tests.intake.test_files_in_a_browser import camera_photo, choose
from tests.services import wait_until

ROOM = 4_000_000


@pytest.fixture
def phone(hand_out, tokens):
    """Never had much room: of what it once found free a browser takes more before it looks again, for half a minute."""
    phone = hand_out(enrolled=False)
    phone.wire = phone.context.new_cdp_session(phone.page)
    quota(phone, ROOM)
    phone.enrol(next(tokens))
    return phone


def quota(phone, size):
    """Leaves the phone room for `size` bytes in all, as long as its page lives."""
    phone.wire.send("Storage.overrideQuotaForOrigin", {"origin": phone.base_url, "quotaSize": size})


def fill(phone, size):
    """The same, and waits until the browser goes by it."""
    quota(phone, size)
    wait_until(lambda: phone.page.evaluate(PROBE, 600_000) == "QuotaExceededError", what="the quota to be felt")


# Noise, for it is packed before it is weighed.
PROBE = """(size) => {
  const noise = new Uint8Array(size);
  for (let at = 0; at < size; at += 60_000) crypto.getRandomValues(noise.subarray(at, Math.min(size, at + 60_000)));
  return self.queue.write("notes", noise, "probe").then(() => self.queue.drop("notes", "probe"), (fault) => fault.name);
}"""


def test_a_file_that_does_not_fit_is_told_while_all_is_still_there(phone):
    phone.open()
    phone.write("Stays.")
    fill(phone, 400_000)
    named = {"name": "a.ogg", "mimeType": "audio/ogg", "buffer": b"0" * 500_000}
    phone.page.set_input_files("#photo", [named])
    phone.wait_for("this phone has no room left")
    assert phone.page.input_value("#words") == "Stays."


def test_a_full_phone_offers_to_send_without_the_photos_and_keeps_what_was_typed(phone, arrived):
    phone.open()
    number = phone.write("No room.")
    choose(phone, ("IMG_1.jpg", "image/jpeg", camera_photo()))
    fill(phone, 1)
    phone.page.click(SEND)
    phone.wait_for("this phone has no room left")
    assert phone.page.input_value("#words") == "No room."
    phone.page.click("[data-without]")
    wait_until(lambda: arrived(number)[0], what="the words")
