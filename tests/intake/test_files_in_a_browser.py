"""Photos, sound and film from a real browser: sealed, in pieces over a line that breaks, the same bytes at the end."""

import io

import pytest
from PIL import Image

from tests.intake.handset import SEND
from tests.proxy import CUT
from tests.services import wait_until


def camera_photo():
    """12 megapixels of detail, with what a camera writes into the file."""
    exif = Image.Exif()
    exif[0x010E] = "Made by a camera"
    exif.get_ifd(0x8825)[1] = "S"
    file = io.BytesIO()
    Image.effect_noise((400, 300), 60).resize((4000, 3000)).convert("RGB").save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.fixture
def kept(house):
    """The original bytes of a report's files, as the server keeps them."""

    def kept(number):
        where = f"report_{house.is_id(number)}"
        rows = house.rows(f"SELECT sha256 FROM incidents_evidence WHERE {where} ORDER BY received_at")
        found = [next((house.data / "evidence").rglob(f"{sha256}*"), None) for (sha256,) in rows]
        return [path.read_bytes() for path in found if path]

    return kept


def choose(phone, *files):
    named = [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    phone.page.set_input_files("#photo", named)
    wait_until(lambda: phone.page.locator("[data-files] li").count() == len(files), what="the list of files")


def test_a_photo_is_made_small_and_loses_what_the_camera_wrote(weak, kept):
    weak.open()
    number = weak.write("With a photo.")
    choose(weak, ("IMG_1.jpg", "image/jpeg", camera_photo()))
    weak.page.click(SEND)
    wait_until(lambda: kept(number), what="the photo")
    (content,) = kept(number)
    image = Image.open(io.BytesIO(content))
    assert (max(image.size), len(content) <= 200_000, dict(image.getexif())) == (1280, True, {})


def test_sound_and_film_travel_as_they_are_over_a_line_that_breaks(weak, line, kept):
    sound, film = bytes(range(256)) * 800, b"\0\0\0\x18ftypmp42" + bytes(range(255, -1, -1)) * 600
    count = {"pieces": 0}

    def every_third(method, path):
        count["pieces"] += method == "PATCH"
        return CUT if method == "PATCH" and count["pieces"] % 3 == 0 else None

    line.rule = every_third
    weak.open()
    number = weak.write("With sound.")
    choose(weak, ("a.ogg", "audio/ogg", sound), ("b.mp4", "video/mp4", film))
    weak.page.click(SEND)
    wait_until(lambda: len(kept(number)) == 2, 60, what="both files")
    line.heal()
    assert {*kept(number)} == {sound, film}


def test_a_file_goes_on_where_it_was_after_the_browser_was_closed(weak, line, kept, arrived):
    content = bytes(range(256)) * 1500
    # The first try breaks and leaves nothing, so the next is half as long and arrives; then nothing is taken any more.
    line.rule = lambda method, path: {1: CUT, 2: None}.get(len(patches(line)), 503) if method == "PATCH" else None
    weak.open()
    number = weak.write("Continues.")
    choose(weak, ("a.ogg", "audio/ogg", content))
    weak.page.click(SEND)
    wait_until(lambda: len(patches(line)) > 2, what="three pieces")
    assert arrived(number)[0] == 1  # the words went first
    weak.restart()
    line.seen.clear()
    line.heal()
    weak.open("/outbox/")
    weak.wait_until_sent()
    assert kept(number) == [content]
    assert sum(size for *_, size in patches(line)) < 0.6 * len(content)


def patches(line):
    return [seen for seen in line.seen if seen[0] == "PATCH"]


def test_a_file_is_taken_back_before_sending_and_one_too_large_is_refused_with_words(weak, line):
    weak.open()
    weak.write("Without.")
    choose(weak, ("a.ogg", "audio/ogg", b"sound"), ("b.ogg", "audio/ogg", b"other"))
    weak.page.click("[data-files] li button >> nth=0")
    wait_until(lambda: weak.page.locator("[data-files] li").count() == 1, what="one file less")
    weak.page.evaluate(TOO_LARGE)
    wait_until(lambda: "larger than 32 MB" in weak.page.inner_text("[data-files]"), what="the refusal")
    assert weak.page.locator("[data-files] li").count() == 1


TOO_LARGE = """() => {
  const given = new DataTransfer();
  given.items.add(new File([new Uint8Array(33 * 1024 * 1024)], "long.mp4", { type: "video/mp4" }));
  const input = document.getElementById("photo");
  input.files = given.files;
  input.dispatchEvent(new Event("change"));
}"""


def test_a_chosen_photo_is_back_after_a_crash(weak, kept):
    weak.restart()
    weak.open()
    number = weak.write("The camera app ended the browser.")
    choose(weak, ("IMG_1.jpg", "image/jpeg", camera_photo()))
    wait_until(lambda: weak.page.evaluate(DRAFTED), what="a draft")
    weak.kill()
    weak.switch_on()
    weak.open()
    wait_until(lambda: weak.page.locator("[data-files] img").count() == 1, what="the photo")
    weak.page.click(SEND)
    wait_until(lambda: kept(number), what="the photo")
    assert len(kept(number)) == 1


# How many files the draft holds.
DRAFTED = "self.queue.all('drafts').then(([one]) => one?.files.length)"
