"""Who hears of an incident: those who may see it, and never nobody."""

from incidents.models import Delivery, Incident, Situation, Surge, User
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


def may_hear(delivery: Delivery) -> bool:
    """Whether its recipient may be told now what it tells: a rise and a situation tell of more than one incident."""
    person, incident = delivery.recipient, delivery.incident
    if not may_see(person, incident):
        return False
    if delivery.kind == Delivery.Kind.SURGE:
        return surge_of(delivery) is not None
    if delivery.kind == Delivery.Kind.SITUATION:
        return bool(Situation.objects.filter(parts__incident=incident.stands_in).seen_by(person))
    return True


def surge_of(delivery: Delivery) -> Surge | None:
    """The rise that a delivery tells of, as far as its recipient may know of it."""
    # Until the watch looks again, it counts a merged incident by its old row.
    told = (delivery.incident_id, delivery.incident.stands_in.pk)
    seen = Surge.objects.visible_to(delivery.recipient).filter(incidents__in=told).distinct()
    return seen.order_by("-opened_at", "-pk").first()
