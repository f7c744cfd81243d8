"""The link in an alert: looking changes nothing, one tap takes it, and nobody else's link can be made."""

import uuid

import pytest
from django.test import Client

from incidents.actions.alarm import sound
from incidents.models import Alarm, Delivery, Escalation, Incident
from incidents.notifications import links, messages
from tests import make


@pytest.fixture
def delivery(marisol, ramiro):
    make.incident(marisol)
    return Delivery.objects.get()


def page(delivery):
    return f"/a/{links.token(delivery.pk)}/"


def test_looking_acknowledges_nothing_however_often(delivery):
    for method in ("get", "head"):
        assert getattr(Client(), method)(page(delivery)).status_code == 200
    assert Incident.objects.get().status == "triaged"
    assert Escalation.objects.get().is_open


def test_one_tap_acknowledges_as_the_person_it_was_sent_to(delivery, ramiro):
    answer = Client(enforce_csrf_checks=True).post(page(delivery), follow=True)
    assert "Gracias. Usted se encarga" in answer.content.decode()
    incident = Incident.objects.get()
    assert (incident.status, incident.timeline.get(event="incident.acknowledged").actor) == ("acknowledged", ramiro)
    delivery.refresh_from_db()
    assert delivery.acknowledged_at
    assert Escalation.objects.get().answered_by == ramiro


def test_the_second_one_reads_that_somebody_has_it(marisol, ramiro, ana):
    make.incident(marisol)
    mine, other = Delivery.objects.get(recipient=ramiro), Delivery.objects.get(recipient=ana)
    Client().post(page(mine))
    assert "Somebody else has it already" in Client().get(page(other)).content.decode()
    assert Client().post(page(other)).status_code == 302
    assert Incident.objects.get().timeline.filter(event="incident.acknowledged").count() == 1


def test_a_link_that_was_changed_or_made_up_is_not_found(delivery):
    token = links.token(delivery.pk)
    made_up = links.token(uuid.uuid4())
    wrong = [token[:-1] + ("A" if token[-1] != "A" else "B"), token[:20], "x", made_up, "é" * 30, token + "=="]
    assert [Client().post(f"/a/{one}/").status_code for one in wrong] == [404] * len(wrong)
    assert Incident.objects.get().status == "triaged"


def test_who_may_no_longer_see_it_can_no_longer_answer(delivery, ramiro):
    ramiro.memberships.update(all_departments=False)
    assert Client().post(page(delivery)).status_code == 404
    assert Incident.objects.get().status == "triaged"


def test_the_page_tells_neither_words_nor_people(delivery):
    shown = Client().get(page(delivery)).content.decode()
    assert not any(secret in shown for secret in ("marisol", "officers", "ramiro", "C-2", "-16.5"))
    assert Client().get(page(delivery))["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_situation_is_taken_as_a_whole(bolivia, ramiro):
    incidents = [make.incident(make.monitor(f"m{number}", bolivia)) for number in range(4)]
    make.incident(make.monitor("far", bolivia), latitude="-17.9", longitude="-67.1")
    Client().post(page(Delivery.objects.get(kind="situation")))
    # The last one came after the message, and waits for the digest.
    statuses = dict(Incident.objects.values_list("pk", "status"))
    assert [statuses[one.pk] for one in incidents] == ["acknowledged"] * 3 + ["triaged"]
    Client().post(page(Delivery.objects.get(kind="digest")))
    assert sorted(Incident.objects.values_list("status", flat=True)) == ["acknowledged"] * 4 + ["triaged"]


def test_an_alarm_is_taken_by_its_link(marisol, ramiro, bolivia, db):
    from django.db import transaction

    make.incident(marisol)
    with transaction.atomic():
        alarm, (delivery_id,) = sound(marisol, bolivia, Alarm.Kind.SILENCE)
    Client().post(f"/a/{links.token(delivery_id)}/")
    alarm.refresh_from_db()
    assert (alarm.acknowledged_by, alarm.escalation.is_open) == (ramiro, False)


def test_the_short_form_fits_one_message_and_holds_the_whole_link(delivery, settings):
    settings.SITE_URL = "https://observer.mission.example.org"
    message = messages.compose(delivery)
    assert len(message.short) <= 160
    assert message.short.isascii()
    assert message.short.endswith(page(delivery))
