"""The reports under an incident as sources, for corroboration to weigh. Reads rows, decides nothing."""

from django.db.models import Exists, OuterRef

from incidents.models import Evidence, Incident, Report
from incidents.triage.corroboration import Source


def sources_of(incident: Incident) -> list[Source]:
    """One per report, oldest first. The document of an imported report is the source its import was given."""
    has_evidence = Exists(Evidence.objects.filter(report=OuterRef("pk")))
    reports = Report.objects.filter(incident=incident).annotate(has_evidence=has_evidence)
    rows = reports.order_by("received_at", "pk").values_list(
        "source_relation", "reporter_id", "reporter__organisation", "external_id", "has_evidence"
    )
    return [
        Source(relation, monitor, organisation or "", external_id.partition(":")[0], has_evidence)
        for relation, monitor, organisation, external_id, has_evidence in rows
    ]
