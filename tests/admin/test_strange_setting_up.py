"""Set-up forms against what nobody should send: numbers no row has, JSON nobody can read, links one could undo."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from incidents.admin.fields import StrictJSONField
from incidents.models import ApiKey, Boundary, Invitation, Mission, Place, User
from incidents.roles import Role
from tests import make
from tests.admin.test_setting_up import SQUARE, page, person_form
from tests.conftest import signed_in

HUGE = "9" * 30


def refusals(answer):
    """The messages beside the fields, of the form and of its inlines."""
    shown = answer.context
    assert answer.status_code == 200, answer.status_code
    inlines = [form.errors for inline in shown["inline_admin_formsets"] for form in inline.formset.forms]
    return {field for errors in (shown["adminform"].form.errors, *inlines) for field in errors}


@pytest.fixture
def linked(bolivia, departments):
    return make.person("luis", Role.MISSION_ADMIN, bolivia, everywhere=True, linked_force="police")


def test_whoever_is_linked_to_a_force_changes_no_people(linked, bolivia, marisol):
    client = signed_in(linked)
    listed = client.get(page("user"))
    assert listed.status_code == 200
    assert not listed.context["has_add_permission"]
    assert client.post(page("user", "add"), person_form(bolivia)).status_code == 403
    for person in (linked, marisol):
        assert client.post(page("user", "change", person.pk), {}).status_code == 403
        assert client.post(reverse("admin:auth_user_password_change", args=[person.pk])).status_code == 403
    assert client.post(page("user", "invite", marisol.pk)).status_code == 403
    assert not Invitation.objects.exists()
    assert User.objects.get(pk=linked.pk).linked_force == "police"


def test_a_mission_admin_is_not_linked_to_a_force(as_sofia, bolivia, ana):
    given = person_form(bolivia, role="mission_admin", linked_force="police")
    assert refusals(as_sofia.post(page("user", "add"), given)) == {"linked_force"}
    assert refusals(as_sofia.post(page("user", "change", ana.pk), given)) == {"linked_force"}
    assert as_sofia.post(page("user", "add"), {**given, "role": "coordinator"}).status_code == 302
    assert User.objects.get(username="jorge").linked_force == "police"


def test_departments_are_those_of_the_memberships_mission(sofia, as_sofia, bolivia, departments):
    other = make.mission(slug="elsewhere")
    sofia.memberships.create(mission=other)
    far = make.departments(other)["BO-L"]
    given = person_form(bolivia, **{"memberships-0-departments": [far.pk]})
    assert refusals(as_sofia.post(page("user", "add"), given)) == {"departments"}
    given["memberships-0-departments"] = [departments["BO-L"].pk]
    assert as_sofia.post(page("user", "add"), given).status_code == 302


@pytest.mark.parametrize("number", [HUGE, "-" + HUGE, "9" * 5_000, "x", "\x00"])
@pytest.mark.parametrize("field", ["mission", "departments"])
def test_a_membership_of_no_row_is_refused(as_sofia, bolivia, field, number):
    given = person_form(bolivia, **{f"memberships-0-{field}": number})
    assert refusals(as_sofia.post(page("user", "add"), given)) == {field}


def test_a_membership_that_does_not_exist_is_refused(as_sofia, bolivia, marisol):
    given = person_form(bolivia, **{"memberships-INITIAL_FORMS": "1", "memberships-0-id": HUGE})
    assert "id" in refusals(as_sofia.post(page("user", "change", marisol.pk), given))


@pytest.mark.parametrize("number", [HUGE, "9" * 5_000, "\x00"])
@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("apikey", "holder"),
        ("apikey", "mission"),
        ("boundary", "mission"),
        ("boundary", "parent"),
        ("boundary", "level"),
        ("place", "mission"),
        ("place", "department"),
        ("place", "latitude"),
    ],
)
def test_a_number_no_row_has_is_refused_beside_its_field(as_sofia, bolivia, tariq, departments, model, field, number):
    given = {
        "apikey": {"holder": tariq.pk, "mission": bolivia.pk, "audience": "public"},
        "boundary": {"mission": bolivia.pk, "names_en": "Z", "code": "Z", "level": 1, "geometry": SQUARE},
        "place": {
            "mission": bolivia.pk,
            "names_en": "Z",
            "code": "Z",
            "kind": "locality",
            "latitude": "1",
            "longitude": "1",
        },
    }[model]
    before = ApiKey.objects.count()
    assert refusals(as_sofia.post(page(model, "add"), {**given, field: number})) == {field}
    assert (ApiKey.objects.count(), Place.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    "geometry",
    [
        "[" * 20_000,
        "[" * 20_000 + "]" * 20_000,
        '{"a":' * 20_000,
        "9" * 5_000,
        '"\\ud800"',
        '{"type": "\\ud800"}',
        '{"\\udfff": 1}',
        '"\\u0000"',
        '{"type": "Polygon\\u0000"}',
        SQUARE.replace("-15", "1" + "0" * 400),
        '{"type": "GeometryCollection", "geometries": [' * 300 + "]}" * 300,
        json.dumps({"type": "Polygon", "coordinates": "\ud800"}),
    ],
)
def test_a_geometry_nobody_can_read_is_refused_beside_its_field(as_sofia, bolivia, departments, geometry):
    given = {"mission": bolivia.pk, "names_en": "Zone", "code": "Z", "level": 1, "geometry": geometry}
    assert refusals(as_sofia.post(page("boundary", "add"), given)) == {"geometry"}
    known = departments["BO-L"]
    assert "geometry" in refusals(as_sofia.post(page("boundary", "change", known.pk), given))
    assert not Boundary.objects.filter(code="Z").exists()


@pytest.mark.parametrize("text", ['"\\u0000"', '{"a": ["\\u0000"]}', '{"\\u0000": 1}', '"\\ud800"', "[" * 20_000])
def test_json_that_no_database_takes_is_refused(text):
    with pytest.raises(ValidationError):
        StrictJSONField().clean(text)
    assert StrictJSONField().clean('{"a": "\\\\u0000"}') == {"a": "\\u0000"}


@pytest.mark.parametrize("odd", ["\x00", "[" * 20_000, "\ud800".encode("utf-8", "surrogatepass")])
@pytest.mark.parametrize("model", ["mission", "place", "boundary"])
def test_odd_names_are_answered_not_crashed_on(as_sofia, bolivia, model, odd):
    assert as_sofia.post(page(model, "add"), {"mission": bolivia.pk, "names_en": odd, "code": odd}).status_code == 200


@pytest.mark.parametrize(
    ("day", "is_taken"),
    [
        ("0001-01-01", False),
        ("1989-12-31", False),
        ("1990-01-01", True),
        ("2100-12-31", True),
        ("2101-01-01", False),
        ("9999-12-31", False),
    ],
)
def test_an_election_day_lies_in_a_century_we_can_reckon_with(as_sofia, bolivia, day, is_taken):
    given = {"names_en": "B", "slug": "later", "election_day": day, "time_zone": "UTC", "languages": ["es"]}
    answer = as_sofia.post(page("mission", "add"), given)
    assert Mission.objects.filter(slug="later").exists() is is_taken
    if not is_taken:
        assert refusals(answer) == {"election_day"}
