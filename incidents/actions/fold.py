"""Folding marks into the tally: in small batches, by one folder at a time, safe to be ended anywhere.

No person does this and nothing is decided here: what the desk counts is the same before and after.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from incidents.models import Folding, Mark, Tally, counting

# So many marks a transaction: on SQLite nobody else writes meanwhile.
BATCH = 250
SWEEP_EVERY = timedelta(hours=1)


@contextmanager
def _alone() -> Iterator[Folding | None]:
    """The folding's lock until the transaction ends; None where somebody else holds it."""
    Folding.objects.get_or_create(pk=1)
    with transaction.atomic():
        # On SQLite the transaction is IMMEDIATE, and itself the lock.
        yield Folding.objects.select_for_update(skip_locked=True).filter(pk=1).first()


def fold(limit: int = BATCH) -> int:
    """Count anew what the oldest marks name; returns how many marks are gone, 0 where nothing is left to do here.

    Only the marks seen before the incidents are read are removed: one that is written meanwhile tells of a change that
    may not have been read.
    """
    with _alone() as lock:
        if lock is None:
            return 0
        seen = dict(Mark.objects.order_by("pk").values_list("pk", "incident")[:limit])
        if seen:
            counting.restate(sorted(set(seen.values())))
            Mark.objects.filter(pk__in=list(seen)).delete()
        elif not lock.swept_at or lock.swept_at < timezone.now() - SWEEP_EVERY:
            Tally.objects.filter(n=0).delete()
            Folding.objects.filter(pk=1).update(swept_at=timezone.now())
        return len(seen)


def compare() -> dict[str, int]:
    """What differs between the tally and the truth; see `counting.differences`. Nothing while somebody folds."""
    with _alone() as lock:
        return counting.differences() if lock else {}


def make_anew() -> bool:
    """Throw the tally away and mark everything: exact at once, fast again when it is folded. False while one folds."""
    with _alone() as lock:
        if lock:
            counting.forget()
        return lock is not None
