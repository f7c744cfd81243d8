"""The severity table at the desk: in words, with what a change would do before it is saved, for mission admins."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from incidents.actions.review import regrade
from incidents.grading import DEFAULT_RULES, digest
from incidents.models import Assessment, Incident, SeverityRule
from tests import make


@pytest.fixture
def here(bolivia):
    return reverse("admin:incidents_mission_severity", args=[bolivia.pk])


def filled(page, **changes):
    """What a browser would send from this page, with some lines changed."""
    form = page.context["form"]
    sent = {field.html_name: "" if field.value() is None else field.value() for field in form}
    return {**sent, "previewed": page.context["previewed"], **{k.replace("__", "-"): v for k, v in changes.items()}}


def test_the_page_shows_words_not_codes(as_sofia, here):
    text = as_sofia.get(here).content.decode()
    assert "Arrest or detention" in text
    assert ">at least major</option>" in text
    assert "arrest_detention<" not in text


def test_a_page_sent_back_as_it_came_keeps_the_table(as_sofia, here, bolivia):
    looked = as_sofia.post(here, {**filled(as_sofia.get(here)), "preview": "1"})
    assert looked.context["previewed"] == digest(DEFAULT_RULES)
    assert as_sofia.post(here, {**filled(looked), "save": "1"}).status_code == 302
    assert set(SeverityRule.objects.table(bolivia.pk)) == set(DEFAULT_RULES)


def test_a_change_is_previewed_on_the_missions_open_incidents_and_then_saved(as_sofia, here, marisol, bolivia, ramiro):
    for _ in range(3):
        make.incident(marisol, timing="happened", perpetrators=[])
    closed = make.incident(marisol, timing="happened", perpetrators=[])
    Incident.objects.filter(pk=closed.pk).update(status="closed")
    make.incident(marisol, timing="happened", categories=["arrest_detention"])
    change = {"category__intimidation": "floor:critical", "category__arrest_detention": "floor:minor"}
    looked = as_sofia.post(here, {**filled(as_sofia.get(here), **change), "preview": "1"})
    assert (looked.context["rehearsed"].rising, looked.context["rehearsed"].falling) == (3, 1)
    assert "3 open incidents would rise" in looked.content.decode()
    assert set(SeverityRule.objects.table(bolivia.pk)) == set(DEFAULT_RULES)
    as_sofia.post(here, {**filled(looked), "save": "1"})
    assert SeverityRule.objects.get(mission=bolivia, code="intimidation").level == "critical"
    assert Assessment.objects.filter(state="pending").count() == 4


def test_what_was_set_by_hand_is_counted_apart(as_sofia, here, marisol, ramiro):
    incident = make.incident(marisol, timing="happened")
    regrade(incident.pk, "minor", actor=ramiro, reason="Known")
    change = {"category__intimidation": "floor:critical"}
    looked = as_sofia.post(here, {**filled(as_sofia.get(here), **change), "preview": "1"})
    assert (looked.context["rehearsed"].by_hand, looked.context["rehearsed"].rising) == (1, 0)


def test_a_table_that_was_changed_after_looking_is_looked_at_once_more(as_sofia, here, bolivia):
    looked = as_sofia.post(here, {**filled(as_sofia.get(here)), "preview": "1"})
    answer = as_sofia.post(here, {**filled(looked, category__other="floor:critical"), "save": "1"})
    assert (answer.status_code, answer.context["rehearsed"] is not None) == (200, True)
    assert SeverityRule.objects.get(mission=bolivia, code="other").level == "minor"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category__other": "floor:none"}, "Select a valid choice"),
        ({"category__other": "raise:-1"}, "Select a valid choice"),
        ({"people__0": "1"}, "greater than or equal to 2"),
        ({"people__0": "ten"}, "whole number"),
        ({"people__0": ""}, "from how many people"),
        ({"people__1": "10", "victim_count__1": "raise:2"}, "stands in the table already"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_beside_its_line(as_sofia, here, bolivia, changes, words):
    answer = as_sofia.post(here, {**filled(as_sofia.get(here), **changes), "preview": "1"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert set(SeverityRule.objects.table(bolivia.pk)) == set(DEFAULT_RULES)


def test_two_numbers_of_people_can_be_told_apart(as_sofia, here, bolivia):
    change = {"people__1": "100", "victim_count__1": "raise:2"}
    looked = as_sofia.post(here, {**filled(as_sofia.get(here), **change), "preview": "1"})
    as_sofia.post(here, {**filled(looked), "save": "1"})
    counts = SeverityRule.objects.filter(mission=bolivia, kind="victim_count").order_by("threshold")
    assert [(rule.threshold, rule.steps) for rule in counts] == [(10, 1), (100, 2)]


def test_the_usual_table_can_be_filled_in_again(as_sofia, here, bolivia):
    SeverityRule.objects.filter(mission=bolivia, kind="harm").delete()
    assert "usually at least critical" in as_sofia.get(here).content.decode()
    again = as_sofia.get(f"{here}?{urlencode({'defaults': 1})}")
    assert "usually" not in again.content.decode().partition("<table")[2]
    looked = as_sofia.post(here, {**filled(again), "preview": "1"})
    assert looked.context["previewed"] == digest(DEFAULT_RULES)


def test_another_missions_table_is_not_there_and_coordinators_have_none(as_sofia, as_ana, here):
    other = make.mission("elsewhere")
    assert as_sofia.get(reverse("admin:incidents_mission_severity", args=[other.pk])).status_code == 404
    assert as_ana.get(here).status_code == 403


@pytest.mark.parametrize(
    ("opens", "closes", "status"), [("08:00", "17:00", 302), ("17:00", "08:00", 200), ("08:00", "", 200)]
)
def test_polling_hours_are_both_there_and_in_order(as_sofia, bolivia, opens, closes, status):
    form = {
        "names_en": "Bolivia",
        "slug": bolivia.slug,
        "election_day": "2020-10-18",
        "time_zone": "America/La_Paz",
        "languages": ["es"],
        "polls_open": opens,
        "polls_close": closes,
    }
    answer = as_sofia.post(reverse("admin:incidents_mission_change", args=[bolivia.pk]), form)
    assert answer.status_code == status
    bolivia.refresh_from_db()
    assert (bolivia.polls_open is not None) == (status == 302)
