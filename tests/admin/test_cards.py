"""Enrolment cards: each opens one phone, once; made anew they end the old; nothing of them is kept."""

import re

import pytest
import segno
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from incidents.actions.enrol import invite
from incidents.models import Device, Invitation, LogbookEntry
from tests import make
from tests.admin.test_importing import check, here, take  # noqa: F401

LINK = re.compile(r'<p class="link" dir="ltr">([^<]+)</p>')


@pytest.fixture
def cards(bolivia):
    return reverse("admin:incidents_mission_cards", args=[bolivia.pk])


@pytest.fixture
def several(bolivia, departments):
    people = [make.monitor(f"m-{number}", bolivia) for number in range(3)]
    people[2].language = "ar"
    people[2].save()
    return people


def strokes(link):
    """The dark squares that stand for an address, as they are drawn."""
    return re.findall(r'd="(M[^"]+)"', segno.make(link, error="m", micro=False).svg_inline())[-1]


def opened(link):
    """What a phone is answered that scans the card and presses the button."""
    return Client().post("/e/" + link.rstrip("/").rsplit("/", 1)[1] + "/").status_code


def test_each_card_holds_a_code_that_opens_one_phone_once(as_sofia, cards, several):
    page = as_sofia.post(cards, {"who": "uninvited"})
    links = LINK.findall(page.text)
    assert len(links) == 3
    assert all(strokes(link) in page.text for link in links)
    assert [opened(links[0]), opened(links[0])] == [302, 410]
    assert Device.objects.get().monitor == several[0]


def test_a_card_says_nothing_of_what_it_is_for_and_speaks_its_readers_language(as_sofia, cards, several, bolivia):
    page = as_sofia.post(cards, {"who": "uninvited"}).text
    sheet = page[page.index("<main>") :]
    assert bolivia.name not in page
    assert not re.search(r"observ|monitor|police|mission|report", sheet.lower().replace("/admin/", ""))
    assert '<li class="card" lang="ar" dir="rtl">' in sheet


def test_the_page_is_not_kept_and_the_links_stand_nowhere_else(as_sofia, cards, several, caplog):
    page = as_sofia.post(cards, {"who": "without"})
    assert "no-store" in page["Cache-Control"]
    secret = LINK.findall(page.text)[0].rstrip("/").rsplit("/", 1)[1]
    entry = LogbookEntry.objects.get(event="invitations.issued")
    assert entry.detail == {"count": 3, "revoked": 0}
    assert not Invitation.objects.filter(token_hash=secret).exists()
    assert secret not in caplog.text + str(dict(as_sofia.cookies))


def test_printing_again_ends_the_cards_of_before(as_sofia, cards, several):
    old = LINK.findall(as_sofia.post(cards, {"who": "without"}).text)
    assert as_sofia.post(cards, {"who": "uninvited"}).status_code == 422
    new = LINK.findall(as_sofia.post(cards, {"who": "without"}).text)
    assert [opened(old[0]), opened(new[0])] == [410, 302]


def test_cards_are_made_for_the_codes_that_were_written(as_sofia, cards, several, marisol):
    page = as_sofia.post(cards, {"who": "these", "codes": "M-1, marisol"}).text
    assert len(LINK.findall(page)) == 2
    refused = as_sofia.post(cards, {"who": "these", "codes": "M-1, nobody"})
    assert refused.status_code == 422
    assert escape("has the code nobody") in refused.text


def test_nobody_gets_a_card_who_belongs_to_a_mission_beyond_the_admins(as_sofia, cards, several):
    several[0].memberships.create(mission=make.mission("elsewhere"))
    assert len(LINK.findall(as_sofia.post(cards, {"who": "uninvited"}).text)) == 2
    assert as_sofia.post(cards, {"who": "these", "codes": several[0].code}).status_code == 422


def test_those_just_imported_get_their_cards(as_sofia, cards, several, take):  # noqa: F811
    assert as_sofia.post(cards, {"who": "imported"}).status_code == 422
    take("code\nM-77")
    page = as_sofia.post(cards, {"who": "imported"}).text
    assert len(LINK.findall(page)) == 1
    assert "M-77" in page


def test_a_new_card_ends_the_old_phone_where_that_is_chosen(as_sofia, cards, several):
    phones = [Device.objects.create(monitor=one, token_hash=one.code * 16) for one in several[:2]]
    as_sofia.post(reverse("admin:incidents_user_invite", args=[several[0].pk]))
    as_sofia.post(cards, {"who": "these", "codes": several[1].code, "revoke": "on"})
    assert [Device.objects.get(pk=phone.pk).revoked_at is None for phone in phones] == [True, False]


def test_those_chosen_in_the_list_are_written_down_for_their_cards(as_sofia, several, marisol):
    old = invite(several[0])[1]
    there = reverse("admin:incidents_user_changelist")
    page = as_sofia.post(there, {"action": "print_cards", "_selected_action": [one.pk for one in several]})
    assert "m-0\nm-1\nm-2" in page.text
    assert opened(f"/e/{old}") == 302  # nothing is made before the button is pressed
