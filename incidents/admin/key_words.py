"""What the desk says of a key: its state as shape and word, what it opens, how much it pulled, how it is used."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.models import ApiKey, Boundary, SavedExport
from incidents.models.api_key import KeyState
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.taxonomy import Audience

# What ends within it is shown as ending.
SOON = timedelta(days=14)
LATELY = timedelta(days=7)

# One shape each, so that a state is never colour alone.
SHAPES = {
    KeyState.WAITING: mark_safe('<circle cx="8" cy="8" r="6" stroke-dasharray="3 2"/>'),
    KeyState.OPEN: mark_safe('<path d="M2.5 8.5l3.5 4 7.5-9"/>'),
    "ending": mark_safe('<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 2"/>'),
    KeyState.EXPIRED: mark_safe('<circle cx="8" cy="8" r="6"/><path d="M5 8h6"/>'),
    KeyState.REVOKED: mark_safe('<path d="M3 3l10 10M13 3L3 13"/>'),
}


def state(key: ApiKey) -> SafeString:
    shape: Any = key.state
    if shape == KeyState.OPEN and key.expires_at and key.expires_at < timezone.now() + SOON:
        shape = "ending"
    return format_html(
        '<span class="key-state is-{}"><svg viewBox="0 0 16 16" width="14" height="14" fill="none" '
        'stroke="currentColor" stroke-width="2" aria-hidden="true" focusable="false">{}</svg> {}</span>',
        shape,
        SHAPES[shape],
        _state_words(key),
    )


def _state_words(key: ApiKey) -> str:
    said = str(key.state.label)
    if key.state == KeyState.OPEN and key.expires_at:
        return _("Open until %(when)s") % {"when": _moment(key, key.expires_at)}
    if key.state == KeyState.EXPIRED:
        return _("Expired on %(when)s") % {"when": _moment(key, key.expires_at)}
    return said


def _moment(key: ApiKey, moment: Any) -> str:
    local = timezone.localtime(moment, key.mission.zone)
    return f"{date_format(local, 'j M Y')}, {local:%H:%M}"


def expires(key: ApiKey) -> str:
    """When, and by which clock."""
    return f"{_moment(key, key.expires_at)} ({key.mission.time_zone})" if key.expires_at else "–"


def opens(key: ApiKey) -> str:
    """Which releases, of which departments by their codes."""
    where = ", ".join(key.departments) or _("whole mission")
    return f"{Audience(key.audience).label} · {where}"


def departments(key: ApiKey) -> list[str]:
    """Their names; the code of one that is there no more."""
    there = Boundary.objects.filter(mission=key.mission, level=DEPARTMENT_LEVEL, code__in=key.departments)
    names = {boundary.code: boundary.name for boundary in there.defer("geometry")}
    return [names.get(code, code) for code in key.departments]


def volume(key: Any) -> str:
    """Of a key that was asked for `with_volume`."""
    if not key.pull_count:
        return "–"
    pulls = ngettext("%(count)s pull", "%(count)s pulls", key.pull_count) % {"count": key.pull_count}
    return f"{pulls} · {filesizeformat(key.pull_bytes)}"


def lines(key: ApiKey) -> list[tuple[str, str, str]]:
    """What a partner copies: for which program, what to type there, and where; KEY stands for the secret."""
    root = settings.SITE_URL + reverse("api:index")
    found = [
        (
            "curl",
            f"curl -H 'Authorization: Bearer KEY' '{root}incidents'",
            _("In a terminal. Follow “next” to its end."),
        ),
        (
            "QGIS",
            settings.SITE_URL + reverse("ogc:landing"),
            _("Layer → Add layer → Add WFS / OGC API – Features layer → New, this address; “Basic”, KEY as password."),
        ),
        (
            "Excel",
            f"{root}incidents.csv?bom=1",
            _("Data → From web → this address; “Basic”, with KEY as password."),
        ),
    ]
    for row in SavedExport.objects.filter(mission=key.mission):
        found.append(("Excel", f"{root}saved/{row.slug}.csv", _("The saved address “%(name)s”.") % {"name": row.slug}))
    return found
