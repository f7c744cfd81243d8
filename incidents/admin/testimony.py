"""A report as it is read out: its codes in words, its times apart, the reporter by code only."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.admin.timeline import label
from incidents.models import Incident, Report
from incidents.taxonomy import (
    Category,
    Certainty,
    Consent,
    Harm,
    Identification,
    LocationSource,
    Perpetrator,
    SourceRelation,
    Timing,
    Victim,
)

# A phone that is a minute off is not worth a coordinator's attention.
SKEW_WORTH_SAYING_S = 120


@dataclass(frozen=True)
class Testimony:
    report: Report
    is_new: bool
    facts: list[tuple[str, str]]
    skew: str


def testimonies(incident: Incident, reader: Any, new: set[Any]) -> list[Testimony]:
    """The reports under an incident, oldest first; `new` are the ids that nobody had read before."""
    reports = Report.objects.visible_to(reader).filter(incident=incident)
    reports = reports.select_related("reporter", "place").prefetch_related("evidence", "revisions")
    return [Testimony(report, report.pk in new, _facts(report), _skew(report)) for report in reports]


def _facts(report: Report) -> list[tuple[str, str]]:
    """What was stated, as term and words; what was left out is not shown."""
    stated = [
        (_("What"), ", ".join(label(Category, code) for code in report.categories)),
        (_("Who did it"), "; ".join(_accused(entry) for entry in report.perpetrators)),
        (_("To whom"), _victims(report)),
        (_("Harm"), ", ".join(label(Harm, code) for code in report.harms)),
        (_("How they know"), label(SourceRelation, report.source_relation)),
        (_("When"), label(Timing, report.timing)),
        (_("Where"), _where(report)),
        (_("May be read by"), label(Consent, report.consent)),
    ]
    return [(term, words) for term, words in stated if words]


def _accused(entry: dict[str, Any]) -> str:
    """ "Police (certain, by uniform): plate 1234"."""
    claims = [
        label(words, entry[key]).lower()
        for key, words in (("certainty", Certainty), ("identification", Identification))
        if entry.get(key)
    ]
    name = label(Perpetrator, entry.get("code"))
    named = f"{name} ({', '.join(claims)})" if claims else name
    return f"{named}: {entry['detail']}" if entry.get("detail") else named


def _victims(report: Report) -> str:
    kinds = ", ".join(label(Victim, entry.get("code")) for entry in report.victims)
    if report.victim_count is None:
        return kinds
    people = ngettext("%(count)s person", "%(count)s people", report.victim_count) % {"count": report.victim_count}
    return f"{kinds} ({people})" if kinds else people


def _where(report: Report) -> str:
    parts = [report.place.name if report.place else "", label(LocationSource, report.location_source)]
    if report.accuracy_m is not None:
        parts.append(f"±{report.accuracy_m} m")
    return ", ".join(part for part in parts if part)


def _skew(report: Report) -> str:
    """A note where the phone's clock differs from ours: its times are then to be read with care."""
    seconds = report.clock_skew_s or 0
    if abs(seconds) < SKEW_WORTH_SAYING_S:
        return ""
    minutes = abs(seconds) // 60
    if seconds > 0:
        return _("The phone's clock was %(minutes)s min ahead of ours.") % {"minutes": minutes}
    return _("Written %(minutes)s min before it reached us, or the phone's clock was behind.") % {"minutes": minutes}
