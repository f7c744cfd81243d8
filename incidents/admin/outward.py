"""What of an incident leaves the mission: for each audience what is out, or would be, and what stands in the way."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from incidents.actions.publish import Weighed, weigh
from incidents.admin.giveaways import giveaways
from incidents.admin.timeline import label
from incidents.models import Incident
from incidents.models.release import COLUMNS
from incidents.places.sketch import Sketch, sketch
from incidents.taxonomy import Audience, Category, Obstacle, Perpetrator, Severity, Verification


@dataclass(frozen=True)
class Outward:
    """One audience. `columns` are what is out, else what would go out, by their names in the export."""

    audience: Audience
    since: datetime | None
    obstacles: list[str]
    not_before: datetime | None
    columns: dict[str, Any]
    # On the sketch: the department that is told as a whole, else where it lies; neither where no place is told.
    outline: str
    spot: tuple[float, float] | None

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The columns that matter most, in the reader's words."""
        told = self.columns
        accused = [label(Perpetrator, code) for code in (told["perpetrators"] or "").split(";") if code]
        facts = [
            (_("What"), label(Category, told["category"])),
            (_("Who"), ", ".join(accused)),
            (_("How grave"), label(Severity, told["severity"]) if told["severity"] else ""),
            (_("How sure"), label(Verification, told["verification"])),
            (_("Summary"), told["description"] or ""),
        ]
        return [(name, said) for name, said in facts if said]

    @property
    def occurred(self) -> datetime | None:
        return parse_datetime(self.columns["occurred_at"] or "")

    @property
    def all_columns(self) -> list[tuple[str, Any]]:
        return [(name, self.columns.get(name)) for name in COLUMNS]


def context(incident: Incident) -> dict[str, Any]:
    drawing = sketch(incident.mission)
    return {
        "outward": [_told(weighed, drawing) for weighed in _worth_telling(weigh(incident))],
        "sketch": drawing,
        "given_away": giveaways(incident, incident.public_summary),
    }


def _worth_telling(found: Iterable[Weighed]) -> list[Weighed]:
    """Exact places only where somebody holds a key to them, or has had one."""
    return [
        weighed
        for weighed in found
        if weighed.audience != Audience.EXACT or weighed.is_out or Obstacle.NO_KEY not in weighed.obstacles
    ]


def _told(weighed: Weighed, drawing: Sketch | None) -> Outward:
    release = weighed.release if weighed.is_out else None
    columns = json.loads(release.feature)["properties"] if release else weighed.properties
    outline, spot = drawing.of(columns) if drawing else ("", None)
    return Outward(
        audience=weighed.audience,
        since=release.released_at if release else None,
        obstacles=[str(obstacle.label) for obstacle in weighed.obstacles if obstacle != Obstacle.DELAY],
        not_before=weighed.not_before,
        columns=columns,
        outline=outline,
        spot=spot,
    )
