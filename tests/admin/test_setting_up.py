"""People, credentials, missions, boundaries and places: mission admins only, and only their own missions."""

import json

import pytest
from django.urls import reverse

from incidents.models import ApiKey, Boundary, Device, Invitation, Mission, User
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

SCREENS = ("user", "device", "apikey", "mission", "boundary", "place")
SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[-60, -15], [-59, -15], [-59, -14], [-60, -15]]]})


def page(model, name="changelist", *args):
    return reverse(f"admin:incidents_{model}_{name}", args=args)


@pytest.fixture
def abroad(db):
    """A mission that Sofía has no part in, with a coordinator of its own."""
    other = make.mission(slug="elsewhere", names={"en": "Elsewhere 2021"})
    make.departments(other)
    make.person("olga", Role.COORDINATOR, other, everywhere=True, code="X-9")
    return other


def person_form(bolivia, **changes):
    return {
        "username": "jorge",
        "code": "M-11",
        "role": "monitor",
        "language": "es",
        "is_active": "on",
        "usable_password": "false",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-mission": str(bolivia.pk),
        "memberships-0-all_departments": "on",
        **changes,
    }


@pytest.mark.parametrize("model", SCREENS)
@pytest.mark.parametrize("name", ["changelist", "add"])
def test_setting_up_is_closed_to_coordinators(as_ana, model, name):
    assert as_ana.get(page(model, name)).status_code == 403


@pytest.mark.parametrize("model", ["user", "device", "apikey"])
def test_it_tells_of_people_by_the_clock_of_their_mission(as_sofia, sofia, marisol, tariq, bolivia, model):
    Device.objects.create(monitor=marisol, mission=bolivia, token_hash="x")
    answer = as_sofia.get(page(model))
    assert "-04:00" in answer.text
    assert "+00:00" not in answer.text


@pytest.mark.parametrize("model", SCREENS)
def test_setting_up_is_open_to_mission_admins(as_sofia, abroad, model):
    answer = as_sofia.get(page(model))
    assert answer.status_code == 200
    assert "Elsewhere 2021" not in answer.content.decode()


def test_coordinators_are_not_offered_the_set_up(as_ana, marisol):
    answer = as_ana.get(page("incident"))
    assert page("user") not in answer.content.decode()
    assert as_ana.get(page("user", "change", marisol.pk)).status_code == 403


def test_people_of_other_missions_are_not_there(as_sofia, abroad):
    olga = User.objects.get(username="olga")
    assert "X-9" not in as_sofia.get(page("user")).content.decode()
    assert as_sofia.get(page("user", "change", olga.pk)).status_code == 404


def test_a_monitor_is_added_without_a_password(as_sofia, bolivia):
    assert as_sofia.post(page("user", "add"), person_form(bolivia)).status_code == 302
    jorge = User.objects.get(username="jorge")
    assert jorge.memberships.get().mission == bolivia
    assert not jorge.has_usable_password()


def test_nobody_is_added_to_another_mission_or_to_none(as_sofia, bolivia, abroad):
    as_sofia.post(page("user", "add"), person_form(abroad))
    as_sofia.post(page("user", "add"), person_form(bolivia, **{"memberships-TOTAL_FORMS": "0"}))
    assert not User.objects.filter(username="jorge").exists()


def test_only_a_superuser_makes_superusers(as_sofia, bolivia, marisol):
    as_sofia.post(page("user", "add"), person_form(bolivia, is_superuser="on"))
    assert not User.objects.get(username="jorge").is_superuser
    assert "is_superuser" not in as_sofia.get(page("user", "change", marisol.pk)).content.decode()


def test_the_password_of_someone_with_more_reach_is_out_of_reach(as_sofia, bolivia, abroad):
    shared = make.person("shared", Role.MISSION_ADMIN, abroad, everywhere=True)
    shared.memberships.create(mission=bolivia)
    root = User.objects.create_superuser("root", make.PASSWORD)
    root.memberships.create(mission=bolivia)
    for person in (shared, root):
        assert as_sofia.post(reverse("admin:auth_user_password_change", args=[person.pk])).status_code == 403
        assert as_sofia.post(page("user", "change", person.pk), {}).status_code == 403


def test_a_superuser_without_a_mission_can_set_up_the_first(db):
    root = User.objects.create_superuser("root", make.PASSWORD)
    given = {
        "names_en": "First",
        "slug": "first",
        "election_day": "2026-10-18",
        "time_zone": "UTC",
        "languages": ["en"],
    }
    assert signed_in(root).post(page("mission", "add"), given).status_code == 302
    assert Mission.objects.get().memberships.get().user == root


