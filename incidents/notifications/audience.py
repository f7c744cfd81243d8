"""Who hears of an incident: those who may see it, and never nobody."""

from incidents.models import Incident, User
from incidents.roles import Role


def recipients(incident: Incident) -> list[User]:
    """The coordinators who may see the incident; where there is none, the mission's admins.

    Asks the same rule that the desk asks, so that mail can't tell what the desk would hide.
    """
    people = User.objects.in_mission(incident.mission).exclude(email="").distinct()
    for role in (Role.COORDINATOR, Role.MISSION_ADMIN):
        hearing = [person for person in people.with_role(role) if may_see(person, incident)]
        if hearing:
            return hearing
    return []


def may_see(person: User, incident: Incident) -> bool:
    """Whether the desk would show it to them now; of a merged one, the incident that it went into."""
    incident = incident.stands_in
    return Incident.objects.visible_to(person).filter(pk=incident.pk).exists()
