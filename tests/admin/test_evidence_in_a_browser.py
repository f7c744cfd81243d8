"""Evidence in a real browser: nothing is seen or fetched before it is asked for, and a film can be sought through."""

import pytest
from django.urls import reverse

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import storage
from tests import make
from tests.admin.window import chromium, opened
from tests.evidence import corpus_films
from tests.services import need, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
# Plays, and says where it is after it was sent to second 1.5.
SEEK = """async film => {
  await film.play();
  return new Promise(done => { film.onseeked = () => done(film.currentTime); film.currentTime = 1.5; });
}"""


@pytest.fixture
def report(marisol):
    need("ffmpeg")
    made = make.report(marisol)
    film = corpus_films.film("-f", "lavfi", "-i", "testsrc=s=64x48:d=2:r=5", "-c:v", "libvpx", kind="webm")
    for content in (make.photo(), film):
        assert prepare(attach(made, storage.keep([content])).pk)
    return made


@pytest.fixture
def page(live_server, as_ramiro, report, monkeypatch):
    """Ramiro's page of the incident; what it asks the server for is in `asked`, its faults in `faults`."""
    with chromium(monkeypatch) as browser:
        page = opened(browser, live_server, as_ramiro)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url.rstrip("/").rpartition("/")[2]))
        page.goto(live_server.url + reverse("admin:incidents_incident_change", args=[report.incident_id]))
        yield page


def test_a_photo_is_blurred_until_asked_and_large_only_then(page):
    picture = page.locator(".exhibit-photo img")
    assert "blur" in picture.evaluate("one => getComputedStyle(one).filter")
    assert "preview" not in page.asked
    page.locator(".exhibit-photo button").click()
    wait_until(
        lambda: page.wait_for_timeout(20) or picture.evaluate("one => one.naturalWidth") == 640, what="the photo"
    )
    wait_until(lambda: picture.evaluate("one => getComputedStyle(one).filter") == "none", what="a clear photo")
    assert page.faults == []


def test_a_film_is_hidden_until_asked_and_can_be_sought_through(page):
    film = page.locator("video")
    assert not film.is_visible()
    page.locator(".exhibit-video button").click()
    assert film.is_visible()
    assert "preview" not in page.asked
    assert film.evaluate(SEEK) == pytest.approx(1.5, abs=0.3)
    page.locator(".exhibit-video button").click()
    assert film.evaluate("film => film.paused && film.hidden && film.muted")
    assert page.faults == []
