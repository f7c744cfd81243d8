"""Marisol's phone: enrolled through her link, as a browser would be."""

import contextlib
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from incidents.actions.enrol import invite
from tests import make

FORM = "/report/"


def enrolled(monitor):
    client = Client()
    _, secret = invite(monitor)
    assert client.post(reverse("intake:enrol", args=[secret])).status_code == 302
    return client


def send(phone, **changes):
    return phone.post(FORM, typed(**changes))


def typed(**changes):
    return {"report_id": str(uuid.uuid4()), **make.fields(language=""), **changes}


@pytest.fixture
def phone(marisol):
    return enrolled(marisol)


@pytest.fixture
def jpeg():
    """A tiny photo, as a camera names it."""
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (4, 4), "teal").save(file, "JPEG")
    return SimpleUploadedFile("IMG_0001.jpg", file.getvalue(), "image/jpeg")


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """The web server as it runs in production, static files hashed and compressed; shared by all phones of the run."""
    from tests.services import need
    from tests.stack import build

    need("Chromium")
    made = build(tmp_path_factory.mktemp("house"))
    made.start("web")
    yield made
    made.stop()


# A monitor for each phone, for a new link ends the one before.
INVITE = """
from incidents.actions.enrol import invite
from incidents.models import Membership, Mission, User
for number in range(80):
    monitor = User.objects.create(username=f"phone-{number}", code=f"P-{number}", role="monitor", language="en")
    Membership.objects.create(user=monitor, mission=Mission.objects.get(), all_departments=True)
    print(invite(monitor)[1])
"""


@pytest.fixture(scope="session")
def tokens(house):
    """One-time links, more than a run needs."""
    return iter(house.manage("shell", "-v", "0", "-c", INVITE).stdout.split())


@pytest.fixture(scope="module")
def engine():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@contextlib.contextmanager
def handsets(house, tokens, engine, folder):
    """Gives out enrolled phones: `hand_out(line)` for one behind a proxy."""
    from tests.intake.handset import Handset

    given = []

    def hand_out(line=None, *, enrolled=True):
        handset = Handset(engine, folder / f"profile-{len(given)}", (line.url if line else house.base_url))
        given.append(handset)
        if enrolled:
            handset.enrol(next(tokens))
        return handset

    yield hand_out
    for handset in given:
        handset.switch_off()


@pytest.fixture
def hand_out(house, tokens, engine, tmp_path):
    with handsets(house, tokens, engine, tmp_path) as hand_out:
        yield hand_out


@pytest.fixture
def handset(hand_out):
    return hand_out()


@pytest.fixture(scope="module")
def line(house):
    """A line to the server that can be told to fail."""
    from tests.proxy import Faults

    made = Faults(house.base_url)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def worn(house, tokens, engine, line, tmp_path_factory):
    """The phone of a whole file of tests."""
    with handsets(house, tokens, engine, tmp_path_factory.mktemp("worn")) as hand_out:
        yield hand_out(line)


@pytest.fixture
def weak(worn, line):
    """A phone on a line that can be told to fail, with nothing waiting."""
    yield worn
    line.heal()
    worn.open("/outbox/")
    worn.page.evaluate("Promise.all(['reports', 'blobs', 'received', 'drafts', 'notes'].map(self.queue.empty))")
    line.seen.clear()


@pytest.fixture
def arrived(house):
    """How often a report is in the database, how many texts came under its number, and its words."""

    def arrived(number):
        found = house.rows(f"SELECT words FROM incidents_report WHERE {house.is_id(number)}")
        later = house.rows(
            # The key is called report_id.
            f"SELECT count(*) FROM incidents_revision WHERE report_{house.is_id(number)}"
        )
        return len(found), later[0][0], found[0][0] if found else None

    return arrived
