"""What a phone learns of itself and its reports, and how it is let go."""

import uuid

import pytest
from django.test import Client

from incidents.actions.review import mark_read
from incidents.actions.revoke import revoke
from incidents.models import Device, Incident, Report
from tests import make
from tests.intake.sealed import announced, put, seal, stated, token

pytestmark = pytest.mark.django_db


def asked(client, *ids):
    return client.get("/api/v1/phone", {"report": [str(one) for one in ids]}).json()


def test_a_phone_learns_that_its_report_was_read(phone, ana):
    here = uuid.uuid4()
    put(phone, report_id=here)
    mark_read(Incident.objects.get().pk, actor=ana)
    reports = {str(here): {"state": "read", "missing": []}}
    assert asked(phone, here) == {"phone": "open", "reports": reports, "check_in": None}


def test_a_phone_learns_which_files_have_not_arrived(phone):
    here, file = uuid.uuid4(), announced(make.photo())
    put(phone, report_id=here, files=[file])
    assert asked(phone, here)["reports"][str(here)]["missing"] == [file["name"]]


def test_nobody_learns_of_anybody_elses_report(phone, bolivia):
    from tests.intake.conftest import enrolled

    here = uuid.uuid4()
    put(phone, report_id=here)
    assert asked(enrolled(make.monitor("jorge", bolivia)), here)["reports"] == {}
    assert asked(Client(), here) == {"phone": "unknown", "reports": {}}


def test_what_is_no_id_is_passed_over(phone):
    assert asked(phone, "x", "' OR 1=1", "\x00")["reports"] == {}


def test_a_revoked_phone_is_told_and_may_wipe_itself(phone):
    revoke(Device.objects.get())
    assert asked(phone)["phone"] == "revoked"
    answer = phone.post("/api/v1/phone/wipe")
    assert (answer.status_code, answer["Clear-Site-Data"]) == (204, '"cache", "cookies", "storage"')
    assert phone.cookies["phone"].value == ""


def test_a_trusted_phone_is_not_wiped(phone):
    answer = phone.post("/api/v1/phone/wipe")
    assert (answer.status_code, "Clear-Site-Data" in answer) == (409, False)


def test_signing_out_ends_the_credential_and_clears_the_browser(phone):
    cookie = phone.cookies["phone"].value
    answer = phone.post("/forget/")
    assert (answer["Clear-Site-Data"], phone.cookies["phone"].value) == ('"cache", "cookies", "storage"', "")
    phone.cookies["phone"] = cookie
    assert phone.get("/report/").status_code == 403


def test_what_was_sealed_before_signing_out_still_counts(phone):
    envelope = seal(stated(sender=token()))
    phone.post("/forget/")
    assert put(Client(), envelope).status_code == 201
    assert Report.objects.get().incident.held == ""


def test_the_page_carries_the_key_to_seal_to_and_the_sender(phone, bolivia):
    from incidents.seals.keys import intake_recipient

    page = phone.get("/report/").text
    assert f'data-recipient="{intake_recipient(bolivia)}"' in page
    assert f'data-sender="{token()}"' in page
