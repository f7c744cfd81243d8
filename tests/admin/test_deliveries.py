"""Deliveries at the desk: seen with their incident, and tried again at a person's word."""

import pytest
from django.urls import reverse

from incidents.models import Delivery
from tests import make

LIST = reverse("admin:incidents_delivery_changelist")


@pytest.fixture
def failed(marisol, ana, ramiro):
    incident = make.incident(marisol)
    delivery = incident.deliveries.get(recipient=ana)
    Delivery.objects.filter(pk=delivery.pk).update(state="parked", attempts=60, last_error="mailbox full")
    return delivery


def try_again(client, *deliveries):
    return client.post(LIST, {"action": "try_again", "_selected_action": [delivery.pk for delivery in deliveries]})


def test_the_list_says_what_failed_and_why(as_ana, failed):
    page = as_ana.get(LIST).content.decode()
    assert "mailbox full" in page
    assert reverse("admin:incidents_incident_change", args=[failed.incident_id]) in page


def test_a_failed_delivery_is_tried_again_and_that_is_written_down(as_ana, ana, failed, bells):
    try_again(as_ana, failed)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("pending", 0)
    assert failed.incident.timeline.get(event="delivery.retried").actor == ana
    assert ("incidents.tasks.send_delivery", str(failed.pk)) in bells


def test_a_sent_delivery_is_not_sent_twice(as_ana, failed, bells):
    Delivery.objects.filter(pk=failed.pk).update(state="done")
    bells.clear()
    try_again(as_ana, failed)
    assert Delivery.objects.get(pk=failed.pk).state == "done"
    assert bells == []


def test_what_a_merge_settled_is_no_failure_and_is_told_to_nobody_once_more(as_ana, failed, bells):
    Delivery.objects.filter(pk=failed.pk).update(last_error="merged")
    page = as_ana.get(reverse("admin:incidents_delivery_change", args=[failed.pk])).text
    assert ("Settled" in page, "that its own was merged into" in page, "Try again" in page) == (True, True, False)
    try_again(as_ana, failed)
    assert Delivery.objects.get(pk=failed.pk).state == "parked"


def test_deliveries_of_what_is_not_yours_are_neither_seen_nor_tried(as_ana, as_ramiro, marisol, ana, ramiro):
    hidden = make.incident(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))
    Delivery.objects.update(state="parked")
    delivery = hidden.deliveries.get()
    assert as_ana.get(LIST).context["cl"].result_count == 0
    try_again(as_ana, delivery)
    assert Delivery.objects.get(pk=delivery.pk).state == "parked"
    assert as_ana.get(reverse("admin:incidents_delivery_change", args=[delivery.pk])).status_code == 404
    assert as_ramiro.get(LIST).context["cl"].result_count == 1


def test_nobody_adds_changes_or_deletes_a_delivery(as_sofia, failed):
    change = reverse("admin:incidents_delivery_change", args=[failed.pk])
    assert as_sofia.post(change, {"attempts": 1}).status_code == 403
    assert as_sofia.get(reverse("admin:incidents_delivery_add")).status_code == 403
    assert as_sofia.post(LIST, {"action": "delete_selected", "_selected_action": [failed.pk]}).status_code in (200, 302)
    assert Delivery.objects.filter(pk=failed.pk).exists()


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    as_ramiro, marisol, ramiro, failed, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10) as few:
        as_ramiro.get(LIST)
    for _ in range(10):
        make.incident(marisol)
    with django_assert_max_num_queries(len(few)):
        as_ramiro.get(LIST)


@pytest.mark.parametrize("ticked", ["x", "\x00", "9" * 50])
def test_a_tick_that_is_no_id_does_nothing(as_ana, failed, ticked):
    assert as_ana.post(LIST, {"action": "try_again", "_selected_action": [ticked]}).status_code == 302
    assert Delivery.objects.get(pk=failed.pk).state == "parked"
