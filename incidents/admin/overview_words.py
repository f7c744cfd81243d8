"""What the overview says in words: the findings above its charts, how much more than before, how long it took."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.admin.timeline import label
from incidents.models.coverage import Cover
from incidents.models.overview import Now, Standing
from incidents.models.response import Answers

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def share(count: int, of: int) -> str:
    """In whole percent; a dash of nothing. What is not all is never rounded up to all, nor what is not none to none."""
    if not of:
        return "–"
    rounded = round(100 * count / of)
    if rounded == 100 and count < of:
        rounded = 99
    return "< 1%" if rounded == 0 and count else f"{rounded}%"


def length(took: timedelta) -> str:
    """A length of time, as exact as it matters."""
    seconds = int(took.total_seconds())
    if seconds < MINUTE:
        return _("%(count)s s") % {"count": seconds}
    if seconds < HOUR:
        return _("%(count)s min") % {"count": seconds // MINUTE}
    if seconds < 2 * DAY:
        return _("%(hours)s h %(minutes)s min") % {"hours": seconds // HOUR, "minutes": seconds % HOUR // MINUTE}
    return ngettext("%(count)s day", "%(count)s days", seconds // DAY) % {"count": seconds // DAY}


def compared(count: int, before: int | None) -> str:
    if before is None:
        return ""
    if count == before:
        return _("as many as before")
    told = {"count": abs(count - before)}
    return (_("%(count)s more than before") if count > before else _("%(count)s fewer than before")) % told


def _first(counts: Mapping[Any, int]) -> tuple[Any, int, bool]:
    """The key with the highest count, that count, and whether it stands alone."""
    key = max(counts, key=lambda one: counts[one])
    return key, counts[key], list(counts.values()).count(counts[key]) == 1


def where(counts: Mapping[Any, int], names: Mapping[Any, str], total: int) -> str:
    if not total:
        return _("No incidents in this period")
    key, count, alone = _first(counts)
    told = {"what": names.get(key, ""), "count": count, "all": total}
    if not alone:
        return _("Nowhere stands out: %(count)s of %(all)s at most") % told
    if key is None:
        return _("Most could not be placed: %(count)s of %(all)s") % told
    return _("Most in %(what)s: %(count)s of %(all)s") % told


def what(counts: Mapping[str, int], codes: Any, total: int) -> str:
    if not total:
        return _("No incidents in this period")
    key, count, alone = _first(counts)
    told = {"what": label(codes, key), "count": count, "all": total}
    if not alone:
        return _("No one kind stands out: %(count)s of %(all)s at most") % told
    return _("Most often: %(what)s, %(count)s of %(all)s") % told


def who(counts: Mapping[str, int], codes: Any, total: int) -> str:
    if not counts:
        return _("Nobody is named in this period")
    key, count, alone = _first(counts)
    told = {"what": label(codes, key), "count": count, "all": total}
    if not alone:
        return _("Nobody is named most: %(count)s of %(all)s at most") % told
    return _("Named most often: %(what)s, in %(count)s of %(all)s") % told


def when(totals: Mapping[int, int], spans: Mapping[int, str]) -> str:
    if not any(totals.values()):
        return _("No incidents in this period")
    part = max(totals, key=lambda one: (totals[one], -one))
    return _("Most at %(span)s: %(count)s") % {"count": totals[part], "span": spans[part]}


def between(begins: datetime, ends: datetime, width: timedelta) -> str:
    """One part of a chart: a day, a week, or from one hour to the next."""
    day = date_format(begins, "j M")
    if width >= timedelta(days=28):
        return f"{date_format(begins, 'j M Y')} – {date_format(ends - timedelta(days=1), 'j M Y')}"
    if width >= timedelta(days=2):
        return f"{day}–{date_format(ends - timedelta(days=1), 'j M')}"
    return day if width >= timedelta(days=1) else f"{day}, {begins:%H:%M}–{ends:%H:%M}"


def open_of(is_open: int, total: int) -> str:
    if not total:
        return _("No incidents in this period")
    return _("Still open: %(count)s of %(all)s") % {"count": is_open, "all": total}


def borne_out(count: int, total: int) -> str:
    if not total:
        return _("No incidents in this period")
    return _("Confirmed or likely: %(count)s of %(all)s") % {"count": count, "all": total}


def answered(rows: Mapping[str, Answers]) -> str:
    due, in_time = sum(row.due for row in rows.values()), sum(row.in_time for row in rows.values())
    if not due:
        return _("Nothing had to be answered yet in this period")
    return _("%(share)s answered in time: %(count)s of %(all)s") % {
        "share": share(in_time, due),
        "count": in_time,
        "all": due,
    }


def in_hand(now: Now) -> str:
    if not now.open:
        return _("Nothing is open")
    nobodys = next((one.open for one in now.hands if not one.code), 0)
    if nobodys:
        return _("Nobody has %(count)s of the %(all)s that are open") % {"count": nobodys, "all": now.open}
    most: Standing = now.hands[0]
    return _("%(code)s has most: %(count)s of %(all)s open") % {"code": most.code, "count": most.open, "all": now.open}


def heard(cover: Cover) -> str:
    if not cover.monitors:
        return _("No monitors that you may know of")
    told = {"count": cover.active, "all": cover.monitors, "silent": cover.silent}
    if not cover.silent:
        return _("Heard from: all %(all)s monitors") % told
    return _("Not heard from: %(silent)s of %(all)s monitors") % told


def told(failed: int, waiting: int, sent: int) -> str:
    if failed:
        return ngettext("%(count)s alert was given up", "%(count)s alerts were given up", failed) % {"count": failed}
    if waiting:
        return ngettext("%(count)s alert is waiting", "%(count)s alerts are waiting", waiting) % {"count": waiting}
    return _("Every alert was sent") if sent else _("No alerts in this period")


def rising(rises: int, situations: int) -> str:
    parts = []
    if rises:
        parts.append(ngettext("%(count)s rise", "%(count)s rises", rises) % {"count": rises})
    if situations:
        said = ngettext("%(count)s developing situation", "%(count)s developing situations", situations)
        parts.append(said % {"count": situations})
    return _(" and ").join(parts) if parts else _("Nothing is rising")
