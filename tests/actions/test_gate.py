"""The gate: what stands in the way of a release, for whom and until when; and what stays out once it is."""

import json

import pytest
from django.utils import timezone

from incidents import tasks
from incidents.actions.assess import assess
from incidents.actions.hold_apart import hold_all
from incidents.actions.merge import merge, unmerge
from incidents.actions.publish import weigh
from incidents.actions.review import keep_back, let_go, let_in, summarise, verify
from incidents.actions.revoke import revoke
from incidents.models import ApiKey, Grouping, Incident, Merge, Mission, Publication, Release, Revision
from incidents.roles import Role
from incidents.taxonomy import Held
from incidents.workflow import MoveNotAllowed
from tests import make
from tests.actions.test_revise import send_again

pytestmark = pytest.mark.django_db
PUBLIC = {"partner", "public"}


def out(incident):
    """For whom it is out."""
    return set(Release.objects.filter(incident=incident, withdrawn_at=None).values_list("audience", flat=True))


def ready(reporter, actor, level="confirmed", **changes):
    """All that people do for a release."""
    incident = make.incident(reporter, **{"consent": "public", **changes})
    summarise(incident.pk, "Voters were turned away.", actor=actor)
    return verify(incident.pk, level, actor=actor)


def renew_due():
    """As the worker does when the sweep has rung."""
    for pk in list(Publication.objects.due().values_list("pk", flat=True)):
        tasks.renew_releases(str(pk))


def obstacles(incident, audience="partner"):
    return next(list(found.obstacles) for found in weigh(incident) if found.audience == audience)


@pytest.mark.parametrize(("consent", "leaves_to"), [("internal", set()), ("partners", {"partner"}), ("public", PUBLIC)])
def test_it_leaves_as_far_as_its_reporter_agreed(marisol, ramiro, consent, leaves_to):
    assert out(ready(marisol, ramiro, consent=consent)) == leaves_to


@pytest.mark.parametrize(("level", "leaves_to"), [("possible", set()), ("likely", PUBLIC), ("confirmed", PUBLIC)])
def test_it_leaves_when_it_is_held_likely(marisol, ramiro, level, leaves_to):
    assert out(ready(marisol, ramiro, level)) == leaves_to


def test_what_somebody_keeps_back_is_withdrawn_until_it_is_let_go(marisol, ramiro):
    incident = ready(marisol, ramiro)
    keep_back(incident.pk, actor=ramiro, reason="Her brother was followed.")
    assert out(incident) == set()
    with pytest.raises(MoveNotAllowed):
        let_go(incident.pk, actor=ramiro, reason=" ")
    let_go(incident.pk, actor=ramiro, reason="They have left the country.")
    assert out(incident) == PUBLIC


def test_what_is_held_apart_is_withdrawn_until_it_is_let_in(marisol, ramiro):
    incident = ready(marisol, ramiro)
    hold_all([incident.pk], Held.ALIKE)
    assert (out(incident), obstacles(Incident.objects.get())) == (set(), ["held"])
    let_in(incident.pk, actor=ramiro)
    assess(incident.reports.get().assessment.pk)
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()
    assert out(incident) == PUBLIC


def test_what_is_merged_into_another_is_withdrawn(marisol, ramiro, bolivia):
    kept, emptied = ready(marisol, ramiro), ready(make.monitor("nilda", bolivia), ramiro)
    merge(kept.pk, emptied.pk, actor=ramiro)
    assert (out(emptied), out(kept)) == (set(), PUBLIC)
    assert obstacles(Incident.objects.get(pk=emptied.pk)) == ["invalidated", "consent"]


def test_a_later_text_may_take_back_what_everyone_might_read(marisol, ramiro):
    incident = ready(marisol, ramiro)
    assert out(send_again(incident.reports.get(), consent="partners")) == {"partner"}


def test_what_a_later_text_takes_back_is_withdrawn_even_where_triage_fails(marisol, ramiro):
    incident = ready(marisol, ramiro)
    send_again(incident.reports.get(), triaged=False, consent="internal")
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()
    assert out(incident) == set()


