"""Holding floods apart: what one phone sends beyond its limit, and the same words over and over from few phones.

Nothing is refused and nothing deleted. A flood is triaged after all others, alerts once, and waits for one click. An
honest phone over its limit loses nothing either: the alert says so, and the danger that it reports is told once in each
window of the limit.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from incidents.actions import escalate
from incidents.actions.publish import publish
from incidents.actions.record import hold, note
from incidents.models import Delivery, Device, Incident, Mission, Report, Revision, Wording
from incidents.notifications import outbox
from incidents.taxonomy import Held
from incidents.triage import likeness
from incidents.workflow import Status

# Near-identical texts that make a burst, within how long, and how many of them on average from each phone: fewer may be
# people who agreed on what to write.
BURST, BURST_WINDOW, PER_PHONE = 10, timedelta(minutes=30), 3
COMPARED = 200
TOLD_AGAIN_AFTER = timedelta(hours=6)
UNTOUCHED = (Status.RECEIVED, Status.TRIAGED)
# By these a person has said that it belongs in the queue, and that stands.
JUDGED = ("incident.let_in", "reports.taken_over", "reports.given_back", "incident.restored")


def is_over_limit(mission: Mission, device: Device | None, received_at: datetime) -> bool:
    """Whether the phone has sent all that one phone may send in the window that ends now. One look at an index."""
    if device is None:
        return False
    since = received_at - mission.flood_window
    sent = Report.objects.filter(device=device, received_at__gt=since, received_at__lte=received_at)
    return sent.order_by()[: mission.flood_reports].count() >= mission.flood_reports


def is_urgent(report: Report) -> bool:
    """Whether danger in it must not wait: of a phone over its limit, only the first in its window."""
    if report.incident.held != Held.FLOOD:
        return True
    since = report.received_at - report.mission.flood_window
    earlier = Report.objects.filter(device=report.device_id, received_at__gt=since, in_danger_now=True)
    return not earlier.exclude(pk=report.pk).exists()


def warn(incident: Incident) -> list[uuid.UUID]:
    """One alert for a flood, and one more for danger in it in each window of the limit. Call inside a transaction."""
    device_id = _device_of(incident)
    # Two workers must not both be the first; no incident's row is waited for under this lock.
    Device.objects.select_for_update(no_key=True).filter(pk=device_id).first()
    kind, quiet = Delivery.Kind.FLOOD, TOLD_AGAIN_AFTER
    if incident.in_danger_now:
        kind, quiet = Delivery.Kind.DANGER_FLOOD, incident.mission.flood_window
    if _told(device_id, kind).filter(queued_at__gt=timezone.now() - quiet).exists():
        return []
    queued = outbox.queue(incident, kind)
    if incident.in_danger_now:
        escalate.start(incident, again=bool(queued))
    return queued


def _device_of(incident: Incident) -> int:
    return incident.reports.exclude(device=None).values_list("device", flat=True).first() or 0


def _told(device_id: int, kind: Delivery.Kind) -> Any:
    theirs = Q(incident__reports__device=device_id) | Q(incident__merged_into__reports__device=device_id)
    return Delivery.objects.filter(theirs, kind=kind)


def is_untold(incident: Incident) -> bool:
    """Whether danger has come in a flood since its phone's danger was told of last: later triage must not tell anew."""
    if not incident.in_danger_now:
        return False
    revised = Revision.objects.that_count().filter(report__incident=incident)
    came = revised.aggregate(last=Max("received_at"))["last"] or incident.opened_at
    since = came - incident.mission.flood_window
    told = _told(_device_of(incident), Delivery.Kind.DANGER_FLOOD)
    return not told.filter(queued_at__gt=since).exists()


def judge(incident: Incident, report: Report) -> list[uuid.UUID]:
    """Hold a report apart that is one of a burst of near-identical ones; returns the others of the burst.

    The incident is held by the caller. Danger is never judged by its words.
    """
    found = likeness.shingles(report.words)
    bands = likeness.bands(found)
    if not bands or report.device_id is None:
        return []
    values = {f"band_{number}": band for number, band in enumerate(bands, start=1)}
    wording = Wording(report=report, mission_id=report.mission_id, received_at=report.received_at, **values)
    Wording.objects.bulk_create([wording], ignore_conflicts=True)
    if incident.in_danger_now or incident.held or incident.status not in UNTOUCHED:
        return []
    alike = [other for other in _candidates(report, values) if _is_alike(found, other)]
    phones = {other.device_id for other in alike} | {report.device_id}
    if len(alike) + 1 < max(BURST, PER_PHONE * len(phones)) or _is_judged(incident):
        return []
    incident.held = Held.ALIKE
    incident.save(update_fields=("held", "updated_at"))
    note(incident, "incident.held_apart", actor=None, held=Held.ALIKE.value, method=likeness.VERSION)
    return [other.incident_id for other in alike]


def _is_judged(incident: Incident) -> bool:
    return incident.timeline.filter(event__in=JUDGED).exists()


def _candidates(report: Report, values: dict[str, int]) -> list[Report]:
    """The newest reports with a band in common, received around the same time."""
    shared = Q()
    for band, value in values.items():
        shared |= Q(**{f"wording__{band}": value})
    around = report.received_at - BURST_WINDOW, report.received_at + BURST_WINDOW
    near = Report.objects.filter(shared, wording__mission=report.mission_id, wording__received_at__range=around)
    found = near.exclude(pk=report.pk).exclude(device=None).order_by("-received_at").distinct()
    return list(found.only("pk", "words", "device_id", "incident_id")[:COMPARED])


def _is_alike(found: frozenset[str], other: Report) -> bool:
    return likeness.likeness(found, likeness.shingles(other.words)) >= likeness.ALIKE


def pull_in(report: Report) -> None:
    """What the same phone sent within its limit, just before it went over, goes with the flood."""
    since = report.received_at - report.mission.flood_window
    sent = Report.objects.filter(device=report.device_id, received_at__gt=since, received_at__lt=report.received_at)
    hold_all(sent.order_by().values_list("incident", flat=True), Held.FLOOD, report.device_id)


def hold_all(incidents: Any, why: Held, device_id: int | None = None) -> None:
    """Hold those apart that no person has touched and nobody is in danger in, each in a transaction of its own."""
    waiting = Incident.objects.filter(pk__in=incidents, held="", in_danger_now=False, status__in=UNTOUCHED)
    for pk in list(waiting.values_list("pk", flat=True)):
        _hold_apart(pk, why, device_id)


@transaction.atomic
def _hold_apart(incident_id: uuid.UUID, why: Held, device_id: int | None) -> None:
    incident = hold(incident_id)
    touched = incident.held or incident.in_danger_now or incident.status not in UNTOUCHED or incident.assigned_to_id
    seen = incident.reports.filter(read_at__isnull=False).exists()
    shared = device_id is not None and incident.reports.exclude(device=device_id).exists()
    if touched or seen or shared or incident.merged_into_id or _is_judged(incident):
        return
    incident.held = why
    incident.save()
    note(incident, "incident.held_apart", actor=None, held=why.value)
    publish(incident)
