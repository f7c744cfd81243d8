"""Keeping a view of the list: saving it under a name, changing it, forgetting it.

A person's own views are their own affair; what is shared with a desk changes what others see, and goes in the logbook.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incidents.actions.record import log
from incidents.models import Mission, SavedView, User
from incidents.roles import Action
from incidents.workflow import MoveNotAllowed

# As many as a row of tabs can hold.
LIMIT = 12


def keep(
    view: SavedView, *, actor: User, name: str, shared_with: Mission | None = None, is_default: bool = False
) -> SavedView:
    """Write a view, new or changed, which the actor may change. Raises MoveNotAllowed."""
    before = view.mission
    if shared_with and not actor.may(Action.SET_UP_MISSION):
        raise MoveNotAllowed(_("Only a mission admin can share a view."))
    if view.pk is None and SavedView.objects.filter(owner=actor).count() >= LIMIT:
        raise MoveNotAllowed(_("You have %(count)s views. Delete one first.") % {"count": LIMIT})
    view.name, view.mission = name, shared_with
    # Whether it opens first is its owner's choice alone.
    view.is_default = is_default if view.owner_id == actor.pk else view.is_default
    try:
        with transaction.atomic():
            _write(view)
            if before or shared_with:
                log(
                    shared_with or before, "view.shared" if shared_with else "view.withdrawn", actor=actor, view=view.pk
                )
    except IntegrityError as taken:
        raise MoveNotAllowed(_("There is a view “%(name)s” already. Choose another name.") % {"name": name}) from taken
    return view


def _write(view: SavedView) -> None:
    if view.is_default:
        others = SavedView.objects.filter(owner=view.owner_id, is_default=True).exclude(pk=view.pk)
        others.update(is_default=False)
    view.save()


@transaction.atomic
def forget(view: SavedView, *, actor: User) -> None:
    if view.mission:
        log(view.mission, "view.withdrawn", actor=actor, view=view.pk)
    view.delete()
