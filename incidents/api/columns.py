"""What stands in the agreed columns of an export and in those of the ACLED-like profile, as a database writes it.

The profile answers in ACLED's column names where they fit; it is no ACLED data, and nobody of ACLED has coded it.
"""

from typing import Any

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Substr

from incidents.columns import ACLED, COLUMNS, HXL, PROFILES, named
from incidents.models import Mission
from incidents.models.release import ReleaseQuerySet
from incidents.taxonomy import PlaceLevel

__all__ = ["ACLED", "COLUMNS", "HXL", "PROFILES", "named", "with_columns"]

# ACLED's event types by the sub-events that our categories are mapped to.
_EVENT_TYPES = {
    "Attack": "Violence against civilians",
    "Abduction/forced disappearance": "Violence against civilians",
    "Sexual violence": "Violence against civilians",
    "Excessive force against protesters": "Protests",
    "Arrests": "Strategic developments",
    "Looting/property destruction": "Strategic developments",
    "Other": "Strategic developments",
}
_AGAINST_CIVILIANS = [code for code, event in _EVENT_TYPES.items() if event == "Violence against civilians"]
# 1 is the place itself, 2 near it, 3 a region.
_GEO_PRECISIONS = {
    PlaceLevel.POINT: "1",
    PlaceLevel.SQUARE: "2",
    PlaceLevel.PROVINCE: "3",
    PlaceLevel.DEPARTMENT: "3",
}


def with_columns(rows: ReleaseQuerySet, mission: Mission, names: tuple[str, ...], profile: str) -> Any:
    """The rows with each named column as an expression `out_…`, as a database writes it into a table."""
    found = _acled(mission) if profile == "acled" else _agreed(mission)
    return rows.annotate(**{f"out_{name}": found[name] for name in names})


def _agreed(mission: Mission) -> dict[str, Any]:
    constant = {
        "id": F("public_id"),
        "mission": _text(mission.slug),
        "is_demonstration": _text("true" if mission.is_demonstration else "false"),
    }
    return {name: constant.get(name) or F(name) for name in HXL}


def _acled(mission: Mission) -> dict[str, Any]:
    return {
        "event_date": Substr("occurred_at", 1, 10),
        "time_precision": Case(When(occurred_at__isnull=False, then=_text("1")), output_field=CharField()),
        "event_type": _mapped("acled", _EVENT_TYPES),
        "sub_event_type": F("acled"),
        "actor1": F("perpetrators"),
        "civilian_targeting": Case(
            When(
                acled__in=("Attack", "Abduction/forced disappearance", "Sexual violence"),
                then=_text("Civilian targeting"),
            ),
            output_field=CharField(),
        ),
        "admin1": F("adm1_name"),
        "admin2": F("adm2_name"),
        "location": F("adm1_name"),
        "latitude": F("latitude"),
        "longitude": F("longitude"),
        "geo_precision": _mapped("place_level", _GEO_PRECISIONS),
        "source": _text(mission.slug),
        "notes": F("description"),
        # Not counted by the mission, and so left empty rather than guessed.
        "fatalities": Value(None, output_field=CharField()),
        "timestamp": F("updated_at"),
        "id": F("public_id"),
    }


def _text(text: str) -> Value:
    return Value(text, output_field=CharField())


def _mapped(column: str, values: dict[Any, str]) -> Case:
    return Case(*(When(**{column: key}, then=_text(value)) for key, value in values.items()), output_field=CharField())
