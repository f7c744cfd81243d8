"""Telling partners' programs that releases have changed: that they have, up to which change, and where to ask.

Nothing of what was released, and only to whom a key opens it. A later change rides on what was not sent yet, so that a
busy hour is a few messages. Knows nothing of why a release changed.
"""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from incidents.models import ApiKey, Channel, Delivery, Mission, Release
from incidents.models.release import SCOPE_MARK

# What changes within it is told at once.
GATHER = timedelta(seconds=10)


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
        if not waiting.filter(possible_duplicate=False).update(change=release.change):
            _write(release, partner, waiting.aggregate(latest=Max("next_try_at"))["latest"])


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