@pytest.mark.parametrize(
    ("body", "held", "leaves_to"),
    [
        ("{", "", set()),
        ("[]", "", set()),
        ('{"consent": "everybody"}', "", set()),
        ('{"consent": "internal"}', "revoked_device", PUBLIC),
    ],
)
def test_a_later_text_counts_unless_held_apart_and_unreadable_agrees_to_nothing(marisol, ramiro, body, held, leaves_to):
    incident = ready(marisol, ramiro)
    Revision.objects.create(report=incident.reports.get(), body=body, body_sha256="0" * 64, held=held)
    Publication.objects.ask([incident.pk])
    renew_due()
    assert out(incident) == leaves_to


def test_what_somebody_keeps_back_stays_in_when_it_is_merged(marisol, ramiro, bolivia):
    kept, emptied = ready(marisol, ramiro), ready(make.monitor("nilda", bolivia), ramiro)
    keep_back(emptied.pk, actor=ramiro, reason="Her brother was followed.")
    merge(kept.pk, emptied.pk, actor=ramiro)
    assert (out(kept), obstacles(Incident.objects.get(pk=kept.pk))) == (set(), ["kept_back"])
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert (out(kept), out(emptied)) == (PUBLIC, set())


def test_what_was_kept_back_since_stays_in_when_the_merge_is_undone(marisol, ramiro, bolivia):
    kept, emptied = ready(marisol, ramiro), ready(make.monitor("nilda", bolivia), ramiro)
    keep_back(emptied.pk, actor=ramiro, reason="Her brother was followed.")
    merge(kept.pk, emptied.pk, actor=ramiro)
    let_go(kept.pk, actor=ramiro, reason="They have left the country.")
    keep_back(kept.pk, actor=ramiro, reason="They are back.")
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert out(kept) == set()


@pytest.fixture
def opened(bolivia):
    """A key to exact places, which two people gave."""
    holder = make.person("near", Role.PARTNER, bolivia, email="")
    key, _secret = ApiKey.issue(holder=holder, mission=bolivia, audience="exact", is_granted=True)
    return key


def test_exact_places_are_written_for_a_key_that_opens_them_alone(marisol, ramiro, bolivia):
    holder = make.person("near", Role.PARTNER, bolivia, email="")
    ApiKey.issue(holder=holder, mission=bolivia, audience="exact")  # not granted yet
    incident = ready(marisol, ramiro)
    assert (out(incident), obstacles(incident, "exact")) == (PUBLIC, ["no_key"])


def test_exact_places_do_not_wait_for_others_to_be_about(opened, marisol, ramiro, bolivia):
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    assert out(ready(marisol, ramiro)) == {"exact"}


def test_exact_places_are_exact_and_end_with_the_last_key(opened, marisol, ramiro):
    incident = ready(marisol, ramiro, latitude="-16.512345", longitude="-68.123456")
    told = json.loads(Release.objects.get(audience="exact").feature)
    assert told["geometry"]["coordinates"] == [-68.123456, -16.512345]
    revoke(opened)
    summarise(incident.pk, "Voters were turned away again.", actor=ramiro)
    assert out(incident) == PUBLIC
    assert "16.512" not in json.dumps(list(Release.objects.values("feature", "latitude")))


def test_a_weighing_says_what_would_leave_and_writes_nothing(marisol, ramiro):
    incident = make.incident(marisol, consent="public")
    found = {weighed.audience: weighed for weighed in weigh(incident)}
    assert found["public"].obstacles == ("unverified", "no_summary")
    assert found["partner"].properties["category"] == "intimidation"
    assert [Release.objects.count(), Grouping.objects.count()] == [0, 0]


def test_what_goes_out_is_what_the_weighing_told(marisol, ramiro, bolivia):
    make.crowd(bolivia)
    incident = make.incident(marisol, consent="public")
    told = {one.audience: one.properties for one in weigh(incident)}
    verify(incident.pk, "confirmed", actor=ramiro)
    went = json.loads(Release.objects.get(audience="partner").feature)["properties"]
    assert went == {**told["partner"], "verification": "confirmed", "updated_at": went["updated_at"]}
