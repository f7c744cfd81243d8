"""What every screen of the desk keeps: who may enter, no foreign host, the strict policy, the demonstration label."""

import re

import pytest
from django.urls import reverse

from tests import make
from tests.conftest import signed_in

LABEL = "Demonstration: the reports are synthetic"
SCREENS = ("incident", "delivery", "oncall", "user", "device", "apikey", "mission", "boundary", "place")


def lists():
    return [reverse(f"admin:incidents_{model}_changelist") for model in SCREENS]


@pytest.fixture
def incident(marisol, sofia, departments):
    return make.incident(marisol)


def every_screen(incident):
    pages = [
        ("incident_change", incident.pk),
        ("delivery_change", incident.deliveries.first().pk),
        ("oncall_add",),
    ]
    own = [reverse("admin:password_change"), reverse("admin:alerts")]
    return [*lists(), *own, *(reverse(f"admin:incidents_{name}", args=key) for name, *key in pages)]


def test_monitors_and_partners_do_not_enter_the_desk(marisol, tariq, client, incident):
    for visitor in (signed_in(marisol), signed_in(tariq), client):
        for screen in every_screen(incident):
            assert visitor.get(screen).status_code == 302
        assert visitor.get(reverse("admin:incidents_incident_map")).status_code == 302


def test_no_screen_names_another_host(as_sofia, incident):
    for screen in every_screen(incident):
        page = as_sofia.get(screen).content.decode()
        hosts = re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//[^"'>\s]+""", page)
        assert hosts == [], screen


def test_no_screen_needs_more_than_the_policy_allows(as_sofia, incident):
    for screen in every_screen(incident):
        answer = as_sofia.get(screen)
        page = answer.content.decode()
        assert "style-src 'self'" in answer["Content-Security-Policy"].split("; ")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", page), screen
        inline = re.findall(r"<script(?![^>]*(?:src=|application/json|nonce=\"[^\"]{16,}\"))[^>]*>", page)
        assert inline == [], screen


def test_every_screen_of_a_demonstration_says_so(as_sofia, bolivia, incident):
    assert all(LABEL not in as_sofia.get(screen).content.decode() for screen in every_screen(incident))
    bolivia.is_demonstration = True
    bolivia.save()
    assert all(LABEL in as_sofia.get(screen).content.decode() for screen in every_screen(incident))


def test_another_missions_demonstration_is_not_ones_own(as_sofia, incident):
    make.mission(slug="show", is_demonstration=True)
    assert LABEL not in as_sofia.get(lists()[0]).content.decode()


def test_the_desk_opens_on_the_incidents(as_ana):
    assert as_ana.get(reverse("admin:index")).headers["Location"] == lists()[0]


def test_the_desk_speaks_spanish_when_asked(as_ana, incident):
    page = as_ana.get(lists()[0], headers={"Accept-Language": "es"}).content.decode()
    assert '<html lang="es"' in page


def test_groups_have_no_screen(as_sofia):
    assert as_sofia.get("/admin/auth/group/").status_code == 404


def test_the_shortcut_past_the_rule_is_closed(as_sofia, incident):
    assert as_sofia.get(f"/admin/r/1/{incident.pk}/").status_code == 404
