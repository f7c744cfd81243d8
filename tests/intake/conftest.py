"""Marisol's phone: enrolled through her link, as a browser would be."""

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
