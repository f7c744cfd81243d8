"""The reports under an incident with all that triage asks of them: one query, whatever each method looks at."""

from functools import cache
from typing import Any

from django.db.models import Exists, F, OuterRef

from incidents.models import Evidence, Incident, Report, Revision


def filed_under(incident: Incident) -> list[Any]:
    """Oldest first. Reports with their place, their reporter's `organisation`, and whether they `have_evidence` or
    `have_later` texts that count."""
    return list(_with_all().filter(incident=incident))


@cache
def _with_all() -> Any:
    """Built once: each triage asks the same."""
    later = Revision.objects.that_count().filter(report=OuterRef("pk")).order_by()
    reports = Report.objects.select_related("place").order_by("received_at", "pk")
    return reports.annotate(
        organisation=F("reporter__organisation"),
        have_evidence=Exists(Evidence.objects.filter(report=OuterRef("pk")).order_by()),
        have_later=Exists(later),
    )
