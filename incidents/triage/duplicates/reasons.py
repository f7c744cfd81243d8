"""Why two reports look like one event, in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.taxonomy import Category, Harm, Perpetrator, Victim
from incidents.triage.duplicates.told import ARMED, OFFICIALS, PARTY, SECURITY

PLAIN: dict[str, Any] = {
    "days.same_day": gettext_lazy("Same day"),
    "days.same_span": gettext_lazy("Same days"),
    "days.overlap_most": gettext_lazy("Mostly the same days"),
    "days.overlap_some": gettext_lazy("Some of the same days"),
    "days.overlap_long": gettext_lazy("Some of the same days, out of many"),
    "spot.same": gettext_lazy("Same place"),
    "spot.town": gettext_lazy("Same town"),
    "spot.part": gettext_lazy("Places of like names"),
    "spot.other": gettext_lazy("Different places are named"),
    "town.same": gettext_lazy("Same town"),
    "town.other": gettext_lazy("Different towns are named"),
    "mention.one": gettext_lazy("The place of one is named in the other"),
    "mention.both": gettext_lazy("Each names the place of the other"),
    "source.document": gettext_lazy("Both come out of one document"),
    "source.outlet": gettext_lazy("Different documents of one source"),
    "source.other": gettext_lazy("Two sources"),
    "reporter.same": gettext_lazy("The same monitor sent both"),
    "reporter.other": gettext_lazy("Two monitors"),
    "actors.other": gettext_lazy("Different perpetrators are named"),
    "actors.other_kind": gettext_lazy("Different kinds of perpetrators"),
    "name.rare": gettext_lazy("That perpetrator is seldom named here"),
    "name.mid": gettext_lazy("That perpetrator is named now and then here"),
    "name.common": gettext_lazy("That perpetrator is often named here"),
    "killed.none": gettext_lazy("Neither tells of anybody killed"),
    "injured.none": gettext_lazy("Neither tells of anybody injured"),
    "categories.same": gettext_lazy("The same was done"),
    "categories.other": gettext_lazy("Something different was done"),
    "victims.same": gettext_lazy("It was done to the same kind of people"),
    "victims.other": gettext_lazy("It was done to different kinds of people"),
    "setting.same": gettext_lazy("On the same kind of occasion"),
    "setting.other": gettext_lazy("On different kinds of occasions"),
    "damage.both": gettext_lazy("Both tell of property lost"),
    "damage.one": gettext_lazy("Only one tells of property lost"),
    "damage.none": gettext_lazy("Neither tells of property lost"),
    "displaced.both": gettext_lazy("Both tell of people displaced"),
    "displaced.one": gettext_lazy("Only one tells of people displaced"),
    "displaced.none": gettext_lazy("Neither tells of people displaced"),
    "harms.same": gettext_lazy("The same harm"),
    "harms.other": gettext_lazy("Different harm"),
    "words.few": gettext_lazy("Hardly a word in common"),
    "words.some": gettext_lazy("Some words in common"),
    "words.many": gettext_lazy("Many words in common"),
    "words.most": gettext_lazy("Most of the words in common"),
    "crowd.to_2": gettext_lazy("Hardly another report from nearby on these days"),
    "crowd.to_5": gettext_lazy("Few other reports from nearby on these days"),
    "place.town_same": gettext_lazy("One town, not known more closely"),
    "image.same": gettext_lazy("The same photo"),
    "image.like": gettext_lazy("Photos that look alike"),
}
_KINDS: dict[str, str | Promise] = {
    SECURITY: gettext_lazy("security forces"),
    OFFICIALS: gettext_lazy("officials"),
    ARMED: gettext_lazy("armed groups"),
    PARTY: gettext_lazy("political groups"),
}


def explain(reasons: list[dict[str, Any]]) -> list[str]:
    """The reasons as short sentences, in the order given; a measured distance says what the plain one would."""
    is_measured = any(reason["code"].startswith("measured.") for reason in reasons)
    told = [reason for reason in reasons if not (is_measured and reason["code"].startswith("place."))]
    return list(dict.fromkeys(_sentence(reason) for reason in told))


def _sentence(reason: dict[str, Any]) -> str:
    code, value = reason["code"], reason.get("value")
    if code in PLAIN:
        return str(PLAIN[code])
    field = code.partition(".")[0]
    try:
        return _FIELDS[field](code, value)
    except (KeyError, TypeError, ValueError):  # a reason of an earlier version, or of a later one
        return str(code)


def distance(metres: float) -> str:
    """A distance as people say it: "62 m", "1.2 km"."""
    if metres < 1_000:
        return _("%(count)s m") % {"count": round(metres)}
    return _("%(count)s km") % {"count": round(metres / 1_000, 1 if metres < 10_000 else None)}


def _days(code: str, gap: int) -> str:
    return ngettext("%(count)s day apart", "%(count)s days apart", gap) % {"count": gap}


def _moment(code: str, minutes: int) -> str:
    if minutes < 1:
        return _("Within a minute of each other")
    if minutes < 120:
        return ngettext("%(count)s minute apart", "%(count)s minutes apart", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    return ngettext("%(count)s hour apart", "%(count)s hours apart", hours) % {"count": hours}


def _place(code: str, metres: float) -> str:
    grain = code.partition(".")[2].partition("_")[0]
    known = {
        "spot": _("%(distance)s apart"),
        "mixed": _("%(distance)s apart, of one only the town is known"),
        "town": _("%(distance)s apart, of both only the town is known"),
        "area": _("%(distance)s apart, but the place is known only roughly"),
    }
    return known[grain] % {"distance": distance(metres)}


def _measured(code: str, value: list[float]) -> str:
    apart, accuracy = value
    return _("%(distance)s apart, both known to ±%(accuracy)s") % {
        "distance": distance(apart),
        "accuracy": distance(accuracy),
    }


def _actors(code: str, value: list[str]) -> str:
    if code == "actors.kind":
        return _("Both name %(who)s") % {"who": _listed(dict(_KINDS), value)}
    return _("Both name: %(who)s") % {"who": _listed(dict(Perpetrator.choices), value)}


def _counted(alone: str | Promise, both: str | Promise) -> Callable[[str, list[int]], str]:
    """`both` tells of one number that is the same, `alone` of two that are not."""

    def sentence(code: str, value: list[int]) -> str:
        less, more = value
        pattern = both if less == more else alone
        return str(pattern) % {"less": less, "more": more}

    return sentence


def _shared(pattern: Any, words: Any) -> Callable[[str, list[str]], str]:
    return lambda code, value: str(pattern) % {"what": _listed(dict(words.choices), value)}


def _listed(labels: dict[str, Any], codes: list[str]) -> str:
    return ", ".join(str(labels.get(code, code)) for code in codes)


def _crowd(code: str, count: int) -> str:
    return ngettext(
        "%(count)s other report from nearby on these days", "%(count)s other reports from nearby on these days", count
    ) % {"count": count}


_FIELDS: dict[str, Callable[[str, Any], str]] = {
    "days": _days,
    "moment": _moment,
    "place": _place,
    "measured": _measured,
    "actors": _actors,
    "killed": _counted(gettext_lazy("%(less)s and %(more)s killed"), gettext_lazy("Both tell of %(more)s killed")),
    "injured": _counted(gettext_lazy("%(less)s and %(more)s injured"), gettext_lazy("Both tell of %(more)s injured")),
    "affected": _counted(
        gettext_lazy("%(less)s and %(more)s people affected"), gettext_lazy("Both tell of %(more)s people affected")
    ),
    "categories": _shared(gettext_lazy("Both tell of: %(what)s"), Category),
    "victims": _shared(gettext_lazy("Both happened to: %(what)s"), Victim),
    "harms": _shared(gettext_lazy("Both tell of harm: %(what)s"), Harm),
    "crowd": _crowd,
}
