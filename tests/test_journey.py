"""The main job, end to end, through the doors: phone, triage, alert, desk, export.

With the real web server, worker, beat and broker, on the engine under test.
"""

import email
import json
import re
from email import policy

import pytest

from tests import make
from tests.services import redis_server, wait_until
from tests.stack import Visitor, build

WORDS = "El sargento anotó los nombres de todos."
TRIAGED = "SELECT count(*) FROM incidents_assessment WHERE state <> 'done'"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    made = build(tmp_path_factory.mktemp("stack"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def phone(stack):
    """A monitor's phone, enrolled by its one-time link."""
    visitor = Visitor(stack.base_url)
    page = visitor.get(stack.demo()["monitor_links"][0])
    assert visitor.send(page).status == 200
    return visitor


def desk(stack, username):
    entry = next(entry for entry in stack.demo()["coordinators"] if entry["username"] == username)
    visitor = Visitor(stack.base_url)
    page = visitor.get(entry["url"])
    visitor.send(page, username=username, password=entry["password"])
    return visitor


def partner(stack):
    return Visitor(stack.base_url, [("Authorization", f"Bearer {stack.demo()['partner']['key']}")])


def mail_about(stack, incident_id):
    for path in stack.mails():
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        if incident_id in message.get_content():
            yield message


def file_report(phone, **changes):
    form = phone.get("/report/")
    fields = make.fields(words=WORDS, place="", **changes)
    return phone.send(form, "/report/", files=[("photo", "photo.jpg", make.photo())], **fields)


def the_incident(stack, receipt):
    reference = re.search(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", receipt.text)[0]
    (row,) = stack.rows(f"SELECT incident_id FROM incidents_report WHERE reference = '{reference}'")
    return reference, str(row[0]) if "-" in str(row[0]) else _dashed(row[0])


def _dashed(plain):
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


def test_one_report_travels_from_the_phone_to_the_partner(stack, phone):
    receipt = file_report(phone)
    assert receipt.status == 200
    reference, incident = the_incident(stack, receipt)

    # Triaged by the worker, and told to both coordinators by mail, without words.
    mails = wait_until(lambda: len(found := list(mail_about(stack, incident))) == 2 and found, what="two alerts")
    assert {mail["To"] for mail in mails} == {"lapaz@desk.example", "nacional@desk.example"}
    assert not any("sargento" in mail.as_string() for mail in mails)

    # On the list and the map of the desk, and read there.
    lapaz = desk(stack, "lapaz")
    change = f"/admin/incidents/incident/{incident}/change/"
    assert incident in lapaz.get("/admin/incidents/incident/?status=all").text
    assert incident in lapaz.get("/admin/incidents/incident/map.json?status=all").text
    page = lapaz.get(change)
    assert WORDS in page.text
    assert reference in page.text

    # Handled: acknowledged and confirmed.
    lapaz.send(page, f"/admin/incidents/incident/{incident}/move/", code="acknowledge")
    lapaz.send(
        lapaz.get(change), f"/admin/incidents/incident/{incident}/verify/", level="confirmed", reason="two calls"
    )
    ((status, verification),) = stack.rows(
        f"SELECT status, verification FROM incidents_incident WHERE {stack.is_id(incident)}"
    )
    assert (status, verification) == ("acknowledged", "confirmed")

    # Read on the receipt; pulled by the partner in all three formats, without words or names.
    assert "<time" in phone.get(receipt.url).text
    ngo = partner(stack)
    for suffix in ("", ".geojson", ".csv"):
        answer = ngo.get(f"/api/v1/incidents{suffix}")
        assert answer.status == 200
        assert "sargento" not in answer.text
    released = json.loads(ngo.get("/api/v1/incidents.geojson").text)["features"]
    assert any(feature["properties"]["verification"] == "confirmed" for feature in released)


def test_a_report_outside_a_coordinators_departments_does_not_exist_for_them(stack, phone):
    receipt = file_report(phone, latitude="-17.78", longitude="-63.18")
    _, incident = the_incident(stack, receipt)
    wait_until(lambda: list(mail_about(stack, incident)), what="an alert")
    assert {mail["To"] for mail in mail_about(stack, incident)} == {"nacional@desk.example"}
    assert desk(stack, "lapaz").get(f"/admin/incidents/incident/{incident}/change/").status == 404
    assert desk(stack, "nacional").get(f"/admin/incidents/incident/{incident}/change/").status == 200


def test_a_killed_worker_loses_no_report(stack, phone):
    stack.kill("worker")
    receipt = file_report(phone)
    _, incident = the_incident(stack, receipt)
    stack.start("worker")
    wait_until(lambda: len(list(mail_about(stack, incident))) == 2, 60, what="two alerts after the kill")


def test_a_flushed_broker_loses_no_report(stack, phone):
    stack.kill("worker")
    receipt = file_report(phone)
    _, incident = the_incident(stack, receipt)
    for message in (stack.data / "broker" / "queue").glob("*"):
        message.unlink(missing_ok=True)
    stack.start("worker")
    wait_until(lambda: len(list(mail_about(stack, incident))) == 2, 60, what="two alerts after the flush")


def test_the_probes_answer(stack):
    visitor = Visitor(stack.base_url)
    assert visitor.get("/healthz").text == "ok\n"
    wait_until(lambda: stack.rows(TRIAGED)[0][0] == 0, 60, what="triage")
    assert json.loads(visitor.get("/readyz").text)["ready"] is True


def test_a_second_preparation_keeps_the_data_and_the_credentials(stack, phone):
    before, reports = stack.demo(), stack.rows("SELECT count(*) FROM incidents_report")
    stack.manage("demo", "--port", "0")
    after = stack.demo()
    assert stack.rows("SELECT count(*) FROM incidents_report") == reports
    assert after["coordinators"] == before["coordinators"]
    assert after["partner"] == before["partner"]
    # The link that the phone used up is replaced by a fresh one; the others stay.
    assert after["monitor_links"][0] != before["monitor_links"][0]
    assert after["monitor_links"][1:] == before["monitor_links"][1:]


def test_credentials_are_readable_by_their_owner_alone(stack):
    assert (stack.data / "demo.json").stat().st_mode & 0o777 == 0o600


def test_a_taken_port_is_said(stack):
    done = stack.manage("demo", "--port", stack.environment["PORT"], expect=1)
    assert f"Port {stack.environment['PORT']} on 127.0.0.1 is taken" in done.stderr
    assert "make run PORT=" in done.stderr


def test_with_redis_as_broker_the_report_is_told_too(tmp_path):
    with redis_server() as url:
        stack = build(tmp_path, CELERY_BROKER_URL=url)
        stack.start()
        try:
            phone = Visitor(stack.base_url)
            phone.send(phone.get(stack.demo()["monitor_links"][0]))
            _, incident = the_incident(stack, file_report(phone))
            # Ten seconds: the bell itself, not the sweep that would come after it.
            wait_until(lambda: len(list(mail_about(stack, incident))) == 2, 10, what="two alerts over Redis")
        finally:
            stack.stop()
