"""What follows a root, as claimed work: what it covers is checked, and an outside authority is asked to stamp it.

A fault is told to the mission's admins, once for each root. What the authority answers is kept as it came.
"""

import logging
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from incidents.models import Delivery, Incident, Mission, MissionRoot, User
from incidents.models.work import ClaimLost
from incidents.notifications import outbox
from incidents.notifications.channels.base import ChannelFault
from incidents.notifications.channels.http import Request, exchange, judge
from incidents.roles import Role
from incidents.seals import timestamps
from incidents.seals.check import BATCH, check_logbook
from incidents.seals.check_incidents import check_incidents
from incidents.seals.faults import Fault
from incidents.seals.keys import record_key

log = logging.getLogger(__name__)

ASKING = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
# Well within the lease of a claim, files left out; verify_timeline looks at everything.
MOST = 2_000


def settle_root(root_id: int) -> list[uuid.UUID]:
    """Check and have stamped what is due; returns the deliveries queued."""
    root: MissionRoot | None = MissionRoot.objects.claim(root_id)
    if root is None:
        return []
    queued: list[uuid.UUID] = []
    try:
        if root.checked_at is None:
            queued = _check(root)
        stamped = _stamped(root) if settings.TIMESTAMP_URL else {}
        root.finish(**stamped)
    except ClaimLost:
        return queued
    except (ChannelFault, timestamps.NoStamp) as fault:
        log.warning("root %s was not stamped: %s", root.pk, fault)
        root.put_off(str(fault), give_up=not timestamps.is_there())
    except Exception as fault:
        log.error("root %s could not be settled", root.pk, exc_info=True)
        root.put_off(type(fault).__name__)
    return queued


def _stamped(root: MissionRoot) -> dict[str, object]:
    """Only the host in the settings is asked."""
    if not timestamps.is_there():
        raise timestamps.NoStamp("rfc3161-client is not installed")
    asked, nonce = timestamps.request_for(root.root)
    answer = exchange(Request(settings.TIMESTAMP_URL, asked, headers=ASKING, trusted=True))
    judge(answer)
    return {"stamped_at": timestamps.read(answer.body, root.root, nonce), "token": answer.body}


def _check(root: MissionRoot) -> list[uuid.UUID]:
    """The incidents that have grown since the root before, newest roots first, and the logbook."""
    names = root.leaves.filter(chain__startswith="timeline ").order_by("pk").values_list("chain", flat=True)
    ids = [uuid.UUID(name.partition(" ")[2]) for name in names[:MOST]]
    key = record_key()
    faults = [
        fault for start in range(0, len(ids), BATCH) for fault in check_incidents(ids[start : start + BATCH], key=key)
    ]
    faults += check_logbook(root.mission, key=key)
    with transaction.atomic():
        MissionRoot.objects.filter(pk=root.pk).update(checked_at=timezone.now(), fault_count=len(faults))
        return _tell(root.mission, faults) if faults and root.mission else []


def _tell(mission: Mission, faults: list[Fault]) -> list[uuid.UUID]:
    """One alert, on the first incident that does not hold; where it is the logbook, on the mission's newest."""
    log.error("the record of mission %s does not hold: %s faults", mission.pk, len(faults))
    named = [fault.chain.partition(" ")[2] for fault in faults if fault.chain.startswith("timeline ")]
    anchor = Incident.objects.filter(mission=mission, merged_into=None)
    anchor = anchor.filter(pk__in=named[:BATCH]) if named else anchor
    subject = anchor.order_by("-opened_at").first()
    if subject is None:
        return []
    admins = User.objects.in_mission(mission).with_role(Role.MISSION_ADMIN).distinct()
    told = Delivery.objects.filter(incident=subject, kind=Delivery.Kind.TAMPERED).count()
    return outbox.queue(subject, Delivery.Kind.TAMPERED, to=admins, round=told)
