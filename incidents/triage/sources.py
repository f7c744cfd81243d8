"""The reports under an incident as sources, for corroboration to weigh. Reads rows, decides nothing."""

from collections.abc import Iterable
from typing import Any

from incidents.models import Incident
from incidents.triage.corroboration import Source
from incidents.triage.filed import filed_under


def sources_of(incident: Incident) -> list[Source]:
    """One per report, oldest first."""
    return sources_in(filed_under(incident))


def sources_in(reports: Iterable[Any]) -> list[Source]:
    """The same of reports at hand. The document of an imported one is the source its import was given."""
    return [
        Source(
            report.source_relation,
            report.reporter_id,
            report.organisation or "",
            report.external_id.partition(":")[0],
            report.have_evidence,
        )
        for report in reports
    ]
