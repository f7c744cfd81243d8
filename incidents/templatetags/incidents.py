"""Small signs that every screen shares: a severity as shape and word, a time as people say it. Knows no rows."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.taxonomy import Severity

register = template.Library()

# One shape each, so that severity is never colour alone.
SHAPES: dict[str, SafeString] = {
    Severity.CRITICAL: mark_safe('<polygon points="5,1 11,1 15,5 15,11 11,15 5,15 1,11 1,5"/>'),
    Severity.MAJOR: mark_safe('<polygon points="8,1 15.6,14.6 .4,14.6"/>'),
    Severity.MODERATE: mark_safe('<polygon points="8,.6 15.4,8 8,15.4 .6,8"/>'),
    Severity.MINOR: mark_safe('<circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="2.8"/>'),
    "": mark_safe(
        '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="3 2"/>'
    ),
}
MINUTE, HOUR, DAY = 60, 3_600, 86_400


@register.simple_tag
def severity(code: str) -> SafeString:
    """Shape and word of a severity; a dashed ring for what is not graded yet."""
    known = code if code in SHAPES else ""
    word = Severity(known).label if known else _("Not graded yet")
    return format_html(
        '<span class="severity {}"><svg viewBox="0 0 16 16" width="14" height="14" fill="currentColor" '
        'aria-hidden="true" focusable="false">{}</svg> {}</span>',
        known or "ungraded",
        SHAPES[known],
        word,
    )


@register.simple_tag
def when(moment: datetime | None, zone: ZoneInfo | None = None) -> Any:
    """A time as "14:32, 6 min ago", with the full time and its zone on hover; a dash for none."""
    if moment is None:
        return "–"
    local = timezone.localtime(moment, zone)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full(local), spoken(local)
    )


def full(local: datetime) -> str:
    """Date, time to the second and zone."""
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S} {local.tzname()}"


def spoken(local: datetime) -> str:
    """Clock and distance; the day too when it is not today, the date alone when it is long past."""
    now = timezone.now()
    seconds = (now - local).total_seconds()
    clock = f"{local:%H:%M}"
    if abs(seconds) >= 7 * DAY:
        return f"{date_format(local, 'j M Y')}, {clock}"
    if seconds > 6 * HOUR and now.astimezone(local.tzinfo).date() != local.date():
        clock = f"{date_format(local, 'D')} {clock}"
    return f"{clock}, {distance(seconds)}"


def distance(seconds: float) -> str:
    """How long ago, in the largest unit that fits; times ahead of our clock are "now"."""
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(count)s min ago") % {"count": int(seconds // MINUTE)}
    if seconds < DAY:
        return _("%(count)s h ago") % {"count": int(seconds // HOUR)}
    days = int(seconds // DAY)
    return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
