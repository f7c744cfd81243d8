"""Signs of what leaves the mission, on the desk and on the public page: where something is said to have been, in words,
and drawn on an outline of the departments. Knows columns of releases, and no rows.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from incidents.taxonomy import PlaceLevel

register = template.Library()


@register.filter
def told_place(columns: Mapping[str, Any]) -> str:
    """The place that a release tells, in words."""
    names = {"department": columns.get("adm1_name") or "", "province": columns.get("adm2_name") or ""}
    level = columns.get("place_level")
    if level == PlaceLevel.POINT:
        return _("the place itself, as exactly as the mission knows it")
    if level == PlaceLevel.SQUARE and not names["department"]:
        return _("a square of about 5 km")
    said = {
        PlaceLevel.SQUARE: _("a square of about 5 km in %(department)s"),
        PlaceLevel.PROVINCE: _("somewhere in %(province)s (province), %(department)s"),
        PlaceLevel.DEPARTMENT: _("somewhere in %(department)s (department)"),
    }
    return said[PlaceLevel(level)] % names if level in PlaceLevel.values else _("no place is told")
