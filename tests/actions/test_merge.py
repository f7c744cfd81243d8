"""Merging and undoing: what moves, what stays, who may, and what came in meanwhile."""

from incidents.actions.assess import assess, reassess
from incidents.actions.merge import dismiss, merge, unmerge
from incidents.actions.review import stand_down, summarise, verify
from incidents.actions.submit import Origin, submit
from incidents.models import Delivery, Incident, Merge, Report, Suggestion
from tests import make

SANTA_CRUZ = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}


def fresh(incident):
    return Incident.objects.get(pk=incident.pk)


def state(*incidents):
    """All that a merge may touch, row by row."""
    fields = [field.attname for field in Incident._meta.concrete_fields if field.name != "updated_at"]
    rows = Incident.objects.filter(pk__in=[incident.pk for incident in incidents]).order_by("pk").values(*fields)
    hanging = [
        (
            sorted(map(str, incident.reports.values_list("pk", flat=True))),
            sorted(incident.accusations.values_list("code", flat=True)),
            sorted(incident.deliveries.values_list("recipient__code", "kind", "state")),
        )
        for incident in incidents
    ]
    return list(rows), hanging


def test_the_reports_stand_under_the_older_incident(older, younger, ramiro):
    kept = merge(younger.pk, older.pk, actor=ramiro)
    assert kept == older
    assert (older.reports.count(), younger.reports.count()) == (2, 0)
    assert fresh(younger).merged_into == older


def test_danger_accusations_and_severity_come_with_them(older, younger, ramiro):
    before = fresh(older).severity_rank
    merge(older.pk, younger.pk, actor=ramiro)
    kept = fresh(older)
    assert kept.in_danger_now
    assert set(kept.accusations.values_list("code", flat=True)) == {"police", "armed_forces"}
    assert kept.severity_rank < before


def test_both_timelines_say_what_happened(older, younger, ramiro):
    moved = younger.reports.get().reference
    merge(older.pk, younger.pk, actor=ramiro)
    told = younger.timeline.get(event="incident.merged").detail
    assert told == {"into": str(older), "reports": 1, "moved": moved}
    assert older.timeline.get(event="reports.taken_over").actor == ramiro


def test_an_undone_merge_leaves_everything_as_it_was(older, younger, ramiro):
    Delivery.objects.filter(incident=younger, recipient=ramiro).update(state="pending")
    before = state(older, younger)
    merge(older.pk, younger.pk, actor=ramiro)
    assert state(older, younger) != before
    unmerge(Merge.objects.get().pk, actor=ramiro)
    after = state(older, younger)
    assert after[0] == before[0]
    assert [hanging[:2] for hanging in after[1]] == [hanging[:2] for hanging in before[1]]
    assert after[1][1][2] == before[1][1][2]


def test_what_came_in_meanwhile_stays(older, younger, ramiro, marisol, nilda):
    merge(older.pk, younger.pk, actor=ramiro)
    third = make.report(marisol, perpetrators=["paramilitary"])
    merge(older.pk, third.incident_id, actor=ramiro)
    unmerge(Merge.objects.get(emptied=younger).pk, actor=ramiro)
    assert set(older.accusations.values_list("code", flat=True)) == {"police", "paramilitary"}
    assert set(older.reports.values_list("reporter__username", flat=True)) == {"marisol"}
    assert not fresh(older).in_danger_now
    assert fresh(younger).in_danger_now


def test_a_later_text_goes_back_with_its_report(older, younger, ramiro, nilda, bolivia):
    merge(older.pk, younger.pk, actor=ramiro)
    report = Report.objects.get(reporter=nilda)
    later = make.statement(perpetrators=["vigilante"], words="There were others with them.")
    submit(later, report_id=report.pk, origin=Origin(mission=bolivia, channel=Report.Channel.WEB, reporter=nilda))
    assess(report.assessment.pk)
    assert older.accusations.filter(code="vigilante").exists()
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert set(younger.accusations.values_list("code", flat=True)) == {"armed_forces", "vigilante"}
    assert set(older.accusations.values_list("code", flat=True)) == {"police"}


def test_danger_that_a_report_of_its_own_tells_of_stays(older, younger, ramiro, marisol, bolivia):
    merge(older.pk, younger.pk, actor=ramiro)
    own, later = Report.objects.get(reporter=marisol), make.statement(in_danger_now="on")
    submit(later, report_id=own.pk, origin=Origin(mission=bolivia, channel=Report.Channel.WEB, reporter=marisol))
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert fresh(older).in_danger_now


def test_danger_that_somebody_ended_is_not_brought_back(older, younger, ramiro):
    merge(older.pk, younger.pk, actor=ramiro)
    stand_down(older.pk, actor=ramiro, reason="called her")
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert not fresh(older).in_danger_now


