"""The facts of a monitor's report. Reads a row and what hangs on it; asks the database for nothing."""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from incidents.models import Place, Report
from incidents.taxonomy import Harm, LocationSource, Perpetrator, Timing
from incidents.triage.duplicates.facts import Facts, Grain
from incidents.triage.duplicates.words import words_of

# Beyond it a fix says which town, and further still which area; as `places.lookup` draws the classes.
SPOT_WITHIN_M = 1_500
TOWN_WITHIN_M = 10_000
MEASURED_WITHIN_M = 150
# "It happened earlier", without saying when, mostly means since yesterday.
EARLIER = timedelta(days=1)

SECURITY, OFFICIALS, ARMED, PARTY = "security", "officials", "armed", "party"
KINDS: dict[str, str] = {
    Perpetrator.POLICE: SECURITY,
    Perpetrator.ARMED_FORCES: SECURITY,
    Perpetrator.GENDARMERIE: SECURITY,
    Perpetrator.INTELLIGENCE: SECURITY,
    Perpetrator.PRISON_OFFICIALS: SECURITY,
    Perpetrator.PRESIDENTIAL_GUARD: SECURITY,
    Perpetrator.NATIONAL_OFFICIALS: OFFICIALS,
    Perpetrator.LOCAL_OFFICIALS: OFFICIALS,
    Perpetrator.PARAMILITARY: ARMED,
    Perpetrator.VIGILANTE: ARMED,
    Perpetrator.PRIVATE_SECURITY: ARMED,
    Perpetrator.PRO_GOVERNMENT_GROUP: PARTY,
    Perpetrator.OPPOSITION_GROUP: PARTY,
}


def facts_of(report: Report, zone: ZoneInfo, fingerprints: Iterable[str] | None = None) -> Facts:
    """`report` with its place at hand, and its evidence where no fingerprints are given; days are those of `zone`.

    What it left out is left out.
    """
    if fingerprints is None:
        fingerprints = [file.fingerprint for file in report.evidence.all()]
    first, last = _days(report, zone)
    named = {entry.get("code") for entry in report.perpetrators} & set(KINDS)
    spot, town = _names(report.place)
    return Facts(
        first_day=first,
        last_day=last,
        at=report.occurred_at or (report.received_at if report.timing == Timing.HAPPENING_NOW else None),
        position=_position(report),
        grain=_grain(report),
        accuracy_m=report.accuracy_m,
        is_measured=_is_measured(report),
        spot=spot,
        town=town,
        actors=frozenset(KINDS[code] for code in named),
        names=frozenset(named),
        categories=frozenset(report.categories),
        victims=frozenset(entry["code"] for entry in report.victims if entry.get("code")),
        harms=frozenset(report.harms),
        killed=_harmed(report, Harm.KILLED),
        injured=_harmed(report, Harm.INJURED),
        affected=report.victim_count,
        words=words_of(report.words),
        reporter=str(report.reporter_id or ""),
        images=tuple(int(fingerprint, 16) for fingerprint in fingerprints if fingerprint),
    )


def _days(report: Report, zone: ZoneInfo) -> tuple[date, date]:
    if report.occurred_at or report.timing == Timing.HAPPENING_NOW:
        day = (report.occurred_at or report.received_at).astimezone(zone).date()
        return day, day
    return (report.received_at - EARLIER).astimezone(zone).date(), report.received_at.astimezone(zone).date()


def _position(report: Report) -> tuple[float, float] | None:
    if report.latitude is not None and report.longitude is not None:
        return float(report.latitude), float(report.longitude)
    return (float(report.place.latitude), float(report.place.longitude)) if report.place else None


def _grain(report: Report) -> Grain:
    if report.latitude is None and report.place:
        return Grain.SPOT if report.place.kind == Place.Kind.POLLING_STATION else Grain.TOWN
    accuracy = report.accuracy_m or 0
    return Grain.SPOT if accuracy <= SPOT_WITHIN_M else Grain.TOWN if accuracy <= TOWN_WITHIN_M else Grain.AREA


def _is_measured(report: Report) -> bool:
    return (
        report.location_source == LocationSource.GPS and (report.accuracy_m or MEASURED_WITHIN_M) <= MEASURED_WITHIN_M
    )


def _names(place: Place | None) -> tuple[str, str]:
    """Spot and town by the place's code: a polling station is a spot; a town from the list names no spot in it."""
    if place is None:
        return "", ""
    return ("", place.code) if place.kind == Place.Kind.LOCALITY else (place.code, "")


def _harmed(report: Report, harm: Harm) -> int | None:
    """How many were harmed so; the number belongs to a harm only where it is the only one that is told."""
    if not report.harms:
        return None
    if harm not in report.harms:
        return 0
    return report.victim_count or None if len(report.harms) == 1 else None
