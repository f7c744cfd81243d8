"""One report by PUT: new, the same again, a different text, sealed or plain, and what can't be read."""

import json
import uuid

import pytest
from django.test import Client

from incidents.actions.revoke import revoke
from incidents.models import Device, Incident, Report
from incidents.seals import receipts
from tests import make
from tests.intake.sealed import put, seal, stated, token

pytestmark = pytest.mark.django_db


def test_a_new_report_is_201_and_stored(phone, marisol):
    answer = put(phone, report_id=(here := uuid.uuid4()))
    stored = Report.objects.get(pk=here)
    assert (answer.status_code, answer.json()["reference"], answer.json()["state"]) == (
        201,
        stored.reference,
        "received",
    )
    assert (stored.reporter, stored.words, stored.accuracy_m) == (marisol, stated()["words"], 12)


def test_the_same_again_is_200_and_one_report(phone):
    here, body = uuid.uuid4(), stated()
    put(phone, body, here)
    assert put(phone, body, here).status_code == 200
    assert (Report.objects.count(), Report.objects.get().revisions.count()) == (1, 0)


def test_a_different_text_is_202_and_kept_beside_the_first(phone):
    here = uuid.uuid4()
    put(phone, report_id=here)
    assert put(phone, report_id=here, words="They have taken her away.").status_code == 202
    stored = Report.objects.get()
    assert (stored.words, json.loads(stored.revisions.get().body)["words"]) == (
        stated()["words"],
        "They have taken her away.",
    )


def test_a_sealed_report_is_opened_and_stored(phone):
    assert put(phone, seal(stated(words="Nadie más lo lee."))).status_code == 201
    assert Report.objects.get().words == "Nadie más lo lee."


def test_a_sealed_report_proves_its_sender_without_a_cookie(phone, marisol):
    assert put(Client(), seal(stated(sender=token()))).status_code == 201
    assert Report.objects.get().reporter == marisol


def test_a_report_that_a_colleague_carries_is_its_senders(phone, bolivia, marisol):
    from tests.intake.conftest import enrolled

    envelope = seal(stated(sender=token()))
    colleague = enrolled(make.monitor("jorge", bolivia))
    assert put(colleague, envelope).status_code == 201
    assert Report.objects.get().reporter == marisol


def test_a_made_up_sender_is_nobody(phone):
    forged = f"{Device.objects.get().pk}:{'A' * 43}"
    assert put(Client(), seal(stated(sender=forged))).status_code == 401
    assert not Report.objects.exists()


def test_a_plain_report_without_a_known_phone_is_401(db, bolivia):
    answer = put(Client())
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_sealed_report_is_never_refused_over_an_answer(phone):
    body = stated(latitude="95", occurred_at="1970-01-01T00:00", categories=["made_up"], victim_count="many")
    assert put(phone, seal(body)).status_code == 201
    kept = json.loads(Report.objects.get().body)["set_aside"]
    assert {name: kept[name] for name in ("latitude", "occurred_at", "categories", "victim_count")} == {
        "latitude": "95",
        "occurred_at": "1970-01-01T00:00",
        "categories": "made_up",
        "victim_count": "many",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latitude", "95"),
        ("latitude", 1e200),
        ("occurred_at", "1970-01-01T00:00"),
        ("words", "half \ud800 a character"),
        ("words", "a \x00 in it"),
        ("categories", ["made_up"]),
        ("categories", {"a": 1}),
        ("victim_count", -1),
        ("files", [{"name": "../../etc/passwd"}]),
        ("files", "everything"),
        ("consent", ["public", "internal"]),
    ],
)
def test_a_plain_report_that_can_not_be_read_names_the_field(phone, field, value):
    answer = put(phone, **{field: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'{"words": "\xff"}', b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5_000],
    ids=["empty", "broken", "list", "null", "no UTF-8", "deep list", "deep object", "long number"],
)
def test_what_is_no_json_object_is_400(phone, raw):
    answer = phone.put(f"/api/v1/reports/{uuid.uuid4()}", raw, content_type="application/json")
    assert (answer.status_code, answer.json()["status"]) == (400, 400)


def test_an_overlong_body_is_413(phone):
    assert put(phone, words="x" * 300_000).status_code == 413


def test_a_number_beyond_all_numbers_is_a_fault_of_its_field(phone):
    raw = json.dumps(stated()).replace('"-16.5"', "1e400")
    answer = phone.put(f"/api/v1/reports/{uuid.uuid4()}", raw, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["latitude"])


@pytest.mark.parametrize("spoil", [lambda age: age[:-1], lambda age: age[:60], lambda age: age[:-5] + b"abcde"])
def test_an_envelope_that_was_changed_is_400_and_nothing_is_stored(phone, spoil):
    assert put(phone, spoil(seal(stated()))).status_code == 400
    assert not Report.objects.exists()


def test_an_envelope_for_another_mission_of_this_server_is_opened(phone):
    other = make.mission("elsewhere-2021")
    from incidents.models import Mission

    own = Mission.objects.exclude(pk=other.pk).get()
    assert put(phone, seal(stated(), own)).status_code == 201
    assert put(phone, seal(stated(), other)).status_code == 201


def test_the_id_inside_must_be_the_address(phone):
    answer = put(phone, id=str(uuid.uuid4()))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["id"])


def test_messages_are_in_the_language_of_the_page_it_was_written_on(phone):
    assert "Elija" in str(put(phone, categories=[], language="es").json()["errors"])


def test_the_answer_holds_a_receipt_that_can_be_checked(phone):
    answer = put(phone).json()
    checked = receipts.check(answer["receipt"])
    assert (checked.reference, checked.statement_sha256) == (answer["reference"], Report.objects.get().body_sha256)


def test_somebody_elses_id_is_left_untouched(phone, bolivia):
    from tests.intake.conftest import enrolled

    here = uuid.uuid4()
    put(phone, report_id=here)
    assert put(enrolled(make.monitor("jorge", bolivia)), report_id=here, words="mine").status_code == 201
    assert Report.objects.get(pk=here).words == stated()["words"]


def test_a_revoked_phones_report_is_accepted_and_held_apart(phone):
    revoke(Device.objects.get())
    answer = put(phone)
    assert (answer.status_code, answer.json()["phone"]) == (201, "revoked")
    assert Incident.objects.get().held == "revoked_device"


def test_what_a_revoked_phone_adds_to_an_old_report_moves_nothing(phone):
    here = uuid.uuid4()
    put(phone, report_id=here, consent="partners")
    revoke(Device.objects.get())
    put(phone, report_id=here, in_danger_now=True, consent="internal")
    revised = Report.objects.get().revisions.get()
    assert (Incident.objects.get().in_danger_now, revised.held) == (False, "revoked_device")


def test_a_worker_is_rung_for_what_is_new_and_not_for_the_same(phone, bells):
    here, body = uuid.uuid4(), stated()
    put(phone, body, here)
    put(phone, body, here)
    assert [task for task, _ in bells] == ["incidents.tasks.assess_report"]
