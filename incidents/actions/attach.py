"""Adding a file to a report. The file is already durable when the row is written."""

from django.db import transaction

from incidents.actions.assess import reweigh
from incidents.actions.record import hold_filed, note
from incidents.evidence.storage import StoredFile
from incidents.models import Evidence, Report
from incidents.seals.bound import bound


def attach(report: Report, stored: StoredFile, *, name: str = "") -> Evidence:
    """The evidence row of a stored file; the same file again is the same row. `name` is what it was announced as."""
    known: Evidence | None = Evidence.objects.filter(report=report, sha256=stored.sha256).first()
    if known:
        return known
    with transaction.atomic():
        # Before anything is written: whoever merges the report away waits, and the line stands where the report is.
        incident = hold_filed(report)
        seen = {"size": stored.size, "media_type": stored.media_type, "name": name}
        evidence, is_new = Evidence.objects.get_or_create(report=report, sha256=stored.sha256, defaults=seen)
        if is_new:
            note(
                incident,
                "evidence.received",
                actor=report.reporter,
                report=report.reference,
                bound=bound(evidence),
                sha256=stored.sha256,
                media_type=stored.media_type,
                size=stored.size,
            )
    # Of several accounts, a file may be what was missing. A transaction of its own: two files that arrive at once and
    # then both asked for the incident's row would wait for each other for ever.
    if is_new and Report.objects.filter(incident__reports=report).exclude(pk=report.pk).exists():
        reweigh(report)
    return evidence
