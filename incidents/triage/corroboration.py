"""How many independent sources stand behind an incident, and what level of verification they would bear out.

Pure: sources in, a proposal with its reasons out. Nothing here sets a level; a coordinator does. The method and its
limits are in README.md beside this file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from incidents.taxonomy import SourceRelation, Verification

VERSION = "corroboration-1"
EYEWITNESS = frozenset({SourceRelation.VICTIM, SourceRelation.WITNESS})


@dataclass(frozen=True)
class Source:
    """One report as a source. `monitor` is the reporter's id, `document` where an import came from; either may lack."""

    relation: str
    monitor: int | None = None
    organisation: str = ""
    document: str = ""
    has_evidence: bool = False

    @property
    def who(self) -> tuple[str, Any]:
        """Two reports with the same answer are one source; of what nobody signed, all is one."""
        return ("monitor", self.monitor) if self.monitor is not None else ("document", self.document.casefold())

    @property
    def circle(self) -> tuple[str, Any]:
        """Who may have heard it from each other: an organisation's people; others stand for themselves."""
        organisation = " ".join(self.organisation.casefold().split())
        return ("organisation", organisation) if organisation else self.who


@dataclass(frozen=True)
class Count:
    """What was counted. `circles` are sources that do not share an organisation: strangers to each other."""

    reports: int
    sources: int
    circles: int
    eyewitnesses: int
    with_evidence: int


@dataclass(frozen=True)
class Proposal:
    level: Verification
    count: Count
    reasons: list[dict[str, Any]] = field(default_factory=list)


def weigh(sources: Iterable[Source]) -> Proposal:
    """The level these sources would bear out. More independent sources never bear out less."""
    given = list(sources)
    eyewitnesses = {source.who for source in given if source.relation in EYEWITNESS}
    count = Count(
        reports=len(given),
        sources=len({source.who for source in given}),
        circles=len({source.circle for source in given}),
        eyewitnesses=len(eyewitnesses),
        with_evidence=len({source.who for source in given if source.has_evidence}),
    )
    return Proposal(_level(count), count, _reasons(count))


def _level(count: Count) -> Verification:
    # People of one organisation may repeat each other: three of them weigh as two strangers.
    agree = count.circles >= 2 or count.sources >= 3
    if count.circles >= 3 and count.eyewitnesses >= 2 and count.with_evidence:
        return Verification.CONFIRMED
    if agree and count.eyewitnesses:
        return Verification.LIKELY
    if count.eyewitnesses or count.circles >= 2:
        return Verification.POSSIBLE
    return Verification.UNVERIFIED


def _reasons(count: Count) -> list[dict[str, Any]]:
    told = [
        ("sources", count.sources),
        ("repeated", count.reports - count.sources),
        ("same_organisation", count.sources - count.circles),
        ("eyewitnesses", count.eyewitnesses),
        ("hearsay", count.sources - count.eyewitnesses),
        ("evidence", count.with_evidence),
    ]
    reasons = [{"code": code, "count": number} for code, number in told if number > 0]
    needs_a_file = count.circles >= 3 and count.eyewitnesses >= 2 and not count.with_evidence
    return [*reasons, {"code": "no_evidence", "count": 0}] if needs_a_file else reasons


_SENTENCES: dict[str, Any] = {
    "sources": ngettext_lazy("%(count)s independent source", "%(count)s independent sources", "count"),
    "repeated": ngettext_lazy(
        "%(count)s more report by a source already counted",
        "%(count)s more reports by sources already counted",
        "count",
    ),
    "same_organisation": ngettext_lazy(
        "%(count)s shares an organisation with another: weighs less",
        "%(count)s share an organisation with another: weigh less",
        "count",
    ),
    "eyewitnesses": ngettext_lazy("%(count)s saw it or suffered it", "%(count)s saw it or suffered it", "count"),
    "hearsay": ngettext_lazy("%(count)s heard it from others", "%(count)s heard it from others", "count"),
    "evidence": ngettext_lazy("%(count)s sent a file", "%(count)s sent files", "count"),
    "no_evidence": _("No file supports it: not proposed as confirmed"),
}


_RISING = (Verification.UNVERIFIED, Verification.POSSIBLE, Verification.LIKELY, Verification.CONFIRMED)


def says_more(level: str, verification: str) -> bool:
    """Whether a proposal goes beyond where a person has put it. What was found untrue is not offered anew."""
    return verification in _RISING and _RISING.index(Verification(level)) > _RISING.index(Verification(verification))


def explain(reasons: list[dict[str, Any]]) -> list[str]:
    """The reasons as sentences in the reader's language."""
    return [_sentence(reason) for reason in reasons]


def _sentence(reason: dict[str, Any]) -> str:
    pattern: str | Promise = _SENTENCES.get(reason["code"], reason["code"])
    return str(pattern % {"count": reason["count"]}) if reason["code"] != "no_evidence" else str(pattern)
