"""Broadcasts: sent to those they are for, seen and put away by each, withdrawn.

Who did what when stands in the rows; nothing is told to anybody by another way.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions.read_only import check_open
from incidents.models import Addressee, Boundary, Broadcast, Mission, User
from incidents.models.broadcast import departments_of, may_broadcast, reached, whole
from incidents.workflow import MoveNotAllowed


@dataclass(frozen=True)
class Draft:
    """What somebody wants to send, to whom, and for how long."""

    mission: Mission
    departments: list[Boundary]
    roles: list[str]
    texts: dict[str, str]
    hours: int


def people(draft: Draft, *, actor: User) -> Any:
    """Whom it would reach, the writer left out. Raises MoveNotAllowed where they are not the writer's to address."""
    if not may_broadcast(actor) or not _within_reach(draft, actor):
        raise MoveNotAllowed(_("You can write to your own departments only."))
    return reached(draft.mission, draft.departments, draft.roles).exclude(pk=actor.pk)


def _within_reach(draft: Draft, actor: User) -> bool:
    if whole(actor).filter(mission=draft.mission).exists():
        return all(one.mission_id == draft.mission.pk for one in draft.departments)
    own = set(departments_of(actor).filter(mission=draft.mission).values_list("pk", flat=True))
    return bool(draft.departments) and own.issuperset(one.pk for one in draft.departments)


@transaction.atomic
def send(draft: Draft, *, actor: User, broadcast_id: uuid.UUID) -> Broadcast:
    """Send it, once under this id. Raises MoveNotAllowed."""
    check_open(draft.mission)
    to = list(people(draft, actor=actor))
    if not draft.texts:
        raise MoveNotAllowed(_("Write a text."))
    now = timezone.now()
    given = {
        "mission": draft.mission,
        "author": actor,
        "texts": draft.texts,
        "roles": draft.roles,
        "sent_at": now,
        "expires_at": now + timedelta(hours=draft.hours),
    }
    broadcast, is_new = Broadcast.objects.get_or_create(pk=broadcast_id, defaults=given)
    if is_new:
        broadcast.departments.set(draft.departments)
        Addressee.objects.bulk_create(Addressee(broadcast=broadcast, person=person) for person in to)
    return broadcast


def seen(shown: Any, *, person: User) -> None:
    """These were before somebody's eyes; the first time stands."""
    new = Addressee.objects.filter(broadcast__in=shown, person=person, seen_at=None)
    new.update(seen_at=timezone.now())


@transaction.atomic
def close(broadcast_id: uuid.UUID, *, person: User) -> bool:
    """Put it away for somebody, who has seen it then; False where it is not theirs."""
    own = Addressee.objects.filter(broadcast=broadcast_id, person=person)
    own.filter(seen_at=None).update(seen_at=timezone.now())
    own.filter(closed_at=None).update(closed_at=timezone.now())
    return own.exists()


def withdraw(broadcast: Broadcast, *, actor: User) -> bool:
    """Show it to nobody any more; False where it was over."""
    check_open(broadcast.mission)
    standing = Broadcast.objects.visible_to(actor).standing().filter(pk=broadcast.pk)
    return bool(standing.update(withdrawn_at=timezone.now(), withdrawn_by=actor))
