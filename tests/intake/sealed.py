"""A phone as the server sees it: reports as JSON, sealed as the page's scripts seal them, files in pieces."""

import hashlib
import json
import os
import uuid

import pyrage

from incidents.models import Device, Mission
from incidents.seals import sender
from incidents.seals.keys import intake_recipient
from tests import make


def stated(**changes):
    """A report as the page's scripts write it."""
    fields = make.fields(language="es")
    return {**fields, "latitude": fields["latitude"], "accuracy_m": 12, "in_danger_now": False, **changes}


def token():
    """The sender of the one phone there is."""
    return sender.token_of(Device.objects.get())


def seal(content, mission=None):
    mission = mission or Mission.objects.get()
    recipient = pyrage.x25519.Recipient.from_str(intake_recipient(mission))
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return pyrage.encrypt(raw, [recipient])


def put(client, body=None, report_id=None, **changes):
    """Send JSON, or bytes as they are."""
    report_id = report_id or uuid.uuid4()
    raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else stated(**changes))
    kind = "application/age" if isinstance(body, bytes) else "application/json"
    return client.put(f"/api/v1/reports/{report_id}", raw, content_type=kind)


def announced(content, travelling=None):
    """What a report says of a file; `travelling` are its sealed bytes."""
    name = hashlib.sha256(travelling or content).hexdigest()
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "type": "image/jpeg"}


def piece(client, address, content, offset, *, last):
    headers = {"Upload-Offset": str(offset), "Upload-Complete": "?1" if last else "?0"}
    # Django's client leaves the type out where there is no body.
    return client.patch(address, content, CONTENT_TYPE="application/partial-upload", headers=headers)


def noise(size):
    return os.urandom(size)
