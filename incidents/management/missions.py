"""The mission an import goes into: found, or made with the people who shall see it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import Membership, Mission, User
from incidents.roles import Role
from incidents.sheet import shown


class MissionFault(Exception):
    """There is no such mission, or it can't be made; in words for a person."""


def find(slug: str) -> Mission:
    """The mission of this short name. Raises MissionFault with what there is and how to make one."""
    found = Mission.objects.filter(slug=slug).first() if slug.isascii() and slug.isprintable() else None
    if found:
        return found
    told = {"slug": shown(slug), "known": ", ".join(Mission.objects.values_list("slug", flat=True)) or "–"}
    message = _(
        "There is no mission %(slug)s. Known: %(known)s. "
        'To make it: --create-mission "NAME" --time-zone America/La_Paz --election-day 2020-10-18.'
    )
    raise MissionFault(message % told)


def drafted(slug: str, name: str, time_zone: str | None, election_day: str | None) -> Mission:
    """A new mission, checked and not yet saved. Raises MissionFault."""
    if not time_zone or not election_day:
        raise MissionFault(_("--create-mission needs --time-zone and --election-day."))
    try:
        day = date.fromisoformat(election_day)
    except ValueError as fault:
        raise MissionFault(_("--election-day must be a day such as 2020-10-18.")) from fault
    try:
        mission = Mission(slug=slug, names={"en": name}, election_day=day, time_zone=time_zone, languages=["en"])
        mission.full_clean()
    except (ValidationError, UnicodeError) as fault:
        messages = fault.messages if isinstance(fault, ValidationError) else [_("It can't be written as UTF-8.")]
        raise MissionFault(_("The mission can't be made: %(why)s") % {"why": shown(" ".join(messages), 200)}) from fault
    return mission


def coordinators(usernames: list[str]) -> list[User]:
    """The coordinators of these user names. Raises MissionFault for the first that is none."""
    people = []
    for username in usernames:
        known = User.objects.filter(username=username).first() if username.isprintable() else None
        if known is None or known.role != Role.COORDINATOR:
            raise MissionFault(_("%(name)s is not a coordinator here.") % {"name": shown(username)})
        people.append(known)
    return people


@transaction.atomic
def make(mission: Mission, people: list[User]) -> Mission:
    """Save a drafted mission and let its admins and these people see all of it."""
    mission.save()
    admins = User.objects.with_role(Role.MISSION_ADMIN).filter(is_active=True)
    for person in {person.pk: person for person in (*admins, *people)}.values():
        Membership.objects.create(user=person, mission=mission, all_departments=True)
    return mission
