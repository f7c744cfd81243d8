"""Who may do what: one table, asked by every door.

Knows roles and actions only; which rows somebody sees is `Incident.objects.visible_to`.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    MONITOR = "monitor", _("Monitor")
    COORDINATOR = "coordinator", _("Coordinator")
    MISSION_ADMIN = "mission_admin", _("Mission admin")
    PARTNER = "partner", _("Partner")


class Action(TextChoices):
    FILE_REPORT = "file_report"
    ENTER_DESK = "enter_desk"
    VIEW_INCIDENT = "view_incident"
    HANDLE_INCIDENT = "handle_incident"
    VIEW_DELIVERIES = "view_deliveries"
    BROADCAST = "broadcast"
    SET_UP_MISSION = "set_up_mission"
    READ_IDENTITY = "read_identity"
    PULL_RELEASES = "pull_releases"
    MAKE_BUNDLE = "make_bundle"
    EMERGENCY = "emergency"


_DESK = frozenset(
    {
        Action.ENTER_DESK,
        Action.VIEW_INCIDENT,
        Action.HANDLE_INCIDENT,
        Action.VIEW_DELIVERIES,
        Action.BROADCAST,
    }
)

ALLOWED: dict[str, frozenset[Action]] = {
    Role.MONITOR: frozenset({Action.FILE_REPORT}),
    Role.COORDINATOR: _DESK,
    Role.MISSION_ADMIN: _DESK | {Action.SET_UP_MISSION, Action.READ_IDENTITY, Action.MAKE_BUNDLE, Action.EMERGENCY},
    Role.PARTNER: frozenset({Action.PULL_RELEASES}),
}


def may(role: str, action: Action) -> bool:
    """Whether `role` may do `action`; an unknown role may nothing."""
    return action in ALLOWED.get(role, frozenset())
