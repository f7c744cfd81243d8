"""What triage makes of an incident, from all that is filed under it: its place, its severity, its corroboration.

Sets the row's fields and saves nothing; whoever holds the incident does. The same reports, places and rules give the
same fields, in whatever order the reports came.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from incidents import geo
from incidents.grading import Rule
from incidents.models import Incident, Merge, Place, Report, SeverityRule, Stamp
from incidents.places import lookup
from incidents.taxonomy import SEVERITY_RANK, LocationSource, PlaceSource, Precision
from incidents.triage import corroboration, severity
from incidents.triage.facts import facts_of, texts_of
from incidents.triage.sources import sources_in

LOCALITY_ACCURACY_M = 1_000
STATION_ACCURACY_M = 50
_FINEST_FIRST = list(Precision.values)

# What a change of is worth a line in the timeline.
OUTCOME = (
    "severity",
    "severity_computed",
    "department_id",
    "place_id",
    "place_precision",
    "latitude",
    "longitude",
)
_BESIDES = ("severity_rank", "severity_reasons", "cell", "accuracy_m", "location_source", "place_source")
FIELDS = (*OUTCOME, *_BESIDES, "corroboration", "independent_sources")


def as_it_stands(incident: Incident, names: Iterable[str] = FIELDS) -> dict[str, Any]:
    return {name: getattr(incident, name) for name in names}


def appraise(incident: Incident, reports: list[Any], stamp: Stamp) -> str:
    """Set place, severity and corroboration; returns the method of grading and its table. Nothing filed: no change."""
    rules = SeverityRule.objects.kept(incident.mission_id, stamp)
    if reports:
        _locate(incident, _deciding(incident, reports), stamp)
        _grade(incident, reports, rules)
        corroborate(incident, reports)
    return severity.method(rules)


def _deciding(incident: Incident, reports: list[Report]) -> list[Report]:
    """Those that say where it is: what a person merged into it does not move it, unless its own know no place at all.

    People have seen it on the map where it is, and a department must not lose it because somebody found its twin.
    """
    moved = Merge.objects.moved_to(incident) if len(reports) > 1 else set()
    own = [report for report in reports if str(report.pk) not in moved]
    return own if any(_is_measured(report) or report.place for report in own) else reports


def _locate(incident: Incident, reports: list[Report], stamp: Stamp) -> None:
    """Where the incident is: the best position of its reports, measured or chosen; and the place it belongs to."""
    best = min(reports, key=_coarseness)
    named = best.place or next((report.place for report in reports if report.place), None)
    incident.location_source = best.location_source
    incident.place, incident.place_source = named, PlaceSource.NAMED if named else ""
    if _is_measured(best) and best.latitude is not None and best.longitude is not None:
        _put(incident, best.latitude, best.longitude, best.accuracy_m, lookup.precision_of(best.accuracy_m))
        if named is None:
            _name(incident)
    elif named is not None:
        station = named.kind == Place.Kind.POLLING_STATION
        accuracy = STATION_ACCURACY_M if station else LOCALITY_ACCURACY_M
        _put(incident, named.latitude, named.longitude, accuracy, _chosen_precision(named))
    else:
        incident.location_source = LocationSource.NONE
        _put(incident, None, None, None, "")
    incident.department_id = lookup.department_for(
        incident.mission, incident.latitude, incident.longitude, named, stamp
    )


def _coarseness(report: Report) -> tuple[Any, ...]:
    """Finest first; of equals a measured position, then the better fix, then the report that came first."""
    if _is_measured(report):
        precision = lookup.precision_of(report.accuracy_m)
    elif report.place is not None:
        precision = _chosen_precision(report.place)
    else:
        return (len(_FINEST_FIRST), True, 0, report.received_at, str(report.pk))
    fix = report.accuracy_m if report.accuracy_m is not None else lookup.VICINITY_WITHIN_M
    return (_FINEST_FIRST.index(precision), not _is_measured(report), fix, report.received_at, str(report.pk))


def _is_measured(report: Report) -> bool:
    return report.latitude is not None and report.longitude is not None


def _chosen_precision(place: Place) -> Precision:
    return Precision.VICINITY if place.kind == Place.Kind.POLLING_STATION else Precision.LOCALITY


def _put(
    incident: Incident, latitude: Decimal | None, longitude: Decimal | None, accuracy_m: int | None, precision: str
) -> None:
    incident.latitude, incident.longitude = latitude, longitude
    incident.cell = None if latitude is None or longitude is None else geo.cell(latitude, longitude)
    incident.accuracy_m, incident.place_precision = accuracy_m, precision


def _name(incident: Incident) -> None:
    """The polling station that the position lies at, where nobody named a place; told apart from a named one."""
    if incident.latitude is None or incident.longitude is None:
        return
    incident.place = lookup.station_near(
        incident.mission_id, incident.latitude, incident.longitude, incident.accuracy_m
    )
    incident.place_source = PlaceSource.NEAREST if incident.place else ""


def _grade(incident: Incident, reports: list[Report], rules: tuple[Rule, ...]) -> None:
    """Severity from all texts of the incident; a coordinator's override stands above it."""
    result = severity.score(facts_of(incident.mission, texts_of(incident.pk, reports)), rules)
    incident.severity_computed, incident.severity_reasons = result.severity, result.reasons
    incident.severity = incident.severity_override or result.severity
    incident.severity_rank = SEVERITY_RANK[incident.severity]


def corroborate(incident: Incident, reports: list[Any]) -> None:
    proposal = corroboration.weigh(sources_in(reports))
    incident.corroboration, incident.independent_sources = proposal.level, proposal.count.sources