def test_a_moved_report_that_is_triaged_again_does_not_move_the_incident(older, marisol, ramiro, nilda):
    there = make.report(nilda, **SANTA_CRUZ)
    merge(older.pk, there.incident_id, actor=ramiro)
    there.assessment.__class__.objects.filter(pk=there.assessment.pk).again()
    assess(there.assessment.pk)
    assert fresh(older).department.code == "BO-L"


def test_a_kept_incident_without_a_place_takes_the_others(marisol, nilda, ramiro):
    nowhere = make.incident(marisol, latitude="", longitude="", location_source="none")
    placed = make.incident(nilda)
    merge(nowhere.pk, placed.pk, actor=ramiro)
    assert fresh(nowhere).position == placed.position
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert (fresh(nowhere).position, fresh(nowhere).department) == (None, None)


def test_a_better_position_merged_in_does_not_move_the_incident(marisol, nilda, ramiro):
    rough, exact = make.incident(marisol, accuracy_m="900"), make.incident(nilda, accuracy_m="5", latitude="-16.51")
    merge(rough.pk, exact.pk, actor=ramiro)
    reassess(rough.pk)
    assert (fresh(rough).position, fresh(rough).accuracy_m) == (rough.position, 900)


def test_what_triage_had_not_reached_is_triaged_when_its_merge_is_undone(older, nilda, ramiro):
    waiting = make.report(nilda, triaged=False)
    merge(older.pk, waiting.incident_id, actor=ramiro)
    assess(waiting.assessment.pk)
    unmerge(Merge.objects.get().pk, actor=ramiro)
    waiting.incident.refresh_from_db()
    assert (waiting.incident.status, waiting.incident.department.code) == ("triaged", "BO-L")


def test_two_who_are_merged_bear_each_other_out_until_it_is_undone(older, younger, ramiro):
    merge(older.pk, younger.pk, actor=ramiro)
    assert (fresh(older).independent_sources, fresh(older).corroboration) == (2, "likely")
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert fresh(older).independent_sources == 1


def test_releases_follow(older, younger, ramiro):
    stand_down(younger.pk, actor=ramiro, reason="She is home.")
    for incident in (older, younger):
        verify(incident.pk, "confirmed", actor=ramiro)
        summarise(incident.pk, "A summary.", actor=ramiro)
    merge(older.pk, younger.pk, actor=ramiro)
    released = {release.audience: release for release in older.releases.all()}
    assert younger.releases.exclude(withdrawn_at=None).count() == 1
    assert released["partner"].perpetrators == "armed_forces;police"
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert younger.releases.filter(withdrawn_at=None).count() == 1


def test_a_narrower_consent_withdraws_what_was_released(older, nilda, ramiro):
    verify(older.pk, "confirmed", actor=ramiro)
    private = make.incident(nilda, consent="internal")
    assert older.releases.filter(withdrawn_at=None).exists()
    merge(older.pk, private.pk, actor=ramiro)
    assert not older.releases.filter(withdrawn_at=None).exists()


def test_what_waits_to_be_told_is_told_of_the_kept_one_once(older, younger, ramiro, ana):
    Delivery.objects.create(incident=younger, recipient=ana, kind="new_incident")
    older.deliveries.filter(recipient=ana).delete()
    merge(older.pk, younger.pk, actor=ramiro)
    assert older.deliveries.filter(recipient=ana, kind="new_incident").count() == 1
    assert not younger.deliveries.filter(state="pending").exists()


def test_what_the_kept_ones_people_know_is_settled_until_the_merge_is_undone(older, younger, ramiro, ana):
    for incident in (older, younger):
        waiting, _made = Delivery.objects.get_or_create(incident=incident, recipient=ana, kind="new_incident")
    merge(older.pk, younger.pk, actor=ramiro)
    assert Delivery.objects.get(pk=waiting.pk).shown == "settled"
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert Delivery.objects.get(pk=waiting.pk).shown == "queued"


def test_the_kept_ones_people_hear_of_danger(older, younger, ramiro):
    merge(older.pk, younger.pk, actor=ramiro)
    assert older.deliveries.filter(recipient=ramiro, kind="danger").exists()


def test_a_pair_that_is_not_the_same_is_not_suggested_again(older, nilda, ramiro):
    twin = make.report(nilda)
    assert Suggestion.objects.open().about(twin.incident).exists()
    dismiss(older.pk, twin.incident_id, actor=ramiro)
    twin.assessment.__class__.objects.all().again()
    assess(twin.assessment.pk)
    assert not Suggestion.objects.open().exists()
    assert twin.incident.timeline.filter(event="suggestion.dismissed").exists()


def test_an_undone_merge_is_not_suggested_again(older, nilda, ramiro):
    twin = make.report(nilda)
    merge(older.pk, twin.incident_id, actor=ramiro)
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert not Suggestion.objects.open().exists()
