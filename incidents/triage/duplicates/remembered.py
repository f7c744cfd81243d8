"""The facts of reports by incident, remembered by the process: testimony does not change, and the newest reports are
compared with one after another.

What may change beside it, the place it names and the fingerprints of its files, is read each time and part of what a
fact is remembered by. Knows rows; which incidents are worth comparing is not its business.
"""

import threading
import uuid
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from incidents.models import Report
from incidents.triage.duplicates.facts import Facts
from incidents.triage.duplicates.told import facts_of

# Of each incident, the latest so many.
REPORTS_EACH = 12
# Some kilobytes each; more than any triage compares, and the latest hour of a busy mission.
REMEMBERED = 4_000

_READ = (
    *(
        "incident_id",
        "reporter_id",
        "categories",
        "perpetrators",
        "victims",
        "victim_count",
        "harms",
        "timing",
        "words",
    ),
    *("location_source", "latitude", "longitude", "accuracy_m", "occurred_at", "received_at"),
)
_PLACE = ("place__code", "place__kind", "place__latitude", "place__longitude")


class _Key(NamedTuple):
    """All that the facts of a report follow from; its hash stands for what was stated."""

    report: uuid.UUID
    stated: tuple[Any, ...]
    place: tuple[Any, ...]
    fingerprints: tuple[str, ...]
    zone: str


_remembered: dict[_Key, Facts] = {}
_lock = threading.Lock()


def with_facts(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Without their bodies, and of their places what is compared: rows cost more to make than to find."""
    return reports.select_related("place").prefetch_related("evidence").only(*_READ, *_PLACE)


def facts_by_incident(incidents: list[uuid.UUID], zone: ZoneInfo) -> dict[uuid.UUID, list[Facts]]:
    """The facts of their latest reports, the latest first; incidents in the order given."""
    wanted: dict[uuid.UUID, list[_Key]] = {pk: [] for pk in incidents}
    for incident, key in _keys(incidents, zone):
        if len(wanted[incident]) < REPORTS_EACH:
            wanted[incident].append(key)
    known = _facts([key for keys in wanted.values() for key in keys], zone)
    return {incident: [known[key] for key in keys if key in known] for incident, keys in wanted.items()}


def _keys(incidents: list[uuid.UUID], zone: ZoneInfo) -> list[tuple[uuid.UUID, _Key]]:
    rows = Report.objects.filter(incident__in=incidents).order_by("-received_at", "pk", "evidence__received_at")
    stated = ("body_sha256", "received_at", "occurred_at")
    found: dict[uuid.UUID, Any] = {}
    for pk, incident, fingerprint, *rest in rows.values_list(
        "pk", "incident_id", "evidence__fingerprint", *stated, *_PLACE
    ):
        found.setdefault(pk, (incident, rest, []))[2].append(fingerprint or "")
    return [
        (incident, _Key(pk, tuple(rest[: len(stated)]), tuple(rest[len(stated) :]), tuple(prints), zone.key))
        for pk, (incident, rest, prints) in found.items()
    ]


def _facts(keys: list[_Key], zone: ZoneInfo) -> dict[_Key, Facts]:
    known = {key: facts for key in keys if (facts := _remembered.get(key))}
    if missing := {key.report: key for key in keys if key not in known}:
        reports = Report.objects.filter(pk__in=missing).select_related("place").only(*_READ, *_PLACE).order_by()
        new = {missing[row.pk]: facts_of(row, zone, missing[row.pk].fingerprints) for row in reports}
        known |= new
        _remember(new)
    return known


def _remember(new: dict[_Key, Facts]) -> None:
    with _lock:  # the web server looks too, and has threads
        _remembered.update(new)
        for oldest in list(_remembered)[:-REMEMBERED]:
            del _remembered[oldest]
