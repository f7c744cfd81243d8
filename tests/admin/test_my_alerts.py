"""What somebody hears of and how they are reached: their own page, and another's for the admins of their mission."""

import pytest
from django.urls import reverse

from incidents.models import Contact, Subscription
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

MINE = reverse("admin:alerts")


def of(person):
    return reverse("admin:incidents_user_alerts", args=[person.pk])


def chosen(mission, **changes):
    return {"part": f"mission-{mission.pk}", "least_severity": "major", **changes}


def refusals(answer):
    assert answer.status_code == 422, answer.status_code
    return set(answer.context["refused"].errors)


def test_a_coordinator_says_what_they_hear_of(as_ana, ana, bolivia, departments):
    given = {"departments": [departments["BO-L"].pk], "quiet_from": "22:00", "quiet_until": "06:00"}
    assert as_ana.post(MINE, chosen(bolivia, **given, categories=["killing"], channels=["email"])).status_code == 302
    row = Subscription.objects.get(user=ana)
    assert (row.least_severity, row.categories, row.channels) == ("major", ["killing"], ["email"])
    assert list(row.departments.all()) == [departments["BO-L"]]
    assert as_ana.get(MINE).context["parts"][0].form["quiet_from"].value().hour == 22


def test_saving_again_changes_the_same_row(as_ana, ana, bolivia):
    as_ana.post(MINE, chosen(bolivia))
    as_ana.post(MINE, chosen(bolivia, least_severity="critical"))
    assert Subscription.objects.get(user=ana).least_severity == "critical"


def test_departments_one_may_not_see_are_refused(as_ana, bolivia, departments):
    far = make.departments(make.mission(slug="elsewhere"))["BO-L"]
    for department in (departments["BO-S"], far):
        assert refusals(as_ana.post(MINE, chosen(bolivia, departments=[department.pk]))) == {"departments"}
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("departments", "9" * 30),
        ("departments", "\x00"),
        ("categories", "nonsense"),
        ("least_severity", ""),
        ("quiet_from", "25:00"),
        ("quiet_from", "08:00"),
        ("quiet_until", "\x00"),
        ("channels", "pigeon"),
        ("channels", "sms"),
    ],
)
def test_what_can_not_be_is_refused_beside_its_field(as_ana, bolivia, field, value):
    wrong = "quiet_until" if value == "08:00" else field
    answer = as_ana.post(MINE, chosen(bolivia, **{field: value}))
    assert refusals(answer) == {wrong}
    assert "Nothing was saved" in answer.content.decode()


def test_another_missions_alerts_are_not_there_to_set(as_ana, ana):
    other = make.mission(slug="elsewhere")
    assert as_ana.post(MINE, chosen(other)).status_code == 422
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("typed", ["+591 712-34567", "00591 71234567", " +59171234567 "])
def test_a_number_is_kept_as_the_networks_write_it(as_ana, ana, typed):
    as_ana.post(MINE, {"part": "sms", "address": typed})
    assert Contact.objects.get(user=ana, channel="sms").address == "+59171234567"


@pytest.mark.parametrize("typed", ["", "7123", "+0591712345", "+59171234567890123", "\x00", "+٥٩١٧١٢٣٤٥٦٧", "a" * 9])
def test_what_is_no_number_is_refused(as_ana, typed):
    assert refusals(as_ana.post(MINE, {"part": "sms", "address": typed})) == {"address"}
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://hooks.example/",
        "javascript:alert(1)",
        "https://",
        "https://a b/",
        "\x00",
        "https://x.example/" + "a" * 1_000,
    ],
)
def test_what_is_no_address_of_a_program_is_refused(as_ana, typed):
    assert refusals(as_ana.post(MINE, {"part": "webhook", "address": typed})) == {"address"}
    assert not Contact.objects.exists()


def webhook(client, address="https://hooks.example/in", **more):
    """The secret that the answer shows."""
    return client.post(MINE, {"part": "webhook", "address": address, **more}, follow=True).context["secret"]


def test_a_signing_secret_is_shown_once(as_ana, ana):
    secret = webhook(as_ana)
    assert secret.startswith("whsec_")
    assert Contact.objects.get(user=ana).keys == {"secret": secret}
    assert secret not in as_ana.get(MINE).content.decode()


def test_another_address_never_learns_the_secret_of_the_one_before(as_ana):
    secret = webhook(as_ana)
    assert webhook(as_ana) == ""
    assert webhook(as_ana, "https://other.example/in") not in ("", secret)
    assert webhook(as_ana, "https://other.example/in", anew="1") not in ("", secret)


def test_what_was_given_up_is_used_again_when_saved_and_gone_when_removed(as_ana, ana):
    Contact.objects.create(user=ana, channel="sms", address="+59171234567", disabled_at="2026-01-01T00:00Z")
    assert "Out of use" in as_ana.get(MINE).content.decode()
    as_ana.post(MINE, {"part": "sms", "address": "+59171234567"})
    assert Contact.objects.usable().filter(user=ana).exists()
    as_ana.post(MINE, {"part": "remove", "channel": "sms"})
    assert not Contact.objects.exists()


def test_nobody_removes_what_reaches_somebody_else(as_ana, ramiro):
    Contact.objects.create(user=ramiro, channel="sms", address="+59171234567")
    for channel in ("sms", "\x00", ""):
        assert as_ana.post(MINE, {"part": "remove", "channel": channel}).status_code == 302
    assert Contact.objects.filter(user=ramiro).exists()


def test_the_page_says_who_is_on_call(as_ana, ana, ramiro, as_ramiro):
    make.turn(ana, starts_in=make.timedelta(hours=-1))
    assert as_ana.get(MINE).context["parts"][0].on_call is not None
    assert as_ramiro.get(MINE).context["parts"][0].on_call is None


def test_a_mission_admin_sets_the_alerts_of_their_people(as_sofia, ana, bolivia):
    assert of(ana) in as_sofia.get(reverse("admin:incidents_user_change", args=[ana.pk])).content.decode()
    as_sofia.post(of(ana), chosen(bolivia))
    as_sofia.post(of(ana), {"part": "sms", "address": "+59171234567"})
    assert Subscription.objects.get().user == Contact.objects.get().user == ana


def test_nobody_else_sets_the_alerts_of_another(as_ana, ana, as_ramiro, bolivia, marisol, as_sofia):
    other = make.mission(slug="elsewhere")
    olga = signed_in(make.person("olga", Role.MISSION_ADMIN, other, everywhere=True))
    assert (as_ramiro.get(of(ana)).status_code, olga.get(of(ana)).status_code) == (403, 404)
    assert as_sofia.get(of(marisol)).status_code == 403
    ana.memberships.create(mission=other)
    assert as_sofia.post(of(ana), chosen(bolivia)).status_code == 403
    assert not Subscription.objects.exists()
