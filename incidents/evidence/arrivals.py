"""Which of the files that a report announced have arrived."""

import json

from incidents.models import Evidence, Report
from incidents.statement.announced import AnnouncedFile, announced_in


def announced_by(report: Report) -> dict[str, AnnouncedFile]:
    """By name, in all texts that came under the report's id."""
    bodies = [report.body, *report.revisions.values_list("body", flat=True)]
    return {file.name: file for body in bodies for file in announced_in(json.loads(body))}


def missing_from(report: Report) -> list[str]:
    """The names of those that are not here yet; a file that came under another name is here."""
    announced = announced_by(report)
    if not announced:
        return []
    here = {text for pair in Evidence.objects.filter(report=report).values_list("name", "sha256") for text in pair}
    return [name for name, file in announced.items() if here.isdisjoint((name, file.sha256))]
