"""What triage suggests: likely twins among open incidents, by the weights of the mission, found without a search."""

import io

import pytest
from PIL import Image, ImageDraw

from incidents.actions.assess import assess
from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import storage
from incidents.models import Assessment, DuplicateWeight, Evidence, Incident, Suggestion
from incidents.triage.duplicates import METHOD, candidates
from incidents.triage.duplicates.told import facts_of
from tests import make

SANTA_CRUZ = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}
NOWHERE = {"latitude": "", "longitude": "", "location_source": "none"}


@pytest.fixture(autouse=True)
def usual():
    """What is usual is kept by the process; each test has reports of its own."""
    candidates._usual.cache_clear()


@pytest.fixture
def first(marisol, departments):
    return make.report(marisol)


def again(report):
    Assessment.objects.filter(report=report).again()
    assess(report.assessment.pk)


def test_a_second_report_of_one_event_is_suggested(first, nilda):
    second = make.report(nilda, latitude="-16.5004")
    suggestion = Suggestion.objects.get()
    assert {suggestion.one, suggestion.other} == {first.incident, second.incident}
    assert (suggestion.is_likely, suggestion.method) == (True, METHOD)


def test_triage_merges_nothing(first, nilda):
    second = make.report(nilda)
    assert first.incident_id != second.incident_id
    assert not Incident.objects.exclude(merged_into=None).exists()


def test_another_town_is_not_suggested(first, nilda):
    make.report(nilda, **SANTA_CRUZ)
    assert not Suggestion.objects.exists()


def test_a_report_without_a_place_finds_what_happened_at_that_time(first, nilda):
    second = make.report(nilda, **NOWHERE)
    found = candidates.candidates(second.incident, facts_of(second, second.mission.zone))
    assert [candidate.incident_id for candidate in found] == [first.incident_id]


def test_a_placed_report_finds_what_has_no_place(marisol, nilda, departments):
    first, second = make.report(marisol, **NOWHERE), make.report(nilda)
    assert [
        found.incident_id for found in candidates.candidates(second.incident, facts_of(second, second.mission.zone))
    ] == [first.incident_id]


def test_a_coarse_position_looks_wider_than_an_exact_one(first, nilda):
    """Sixty exact ones stand nearer; the coarse report, 30 km away, still finds those beyond its own square."""
    coarse = make.report(nilda, latitude="-16.75", accuracy_m="9000")
    assert first.incident_id in [
        found.incident_id for found in candidates.candidates(coarse.incident, facts_of(coarse, coarse.mission.zone))
    ]


@pytest.mark.parametrize("change", [{"status": "closed"}, {"held": "revoked_device"}])
def test_what_is_closed_or_held_apart_is_not_suggested(first, nilda, change):
    Incident.objects.filter(pk=first.incident_id).update(**change)
    make.report(nilda)
    assert not Suggestion.objects.exists()


def test_triage_again_changes_nothing(first, nilda):
    second = make.report(nilda)
    before = list(Suggestion.objects.values("one", "other", "score", "state"))
    again(second)
    again(first)
    assert list(Suggestion.objects.values("one", "other", "state")) == [
        {name: row[name] for name in ("one", "other", "state")} for row in before
    ]


def test_the_timeline_names_the_method(first, nilda):
    second = make.report(nilda)
    detail = second.incident.timeline.get(event="incident.triaged").detail
    assert (detail["duplicates"], detail["suggested"]) == (METHOD, 1)


def test_a_changed_weight_counts_from_the_next_triage_and_is_named(first, nilda, bolivia):
    second = make.report(nilda)
    before = Suggestion.objects.get().score
    DuplicateWeight.objects.create(mission=bolivia, agreement="reporter.other", bits=4.9)
    again(second)
    suggestion = Suggestion.objects.get()
    assert suggestion.score == pytest.approx(before + 3)
    assert suggestion.method.startswith(f"{METHOD}+")
    assert second.incident.timeline.get(event="incident.reassessed").detail["duplicates"] == suggestion.method


def test_a_weight_that_makes_the_pair_unlikely_takes_the_suggestion_back(first, nilda, bolivia):
    second = make.report(nilda)
    DuplicateWeight.objects.create(mission=bolivia, agreement="start", bits=-19)
    again(second)
    assert not Suggestion.objects.exists()


def photo(quality=90, size=(640, 480)):
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    drawing = ImageDraw.Draw(picture)
    for number in range(6):
        left = size[0] * number // 6
        drawing.rectangle((left, 0, left + size[0] // 12, size[1]), fill=(40 * number, 30, 200 - 30 * number))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def test_the_same_photo_in_another_size_is_known_again(first, nilda):
    second = make.report(nilda, categories=["other"], words="Something else.")
    for report, content in ((first, photo()), (second, photo(40, (320, 240)))):
        prepare(attach(report, storage.keep([content])).pk)
    assert all(Evidence.objects.values_list("fingerprint", flat=True))
    assert "image.same" in [reason["code"] for reason in Suggestion.objects.get().reasons]


def test_a_photo_of_nothing_has_no_fingerprint(first):
    evidence = attach(first, storage.keep([make.photo()]))
    prepare(evidence.pk)
    evidence.refresh_from_db()
    assert (evidence.preview, evidence.fingerprint) == ("ready", "")


def test_the_number_of_queries_does_not_grow_with_the_mission(
    marisol, nilda, departments, django_assert_max_num_queries
):
    for number in range(12):
        make.report(marisol, latitude=str(-16.5 + number / 100))
    report = make.report(nilda, triaged=False)
    with django_assert_max_num_queries(34):
        assess(report.assessment.pk)
