"""What was released to the public, counted: by department and category, by hour, by place.

Releases for the public and nothing else. Each of them is public by itself, so that no count says more than they do.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import CharField, Count
from django.db.models.functions import Substr

from incidents.models import Mission, Release
from incidents.taxonomy import Audience

HOUR_LENGTH = len("2020-10-18T14")
WHERE = ("place_level", "adm1_name", "adm1_code", "adm2_name", "latitude", "longitude")


@dataclass(frozen=True)
class Counts:
    """`cells` by (department or "", category) of all; the rest of the chosen category. `hours` are texts in UTC."""

    cells: dict[tuple[str, str], int]
    hours: dict[str, int]
    places: tuple[tuple[dict[str, Any], int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.places)

    @property
    def by_category(self) -> list[tuple[str, int]]:
        """Commonest first, whatever is chosen."""
        found: Counter[str] = Counter()
        for (_, category), count in self.cells.items():
            found[category] += count
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def departments(self) -> list[str]:
        """By name; those of which no department is told, last."""
        return sorted({department for department, _ in self.cells}, key=lambda name: (not name, name))

    def by_day(self, mission: Mission) -> dict[date, int]:
        """By the mission's own day."""
        found: Counter[date] = Counter()
        for hour, count in self.hours.items():
            at = datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
            found[at.astimezone(mission.zone).date()] += count
        return dict(found)


def counted(mission: Mission, category: str) -> Counts:
    """Asked of the database again only after something was released."""
    return _counted(mission.pk, mission.release_change, mission.release_changed_at, category)


@lru_cache(maxsize=64)
def _counted(mission_id: int, _change: int, _changed_at: datetime, category: str) -> Counts:
    rows = Release.objects.filter(mission=mission_id, audience=Audience.PUBLIC, withdrawn_at=None).order_by()
    chosen = rows.filter(category=category) if category else rows
    hour = Substr("occurred_at", 1, HOUR_LENGTH, output_field=CharField())
    cells = rows.values_list("adm1_name", "category").annotate(count=Count("pk"))
    hours = chosen.exclude(occurred_at=None).annotate(hour=hour).values_list("hour").annotate(count=Count("pk"))
    places = chosen.values(*WHERE).annotate(count=Count("pk")).order_by("-count", *WHERE)
    return Counts(
        {(department or "", category): count for department, category, count in cells},
        dict(hours),
        tuple((place, place.pop("count")) for place in places),
    )
