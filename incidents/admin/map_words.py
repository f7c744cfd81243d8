"""What the map and the time line under it say, for the browser to fill in: numbers and times go where the %s stand."""

from django.utils.translation import gettext as _

from incidents.taxonomy import Severity


def words() -> dict[str, str]:
    return {**_map(), **_time(), **{code: str(label) for code, label in Severity.choices}}


def _map() -> dict[str, str]:
    return {
        "all": _("All %s on the map."),
        "some": _("%s of %s on the map."),
        "without": _("%s without a place."),
        "none": _("Nothing to draw here."),
        "failed": _("The map could not be loaded. The list is complete without it."),
        "stale": _("The map could not be brought up to date. Move it to try again."),
        "unlisted": _("The list could not be loaded. It still shows what it showed before."),
        "tiles": _("The map's tiles could not be loaded. The ground shown is the one that is shipped."),
        "danger": _("Reporter in danger"),
        "endangered": _("%s in danger"),
        "open": _("Open the incident"),
        "here": _("%s incidents here"),
        "list": _("Show them in the list"),
        "ungraded": _("Not graded yet"),
        "area": _("Only the area is known"),
        "closer": _("Zoom in"),
        "farther": _("Zoom out"),
    }


def _time() -> dict[str, str]:
    return {
        "whole": _("All of the time: %s to %s. %s incidents."),
        "span": _("%s to %s. %s of %s incidents."),
        "empty": _("No incident to draw over time."),
        "untimed": _("The time line could not be loaded."),
        "play": _("Play"),
        "stop": _("Stop"),
        "step": _("Next step"),
        "begins": _("From"),
        "sum": _("Together"),
    }
