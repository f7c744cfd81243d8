"""Merging two incidents that are one event, and undoing it. Always a person's; the machine only suggests.

The older incident is kept. The reports of the other move under it, with what hangs on them; the emptied row stays as it
was, so that it can be undone exactly: whatever came in meanwhile stays where it belongs.
"""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import escalate, moving
from incidents.actions.assess import renew
from incidents.actions.publish import publish
from incidents.actions.record import hold_both, note
from incidents.actions.suggest import pair
from incidents.models import Delivery, Incident, Merge, Report, Suggestion, User
from incidents.notifications import outbox
from incidents.roles import Action
from incidents.workflow import MoveNotAllowed


@transaction.atomic
def merge(incident_id: uuid.UUID, other_id: uuid.UUID, *, actor: User) -> Incident:
    """Move the reports of the younger under the older; returns the one that is kept. Raises MoveNotAllowed."""
    kept, emptied = sorted(_both(incident_id, other_id, actor), key=lambda one: (one.opened_at, one.pk))
    _check(kept, emptied)
    reports = list(emptied.reports.values_list("pk", flat=True))
    which = _named(emptied.reports.all())
    moved = {"reports": [str(pk) for pk in reports], **moving.deliveries(emptied, kept)}
    changed = moving.take_over(kept, emptied)
    Report.objects.filter(pk__in=reports).update(incident=kept)
    emptied.merged_into = kept
    emptied.save(update_fields=("merged_into", "updated_at"))
    Merge.objects.create(kept=kept, emptied=emptied, moved=moved, changed=changed, merged_by=actor)
    note(emptied, "incident.merged", actor=actor, into=str(kept), reports=len(reports), moved=which)
    note(kept, "reports.taken_over", actor=actor, other=str(emptied), reports=len(reports), moved=which)
    kept.save()
    _decide(kept, emptied, Suggestion.State.MERGED, actor)
    Suggestion.objects.open().about(emptied).delete()
    renew(kept)
    if "in_danger_now" in changed["fields"]:
        # Whoever watches the kept one may never have heard of it.
        escalate.start(kept, again=bool(outbox.queue(kept, Delivery.Kind.DANGER)))
    escalate.stop(emptied)
    publish(emptied)
    return kept


@transaction.atomic
def unmerge(merge_id: int, *, actor: User) -> Incident:
    """Give the reports back; returns the incident that had been emptied. Raises MoveNotAllowed."""
    found = Merge.objects.filter(pk=merge_id).first()
    if found is None or not actor.may(Action.HANDLE_INCIDENT):
        raise MoveNotAllowed(_gone())
    held = hold_both(found.kept_id, found.emptied_id)
    kept, emptied = held[found.kept_id], held[found.emptied_id]
    # Asked once they are held: what was merged further meanwhile is seen by nobody, and waits until that is undone.
    if not _sees(actor, kept.pk) or not _ended(found, actor):
        raise MoveNotAllowed(_gone())
    back = Report.objects.filter(pk__in=found.moved["reports"], incident=kept)
    which = _named(back)
    back.update(incident=emptied)
    emptied.merged_into = None
    moving.give_back(kept, emptied, found)
    note(emptied, "incident.restored", actor=actor, other=str(kept), moved=which)
    count = len(found.moved["reports"])
    note(kept, "reports.given_back", actor=actor, other=str(emptied), reports=count, moved=which)
    for incident in (kept, emptied):
        incident.save()
    renew(kept, emptied)
    # A person has looked and found that they are two: not to be suggested again.
    _decide(kept, emptied, Suggestion.State.DISMISSED, actor)
    return emptied


@transaction.atomic
def dismiss(incident_id: uuid.UUID, other_id: uuid.UUID, *, actor: User) -> Incident:
    """Say that two incidents are not the same; they are not suggested again. Raises MoveNotAllowed."""
    incident, other = _both(incident_id, other_id, actor)
    open_one = Suggestion.objects.open().about(incident).about(other)
    if not open_one.exists():
        raise MoveNotAllowed(_gone())
    _decide(incident, other, Suggestion.State.DISMISSED, actor)
    for one, its_other in ((incident, other), (other, incident)):
        note(one, "suggestion.dismissed", actor=actor, other=str(its_other))
    return incident


def _both(incident_id: uuid.UUID, other_id: uuid.UUID, actor: User) -> tuple[Incident, Incident]:
    """Both, held, if the actor may see both; what is hidden, merged already or not there is refused alike."""
    if incident_id == other_id or not actor.may(Action.HANDLE_INCIDENT):
        raise MoveNotAllowed(_gone())
    if Incident.objects.filter(pk__in=(incident_id, other_id)).count() != 2:
        raise MoveNotAllowed(_gone())
    held = hold_both(incident_id, other_id)
    # Asked once they are held: somebody else may have merged one of them until then.
    if not all(_sees(actor, pk) for pk in held):
        raise MoveNotAllowed(_gone())
    return held[incident_id], held[other_id]


def _named(reports: Any) -> str:
    """The references of what is moved: by them the record says where each report stands."""
    return " ".join(sorted(reports.values_list("reference", flat=True)))


def _sees(actor: User, incident_id: uuid.UUID) -> bool:
    return Incident.objects.visible_to(actor).filter(pk=incident_id).exists()


def _ended(merge: Merge, actor: User) -> bool:
    """Mark it undone; False when somebody else has."""
    standing = Merge.objects.standing().filter(pk=merge.pk)
    return bool(standing.update(undone_at=timezone.now(), undone_by=actor))


def _gone() -> str:
    return _("One of these incidents was merged or changed in the meantime. Reload the page to see where they stand.")


def _check(kept: Incident, emptied: Incident) -> None:
    if kept.mission_id != emptied.mission_id:
        raise MoveNotAllowed(_("These incidents belong to different missions."))
    if kept.held or emptied.held:
        raise MoveNotAllowed(_("One of these incidents is held apart. Take it into the queue first."))
    if not (kept.is_open and emptied.is_open):
        raise MoveNotAllowed(_("Only open incidents can be merged. Reopen the other one first."))


def _decide(one: Incident, other: Incident, state: Any, actor: User) -> None:
    smaller, larger = pair(one.pk, other.pk)
    rows = Suggestion.objects.filter(one=smaller, other=larger)
    rows.update(state=state, decided_at=timezone.now(), decided_by=actor)
