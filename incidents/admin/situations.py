"""Developing situations in words, as large as the reader may know them to be."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.models import Incident, Situation, Surge
from incidents.models.situation import Extent


def brief(situation: Situation, extent: Extent) -> str:
    """For a chip: when it began, where, how many reports."""
    since = timezone.localtime(extent.since, situation.mission.zone)
    where = situation.department.name if situation.department else ""
    parts = (f"{since:%H:%M}", where, _reports(extent))
    return " · ".join(part for part in parts if part)


def of(incident: Incident, user: Any) -> dict[str, Any] | None:
    """What the page of an incident says of the situation it is part of; None where the reader can't make one out."""
    for pk, extent in Situation.objects.filter(parts__incident=incident).seen_by(user).items():
        since = timezone.localtime(extent.since, incident.mission.zone)
        monitors = ngettext("%(count)s monitor", "%(count)s monitors", extent.monitors) % {"count": extent.monitors}
        told = {"reports": _reports(extent), "monitors": monitors, "since": f"{since:%H:%M}"}
        words = _("Part of a developing situation: %(reports)s by %(monitors)s since %(since)s") % told
        return {"pk": pk, "words": words}
    return None


def untold(incident: Incident, user: Any) -> set[str]:
    """The events of its timeline that would tell the reader of incidents they may not see."""
    made_out = Situation.objects.filter(parts__incident=incident).seen_by(user)
    rising = Surge.objects.visible_to(user).filter(incidents=incident).exists()
    return ({"situation.joined"} if not made_out else set()) | ({"surge.told"} if not rising else set())


def _reports(extent: Extent) -> str:
    return ngettext("%(count)s report", "%(count)s reports", extent.reports) % {"count": extent.reports}
