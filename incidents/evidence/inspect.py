"""What a file is, by its first bytes; never by its name or by what a browser says of it.

A closed list: what is not on it is kept as it came, called unknown, and never shown. Knows neither rows nor disks.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MAX_FILE_BYTES = 32 * 1024 * 1024
# Enough for the list of brands in front of an MP4 or HEIC, and for the first page of an Ogg.
SIGNATURE_BYTES = 512
UNKNOWN = "application/octet-stream"

_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"))
_HEIF_BRANDS = frozenset((b"mif1", b"msf1"))
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_AUDIO_BRANDS = frozenset((b"M4A ", b"M4B "))
_MP4_BRANDS = frozenset(
    (
        *(b"isom", *(b"iso%d" % number for number in range(2, 10)), b"mp41", b"mp42", b"avc1", b"hvc1"),
        *(b"M4V ", b"M4VP", b"MSNV", b"mmp4", b"dash", b"XAVC"),
    )
)
_THIRD_GENERATION = (b"3gp", b"3ge", b"3gg", b"3gr", b"3gs")
# A QuickTime film from before there were brands begins with one of its boxes.
_BRANDLESS = (b"moov", b"mdat", b"wide")


class Kind(TextChoices):
    """What a person would call it."""

    PHOTO = "photo", _("Photo")
    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Sound recording")
    DOCUMENT = "document", _("PDF document")
    UNKNOWN = "unknown", _("Unknown type")


# Every type there is here, with how its files are named.
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/3gpp": "3gp",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/ogg": "ogv",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "application/pdf": "pdf",
    UNKNOWN: "bin",
}


def media_type(head: bytes) -> str:
    """The media type of a file from its first SIGNATURE_BYTES; UNKNOWN for anything that is not on the list."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    return _boxed(head) or _ogg(head) or _matroska(head) or UNKNOWN


def kind_of(media_type: str) -> Kind:
    if media_type not in EXTENSIONS or media_type == UNKNOWN:
        return Kind.UNKNOWN
    family = media_type.partition("/")[0]
    return {"image": Kind.PHOTO, "video": Kind.VIDEO, "audio": Kind.AUDIO}.get(family, Kind.DOCUMENT)


def extension(media_type: str) -> str:
    return EXTENSIONS.get(media_type, EXTENSIONS[UNKNOWN])


def is_photo(media_type: str) -> bool:
    return kind_of(media_type) is Kind.PHOTO


def is_video(media_type: str) -> bool:
    return kind_of(media_type) is Kind.VIDEO


def is_audio(media_type: str) -> bool:
    return kind_of(media_type) is Kind.AUDIO


def _boxed(head: bytes) -> str:
    """Files made of boxes whose first says the brand and what else the file claims to be."""
    if head[4:8] in _BRANDLESS:
        return "video/quicktime"
    if head[4:8] != b"ftyp":
        return ""
    major, claimed = head[8:12], head[16 : int.from_bytes(head[:4], "big")]
    brands = {major, *(claimed[at : at + 4] for at in range(0, len(claimed), 4))}
    if major in _HEIC_BRANDS | _HEIF_BRANDS | _AVIF_BRANDS:
        return _still(brands)
    return _moving(major, brands)


def _still(brands: set[bytes]) -> str:
    """An AVIF may carry HEIF's general brand in front; it is not on the list."""
    if brands & _AVIF_BRANDS:
        return ""
    return "image/heic" if brands & _HEIC_BRANDS else "image/heif"


def _moving(major: bytes, brands: set[bytes]) -> str:
    if major == b"qt  ":
        return "video/quicktime"
    if major in _AUDIO_BRANDS:
        return "audio/mp4"
    if major.startswith(_THIRD_GENERATION):
        return "video/3gpp"
    return "video/mp4" if brands & _MP4_BRANDS else ""


def _ogg(head: bytes) -> str:
    if not head.startswith(b"OggS"):
        return ""
    return "video/ogg" if b"\x80theora" in head else "audio/ogg"


def _matroska(head: bytes) -> str:
    """What the recorder of Chromium and Android's browsers makes; "webm" is the narrower kind."""
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return ""
    _, _, kind = head[:64].partition(b"\x42\x82")
    if kind[1:5] == b"webm":
        return "video/webm"
    return "video/x-matroska" if kind[1:9] == b"matroska" else ""
