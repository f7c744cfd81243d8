"""Closing a day of the record: one root over all that was written since the last one. By the sweep, or when asked."""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from incidents import chain as arithmetic
from incidents.actions import record
from incidents.models import Chain, Leaf, Mission, MissionRoot, User
from incidents.seals.check_roots import roots_name
from incidents.seals.record import head_digest, root_told, seal

log = logging.getLogger(__name__)

STEP = 1_000
# What was being written at midnight has ended by then.
AFTER_MIDNIGHT = timedelta(minutes=2)


def close_days(now: datetime | None = None) -> list[MissionRoot]:
    """A root for every mission whose day is over and has none yet; one that fails is tried again by the next sweep."""
    now = now or timezone.now()
    made = []
    for mission in Mission.objects.all():
        local = now.astimezone(mission.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        day = midnight.date() - timedelta(days=1)
        if local < midnight + AFTER_MIDNIGHT or mission.created_at >= midnight:
            continue
        if not MissionRoot.objects.filter(mission=mission, day=day, made_at__gte=midnight).exists():
            made += _attempt(mission, day, now)
    return made


def _attempt(mission: Mission, day: date, now: datetime) -> list[MissionRoot]:
    try:
        return [make_root(mission, day=day, now=now)]
    except IntegrityError:  # another sweep was as fast
        return []
    except Exception:
        log.error("the day of mission %s could not be closed", mission.pk, exc_info=True)
        return []


@transaction.atomic
def make_root(
    mission: Mission | None, *, day: date | None = None, actor: User | None = None, now: datetime | None = None
) -> MissionRoot:
    """A root over all that was written since the last one, as of now. Raises IntegrityError where two make one.

    That somebody asked for it stands in the logbook, and is the first thing that the root after it covers.
    """
    now = now or timezone.now()
    name = roots_name(mission.pk if mission else None)
    chain, _is_new = Chain.objects.get_or_create(name=name, defaults={"head": arithmetic.genesis(name, None)})
    root = MissionRoot(
        mission=mission,
        number=chain.count + 1,
        day=day or now.astimezone(mission.zone if mission else None).date(),
        made_at=now,
        previous=chain.head,
        leaf_count=0,
    )
    root.save(force_insert=True)
    root.merkle = arithmetic.merkle(_grow(root))
    root.root = arithmetic.digest(root_told(root))
    root.seal = seal("root", root.root)
    root.save(update_fields=("leaf_count", "merkle", "root", "seal"))
    chain.count, chain.head = root.number, root.root
    chain.seal = seal("head", head_digest(chain))
    chain.save(update_fields=("count", "head", "seal"))
    if actor:
        record.log(mission, "root.made", actor=actor, number=root.number)
    return root


def _grow(root: MissionRoot) -> Iterator[bytes]:
    """Write a leaf for each chain that has grown, and count them."""
    held = Leaf.objects.filter(chain=OuterRef("name"), count=OuterRef("count"))
    grown = Chain.objects.filter(mission=root.mission_id, count__gt=0).exclude(Exists(held))
    if root.mission_id is None:
        grown = grown.filter(name=arithmetic.logbook_name(None))
    told = grown.order_by("name").values_list("name", "count", "head").iterator(chunk_size=STEP)
    while step := list(islice(told, STEP)):
        Leaf.objects.bulk_create(Leaf(root=root, chain=name, count=count, head=head) for name, count, head in step)
        root.leaf_count += len(step)
        yield from (arithmetic.leaf(*one) for one in step)
