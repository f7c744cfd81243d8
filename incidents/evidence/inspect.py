"""What a file is, by its first bytes; never by its name or by what a browser says of it."""

MAX_FILE_BYTES = 32 * 1024 * 1024
SIGNATURE_BYTES = 16
UNKNOWN = "application/octet-stream"

_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")


def media_type(head: bytes) -> str:
    """The media type of a photo from its first 16 bytes; UNKNOWN for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "image/heic"
    return UNKNOWN


def is_photo(kind: str) -> bool:
    return kind.startswith("image/")
