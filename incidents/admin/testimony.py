"""A report as it is read out: its codes in words, its times apart, the reporter by code only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.admin.exhibits import Exhibit, exhibit
from incidents.admin.threads import Thread
from incidents.admin.timeline import label
from incidents.models import Incident, Place, Report, Revision
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


Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Later:
    """A different text under the id of a report, read out like the report itself."""

    revision: Revision
    words: str
    language: str
    in_danger_now: bool
    facts: Facts
    occurred_at: datetime | None
    captured_at: datetime | None
    set_aside: Facts


@dataclass(frozen=True)
class Testimony:
    report: Report
    is_new: bool
    facts: Facts
    skew: str
    from_revoked_phone: bool
    set_aside: Facts
    later: list[Later]
    exhibits: list[Exhibit]
    talk: Thread | None = None


def testimonies(incident: Incident, reader: Any, new: set[Any]) -> list[Testimony]:
    """The reports under an incident, oldest first; `new` are the ids that nobody had read before."""
    reports = Report.objects.visible_to(reader).filter(incident=incident)
    reports = reports.select_related("reporter", "place", "device").prefetch_related("evidence", "revisions")
    return [_told(report, report.pk in new) for report in reports]


def _told(report: Report, is_new: bool) -> Testimony:
    revoked_at = report.device.revoked_at if report.device else None
    return Testimony(
        report=report,
        is_new=is_new,
        facts=_facts(vars(report), report.place.name if report.place else ""),
        skew=_skew(report),
        from_revoked_phone=revoked_at is not None and revoked_at < report.received_at,
        set_aside=_set_aside(_parsed(report.body)),
        later=[_later(report, revision) for revision in report.revisions.all()],
        exhibits=[exhibit(file) for file in report.evidence.all()],
    )


def _later(report: Report, revision: Revision) -> Later:
    stated = _parsed(revision.body)
    code = stated.get("place") or ""
    place = Place.objects.filter(mission=report.mission_id, code=code).first() if code else None
    return Later(
        revision=revision,
        words=stated.get("words") or "",
        language=stated.get("language") or "",
        in_danger_now=bool(stated.get("in_danger_now")),
        facts=_facts(stated, place.name if place else code, _position(stated)),
        occurred_at=_moment(stated.get("occurred_at")),
        captured_at=_moment(stated.get("captured_at")),
        set_aside=_set_aside(stated),
    )


def _parsed(body: str) -> dict[str, Any]:
    """A statement's canonical JSON; nothing where it is none, for the page must open all the same."""
    try:
        stated = json.loads(body)
    except ValueError:
        return {}
    return stated if isinstance(stated, dict) else {}


def _moment(written: Any) -> datetime | None:
    try:
        read = parse_datetime(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return timezone.make_aware(read) if read and timezone.is_naive(read) else read


def _set_aside(stated: Mapping[str, Any]) -> Facts:
    """Answers of somebody in danger that could not be read, field by field, as they came."""
    kept = stated.get("set_aside")
    return [(str(name), str(raw)) for name, raw in kept.items() if raw] if isinstance(kept, dict) else []


def _position(stated: Mapping[str, Any]) -> str:
    """The position in degrees: a later text has no map of its own."""
    latitude, longitude = stated.get("latitude"), stated.get("longitude")
    return "" if latitude is None or longitude is None else f"{latitude}, {longitude}"


def _facts(stated: Mapping[str, Any], *where: str) -> Facts:
    """What was stated, as term and words; what was left out is not shown."""
    told = [
        (_("What"), ", ".join(label(Category, code) for code in stated.get("categories") or ())),
        (_("Who did it"), "; ".join(_accused(entry) for entry in stated.get("perpetrators") or ())),
        (_("To whom"), _victims(stated)),
        (_("Harm"), ", ".join(label(Harm, code) for code in stated.get("harms") or ())),
        (_("How they know"), _one(SourceRelation, stated, "source_relation")),
        (_("When"), _one(Timing, stated, "timing")),
        (_("Where"), _where(stated, *where)),
        (_("May be read by"), _one(Consent, stated, "consent")),
    ]
    return [(term, words) for term, words in told if words]


def _one(words: Any, stated: Mapping[str, Any], name: str) -> str:
    return label(words, stated[name]) if name in stated else ""


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


def _victims(stated: Mapping[str, Any]) -> str:
    kinds = ", ".join(label(Victim, entry.get("code")) for entry in stated.get("victims") or ())
    count = stated.get("victim_count")
    if count is None:
        return kinds
    people = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    return f"{kinds} ({people})" if kinds else people


def _where(stated: Mapping[str, Any], place: str, position: str = "") -> str:
    parts = [place, _one(LocationSource, stated, "location_source"), position]
    if stated.get("accuracy_m") is not None:
        parts.append(f"±{stated['accuracy_m']} m")
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
