"""A piece of evidence as the page shows it: as a picture, a player, or a row that says what it is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.evidence.inspect import Kind, kind_of
from incidents.models import Evidence

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
