"""Exact places, written for partners only while somebody holds a key to them.

However the last such key ends (revoked, expired, with its holder), the sweep finds that nobody can read them any more
and has them withdrawn. What has to be written or withdrawn is asked for as publications, which workers see to.
"""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from incidents.models import ApiKey, Mission, Publication, Release
from incidents.models.release import ReleaseQuerySet
from incidents.models.work import Work
from incidents.taxonomy import Audience


def bring_out(mission: Mission) -> None:
    """Have written for a key to exact places what partners see already."""
    theirs = Release.objects.filter(mission=mission, audience=Audience.PARTNER, withdrawn_at=None)
    _ask(theirs)


def take_back(mission: Mission) -> None:
    """Have withdrawn what nobody holds a key to any more."""
    if not ApiKey.objects.opening_exact(mission).exists():
        # What is asked for already goes on as it is, or one that fails would be tried for ever.
        waiting = Q(attempts__gt=0) | Q(next_try_at__lte=timezone.now())
        asked = Publication.objects.filter(waiting, state=Work.State.PENDING)
        asked |= Publication.objects.filter(state__in=(Work.State.WORKING, Work.State.PARKED))
        _ask(_standing().filter(mission=mission).exclude(incident__in=asked.values("incident")))


def take_back_all() -> None:
    """The same for every mission whose last key to exact places has ended, in whichever way."""
    keys = ApiKey.objects.filter(mission=OuterRef("pk"), audience=Audience.EXACT)
    ended = Mission.objects.filter(Exists(keys), ~Exists(keys.opening()))
    for mission in ended.filter(Exists(_standing().filter(mission=OuterRef("pk")))):
        take_back(mission)


def _standing() -> ReleaseQuerySet:
    return Release.objects.filter(audience=Audience.EXACT, withdrawn_at=None)


def _ask(releases: ReleaseQuerySet) -> None:
    Publication.objects.ask(releases.values_list("incident", flat=True))