def test_an_enrolment_link_is_shown_once_and_opens_the_phone(as_sofia, marisol):
    answer = as_sofia.post(page("user", "invite", marisol.pk))
    assert reverse("intake:enrol", args=["x"]).rstrip("x/") in answer.context["secret"]
    secret = answer.context["secret"].rstrip("/").rsplit("/", 1)[1]
    assert Invitation.objects.get().token_hash != secret
    assert secret not in as_sofia.get(page("user", "change", marisol.pk)).content.decode()


def test_only_monitors_are_enrolled_and_only_by_mission_admins(as_sofia, as_ana, ana, marisol):
    assert as_sofia.post(page("user", "invite", ana.pk)).status_code == 403
    assert as_ana.post(page("user", "invite", marisol.pk)).status_code == 403
    assert not Invitation.objects.exists()


def test_a_phone_is_revoked(as_sofia, marisol):
    device = Device.objects.create(monitor=marisol, token_hash="0" * 64)
    as_sofia.post(page("device"), {"action": "revoke_chosen", "_selected_action": [device.pk]})
    device.refresh_from_db()
    assert device.revoked_at is not None


def test_a_key_is_issued_shown_once_and_revoked(as_sofia, tariq, bolivia):
    given = {"holder": tariq.pk, "mission": bolivia.pk, "audience": "public"}
    secret = as_sofia.post(page("apikey", "add"), given).context["secret"]
    key = ApiKey.objects.valid(secret)
    assert key.audience == "public"
    as_sofia.post(page("apikey"), {"action": "revoke_chosen", "_selected_action": [key.pk]})
    assert ApiKey.objects.valid(secret) is None


def test_a_key_is_not_issued_to_someone_who_may_not_pull(as_sofia, ana, bolivia):
    as_sofia.post(page("apikey", "add"), {"holder": ana.pk, "mission": bolivia.pk, "audience": "partner"})
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "geometry", ["{}", "[]", "1", '{"type": "Point", "coordinates": [0, 0]}', SQUARE.replace("-15", "NaN"), '"\\u0000"']
)
def test_a_boundary_must_be_an_area(as_sofia, bolivia, geometry):
    given = {"mission": bolivia.pk, "names_en": "Zone", "code": "Z", "level": 1, "geometry": geometry}
    answer = as_sofia.post(page("boundary", "add"), given)
    assert answer.status_code == 200
    assert not Boundary.objects.filter(code="Z").exists()


def test_a_boundary_is_added(as_sofia, bolivia):
    given = {"mission": bolivia.pk, "names_en": "Zone", "code": "Z", "level": 1, "geometry": SQUARE}
    assert as_sofia.post(page("boundary", "add"), given).status_code == 302
    assert Boundary.objects.get(code="Z").geometry["type"] == "Polygon"


def test_names_in_other_languages_survive_the_form(as_sofia, bolivia):
    bolivia.names = {**bolivia.names, "gn": "Volívia"}
    bolivia.save()
    given = {"names_en": "Bolivia", "names_es": "Bolivia", "slug": bolivia.slug, "election_day": "2020-10-18"}
    as_sofia.post(page("mission", "change", bolivia.pk), {**given, "time_zone": "America/La_Paz", "languages": ["es"]})
    bolivia.refresh_from_db()
    assert bolivia.names == {"en": "Bolivia", "es": "Bolivia", "gn": "Volívia"}


@pytest.mark.parametrize("ticked", ["x", "\x00", "9" * 50])
def test_a_tick_that_is_no_number_revokes_nothing(as_sofia, marisol, ticked):
    device = Device.objects.create(monitor=marisol, token_hash="0" * 64)
    assert as_sofia.post(page("device"), {"action": "revoke_chosen", "_selected_action": [ticked]}).status_code == 302
    assert Device.objects.get(pk=device.pk).revoked_at is None


def test_choices_offered_by_completion_end_at_the_mission(as_sofia, as_ana, abroad):
    asked = {"app_label": "incidents", "model_name": "incident", "field_name": "department", "term": "BO"}
    assert len(as_sofia.get(reverse("admin:autocomplete"), asked).json()["results"]) == 3
    assert as_ana.get(reverse("admin:autocomplete"), asked).status_code == 403
