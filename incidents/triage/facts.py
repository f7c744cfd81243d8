"""From the texts under incidents to the facts that grading looks at. Reads rows, decides nothing.

A text is what was stated: a report, or what was sent later under its id and is not held apart.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from incidents.models import Mission, Report, Revision
from incidents.taxonomy import Timing
from incidents.triage.severity import Facts


@dataclass(frozen=True)
class Text:
    stated: dict[str, Any]
    received_at: datetime

    @property
    def occurred_at(self) -> datetime | None:
        """When it happened; for what is happening now without a time, when it reached us."""
        written = self.stated.get("occurred_at")
        now = self.stated["timing"] == Timing.HAPPENING_NOW
        return parse_datetime(written) if written else self.received_at if now else None


def texts_under(incidents: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Text]]:
    """All texts that count, by incident, oldest first; two queries however many incidents there are."""
    reports = Report.objects.filter(incident__in=incidents).order_by("received_at", "pk")
    found: dict[uuid.UUID, list[Text]] = defaultdict(list)
    for incident_id, body, received_at in (
        *reports.values_list("incident_id", "body", "received_at"),
        *_later(incidents),
    ):
        found[incident_id].append(Text(json.loads(body), received_at))
    return found


def texts_of(incident_id: uuid.UUID, reports: Iterable[Any]) -> list[Text]:
    """The same for one incident whose reports are at hand, as `filed` reads them."""
    reports = list(reports)
    later = _later([incident_id]) if any(report.have_later for report in reports) else ()
    rows = [*((report.body, report.received_at) for report in reports), *(row[1:] for row in later)]
    return [Text(json.loads(body), received_at) for body, received_at in rows]


def _later(incidents: Collection[uuid.UUID]) -> Any:
    later = Revision.objects.that_count().filter(report__incident__in=incidents).order_by("received_at", "pk")
    return later.values_list("report__incident_id", "body", "received_at")


def facts_of(mission: Mission, texts: Iterable[Text]) -> Facts:
    """What all texts say together: every code that any of them names, and the largest number of people."""
    texts = list(texts)
    stated = [text.stated for text in texts]
    moments = [text.occurred_at for text in texts]
    return Facts(
        categories=_codes(text["categories"] for text in stated),
        harms=_codes(text["harms"] for text in stated),
        perpetrators=_codes([entry["code"] for entry in text["perpetrators"]] for text in stated),
        victims=_codes([entry["code"] for entry in text["victims"]] for text in stated),
        victim_count=max((text["victim_count"] or 0 for text in stated), default=0),
        timings=_codes([text["timing"]] for text in stated),
        in_polling_hours=any(mission.polls_are_open(moment) for moment in moments if moment),
    )


def _codes(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in lists for code in codes))
