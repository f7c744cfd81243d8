"""In which state a delivery stands at the desk, in a coordinator's words, and what that means of its row."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.work import Work


class Shown(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("delivery", "Queued")
    RETRYING = "retrying", pgettext_lazy("delivery", "Failed, will be tried again")
    SENDING = "sending", pgettext_lazy("delivery", "Sending")
    SENT = "sent", pgettext_lazy("delivery", "Sent")
    DELIVERED = "delivered", pgettext_lazy("delivery", "Delivered")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("delivery", "Acknowledged")
    FAILED = "failed", pgettext_lazy("delivery", "Failed")
    # Ended without a failure: the same is told elsewhere.
    SETTLED = "settled", _("Settled")


# In place of a fault: what it tells is told under the incident that its own was merged into. Then how earlier
# versions wrote that.
MERGED = "merged"
AS_MERGED = (MERGED, "told under the incident it was merged into")

SETTLED = Q(state=Work.State.PARKED, last_error__in=AS_MERGED)
ACKNOWLEDGED = Q(acknowledged_at__isnull=False)
ARRIVED = ACKNOWLEDGED | Q(delivered_at__isnull=False)

IN_STATE: dict[Shown, Work.State] = {
    Shown.SENDING: Work.State.WORKING,
    Shown.SENT: Work.State.DONE,
    Shown.FAILED: Work.State.PARKED,
}
# Several states asked for as one.
TOGETHER: dict[str, tuple[Any, Q]] = {
    "waiting": (_("Not sent yet"), ~ARRIVED & Q(state__in=Work.UNFINISHED)),
    "went": (_("Sent, arrived or not"), ARRIVED | Q(state=Work.State.DONE)),
    "arrived": (_("Known to have arrived"), ARRIVED),
    "unseen": (_("Failed, and nobody has looked"), Q(state=Work.State.PARKED, failure_seen_at=None)),
}


def standing(state: str) -> Q:
    """What is asked here is what `Delivery.shown` answers."""
    if state in TOGETHER:
        return TOGETHER[state][1]
    if state in (Shown.ACKNOWLEDGED, Shown.DELIVERED):
        return ACKNOWLEDGED if state == Shown.ACKNOWLEDGED else ARRIVED & ~ACKNOWLEDGED
    if state in (Shown.QUEUED, Shown.RETRYING):
        tried = Q(attempts=0) if state == Shown.QUEUED else ~Q(attempts=0)
        return ~ARRIVED & Q(state=Work.State.PENDING) & tried
    if state == Shown.SETTLED:
        return ~ARRIVED & SETTLED
    return ~ARRIVED & ~SETTLED & Q(state=IN_STATE[Shown(state)])
