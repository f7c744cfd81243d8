"""Signs of the desk alone: how long is left for an answer, when what lies ahead will be, what a cell is called.

Knows no rows.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from incidents.templatetags.incidents import HOUR, MINUTE, full

register = template.Library()


@register.simple_tag
def ahead(moment: datetime, zone: ZoneInfo | None = None) -> SafeString:
    """A time that may lie ahead, as "14:40, in 8 min"; "now" once it has come."""
    local = timezone.localtime(moment, zone)
    left = (moment - timezone.now()).total_seconds()
    said = _("now") if left < MINUTE else _("in %(span)s") % {"span": span(left)}
    shown = '<time datetime="{}" title="{}">{}, {}</time>'
    return format_html(shown, local.isoformat(timespec="seconds"), full(local), f"{local:%H:%M}", said)


def span(seconds: float) -> str:
    """A length of time in whole minutes or hours, whichever fits."""
    if seconds < HOUR:
        return _("%(count)s min") % {"count": int(seconds // MINUTE)}
    return _("%(count)s h") % {"count": int(seconds // HOUR)}


# A clock's face while there is time; a mark that calls when there is none. The style sheet shows one of the two.
FACES = mark_safe(
    '<svg class="early" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false" fill="none" '
    'stroke="currentColor" stroke-width="1.6"><circle cx="8" cy="8" r="6.4"/><path d="M8 4.2V8l2.6 1.8"/></svg>'
    '<svg class="late" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false" '
    'fill="currentColor"><path fill-rule="evenodd" '
    'd="M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm-1.1 3.4.3 5.8h1.6l.3-5.8Zm.1 7v2h2v-2Z"/></svg>'
)


@register.simple_tag
def clock(escalation: Any) -> SafeString | str:
    """The clock of what waits for an answer, as shape and words; nothing where it does not run.

    A script keeps it going from the deadline in its attribute.
    """
    if not escalation or not escalation.is_open:
        return ""
    left = (escalation.deadline - timezone.now()).total_seconds()
    return format_html(
        '<span class="clock{}" data-deadline="{}">{} <span>{}</span></span>',
        " is-late" if left < 0 else "",
        escalation.deadline.isoformat(timespec="seconds"),
        FACES,
        time_left(left),
    )


def time_left(seconds: float) -> str:
    if 0 <= seconds < MINUTE:
        return _("under 1 min left")
    if seconds >= 0:
        return _("%(span)s left") % {"span": span(seconds)}
    return _("overdue") if seconds > -MINUTE else _("overdue %(span)s") % {"span": span(-seconds)}


@register.simple_tag
def clock_words() -> dict[str, Any]:
    """What the script that keeps the clocks going says, and what time it is here: a laptop's own clock may be wrong."""
    return {
        "now": timezone.now().isoformat(),
        "minutes": _("%(count)s min"),
        "hours": _("%(count)s h"),
        "soon": _("under 1 min left"),
        "left": _("%(span)s left"),
        "due": _("overdue"),
        "late": _("overdue %(span)s"),
    }


@register.filter
def named(cells: Any, headers: list[dict[str, Any]]) -> list[SafeString]:
    """The cells of one row of a list as Django made them, each with the name of its column in an attribute.

    Not the box to tick; and one without an answer says so by a class, for a card leaves it out.
    """
    return [_named(cell, str(header["text"])) for cell, header in zip(cells, headers, strict=False)]


def _named(cell: str, name: str) -> SafeString:
    if cell.startswith('<td class="action-checkbox'):
        return mark_safe(cell)  # noqa: S308 - as Django made it
    if cell.endswith((">–</td>", "></td>")) and cell.count("<") == 2:
        cell = cell.replace('class="', 'class="is-empty ', 1)
    return mark_safe(f'{cell[:3]} data-name="{escape(capfirst(name))}"{cell[3:]}')  # noqa: S308
