"""Telling partners' programs that releases have changed: that they have, up to which change, and where to ask.

Nothing of what was released, and only to whom a key opens it. A later change rides on what was not sent yet, so that a
busy hour is a few messages, and a program that refuses them is one failure. Knows nothing of why a release changed.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from incidents.models import ApiKey, Channel, Delivery, Mission, Release, User
from incidents.models.release import SCOPE_MARK

# What changes within it is told at once.
GATHER = timedelta(seconds=10)
# What was given up is tried again with a later change, but no more often than this.
AGAIN_AFTER = timedelta(minutes=15)


def tell(release: Release) -> None:
    """Write or widen a delivery for each partner whose program is told, in the transaction that has changed it.

    Call after the change's number was taken: that locks the mission's row, so that two changes come one after the
    other.
    """
    for partner in sorted(_concerned(release)):
        theirs = Delivery.objects.filter(mission=release.mission_id, recipient=partner, kind=Delivery.Kind.RELEASES)
        waiting = theirs.filter(state=Delivery.State.PENDING)
        # Whoever sends it waits for this row and reads it anew, or had claimed it before: then it is not found here.
        # Nor is one that may have arrived: its receiver drops what comes again under the same id.
        widened = waiting.filter(possible_duplicate=False).update(change=release.change)
        if not widened and not _add_to_failed(theirs, release.change):
            _write(release, partner, waiting.aggregate(latest=Max("next_try_at"))["latest"])


def try_again(partner: User) -> None:
    """Have what was given up sent after all: their program has another address, or another secret."""
    theirs = Delivery.objects.filter(recipient=partner, kind=Delivery.Kind.RELEASES)
    for mission in set(theirs.filter(state=Delivery.State.PARKED).values_list("mission", flat=True)):
        if failed := _failed(theirs.filter(mission=mission)):
            theirs.filter(pk=failed.pk, state=Delivery.State.PARKED).update(**_due())


def _add_to_failed(theirs: "QuerySet[Delivery]", change: int) -> bool:
    """Let the change ride on the message before, where that was given up; false where it was not, or is tried now."""
    failed = _failed(theirs)
    if failed is None:
        return False
    again = _due() if failed.next_try_at + AGAIN_AFTER < timezone.now() else {}
    return bool(theirs.filter(pk=failed.pk, state=Delivery.State.PARKED).update(change=change, **again))


def _failed(theirs: "QuerySet[Delivery]") -> Delivery | None:
    """The last message, where it was given up and certainly did not arrive."""
    last = theirs.order_by("-change").first()
    return last if last and last.state == Delivery.State.PARKED and not last.possible_duplicate else None


def _due() -> dict[str, Any]:
    return {"state": Delivery.State.PENDING, "attempts": 0, "next_try_at": timezone.now() + GATHER}


def _concerned(release: Release) -> set[int]:
    keys = ApiKey.objects.opening().filter(mission=release.mission_id, audience=release.audience)
    programs = {"holder__contacts__channel": Channel.WEBHOOK, "holder__contacts__disabled_at": None}
    # Of a closed mission nothing can be pulled.
    found = keys.filter(**programs).exclude(mission__mode=Mission.Mode.CLOSED).values_list("holder", "departments")
    return {holder for holder, departments in found if _sees(departments, release)}


def _sees(departments: list[str], release: Release) -> bool:
    """Whether a key of these departments hears of it: it is there, or was told of there before."""
    return not departments or any(f"{SCOPE_MARK}{code}{SCOPE_MARK}" in release.scope for code in departments)


def _write(release: Release, partner: int, latest: datetime | None) -> None:
    """Not before what is being tried again already: a receiver that hangs is not given more with every change."""
    soon = timezone.now() + GATHER
    Delivery.objects.create(
        mission_id=release.mission_id,
        recipient_id=partner,
        kind=Delivery.Kind.RELEASES,
        channel=Channel.WEBHOOK,
        after_change=release.change - 1,
        change=release.change,
        next_try_at=max(soon, latest or soon),
    )
