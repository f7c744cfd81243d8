"""A piece of evidence as the page shows it: as a picture, a player, or a row that says what it is.

And what its reader is told who has opened many of them today.
"""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incidents.evidence.inspect import Kind, kind_of
from incidents.models import Evidence, Exposure, Incident
from incidents.models.exposure import MANY

_SENT = {
    Kind.PHOTO: _("Photo sent with the report"),
    Kind.VIDEO: _("Video sent with the report"),
    Kind.AUDIO: _("Sound recording sent with the report"),
}


@dataclass(frozen=True)
class Exhibit:
    """`shown_as` is photo, video or audio; empty where only the original is there."""

    file: Evidence
    kind: str
    shown_as: str
    has_picture: bool
    described: str | Promise
    state: str

    @property
    def short_hash(self) -> str:
        return self.file.sha256[:8]


def exhibit(file: Evidence) -> Exhibit:
    """A film can turn out to be sound only: what was made of it is what counts."""
    ready = file.preview == Evidence.Preview.READY
    kind = kind_of(file.preview_type if ready else file.media_type)
    return Exhibit(
        file=file,
        kind=str(kind.label),
        shown_as=kind.value if ready else "",
        has_picture=ready and (kind is Kind.PHOTO or bool(file.thumbnail_sha256)),
        described=_SENT.get(kind, ""),
        state="" if ready else file.get_preview_display(),
    )


def gentle(incident: Incident, user: Any) -> str:
    """How many files they have opened today, from the number on at which a break may do them good; else nothing."""
    return asking(Exposure.objects.opened_on(timezone.localdate(timezone=incident.mission.zone), user))


def asking(opened: int) -> str:
    if opened < MANY:
        return ""
    said = ngettext(
        "You have opened %(count)s graphic file today. Take a break?",
        "You have opened %(count)s graphic files today. Take a break?",
        opened,
    )
    return said % {"count": opened}
