"""Hostile and telling files, each made when it is first asked for; nothing binary lies in the repository.

A sample's name is its builder's. Those that plant the secret carry it raw, as UTF-16 and as base64, wherever their
format has room; `betrays` finds it again in any of these, and in whatever a served copy may hold compressed.
"""

import base64
import contextlib
import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass

SECRET = "Rosa-Quispe-7481"
_BASE64 = base64.b64encode(SECRET.encode())
# Raw, UTF-16 and base64 in one breath, for places that take any bytes; and for those that take text only.
PLANTED = SECRET.encode() + b" " + SECRET.encode("utf-16-le") + b" " + _BASE64
PLANTED_TEXT = f"{SECRET} {_BASE64.decode()}"


@dataclass(frozen=True)
class Sample:
    name: str
    build: Callable[[], bytes]
    media_type: str
    # What the row must say afterwards; `shown_as` is the media type of the working copy.
    preview: str
    shown_as: str
    plants: bool
    needs: str

    @functools.cache  # noqa: B019 - samples live as long as the run
    def content(self) -> bytes:
        return self.build()


SAMPLES: dict[str, Sample] = {}


def sample(media_type, preview="ready", shown_as="", *, plants=True, needs=""):
    """Registers a builder. Photos that are ready are shown as JPEG, everything else as itself unless told."""

    def register(build):
        shown = shown_as or ("image/jpeg" if media_type.startswith("image/") else media_type)
        SAMPLES[build.__name__] = Sample(
            build.__name__, build, media_type, preview, shown if preview == "ready" else "", plants, needs
        )
        return build

    return register


def register_cuts(of, media_type, needs=""):
    """The same file broken off at several points: after its signature, in its head, its middle, and near its end."""
    for part in (0.02, 0.3, 0.6, 0.97):

        def build(part=part):
            whole = SAMPLES[of].content()
            return whole[: max(16, int(len(whole) * part))]

        name = f"{of}_cut_at_{int(part * 100)}"
        SAMPLES[name] = Sample(name, build, media_type, "", "", False, needs)


def betrays(content: bytes) -> list[str]:
    """The forms in which the secret can be read out of these bytes."""
    needles = {
        "raw": SECRET.encode(),
        "UTF-16": SECRET.encode("utf-16-le"),
        "UTF-16 (big end first)": SECRET.encode("utf-16-be"),
        "hex": SECRET.encode().hex().encode(),
        **{f"base64 (at {shift})": _core(shift) for shift in range(3)},
    }
    places = (content, *_inflated(content))
    return [form for form, needle in needles.items() if any(needle in place for place in places)]


def _core(shift):
    """What base64 makes of the secret when it begins at any place in a longer text: without the blurred edges."""
    text = base64.b64encode(b"\0" * shift + SECRET.encode()).rstrip(b"=")
    return text[4:-2] if shift else text[:-2]


def _inflated(content):
    for head in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
        at = content.find(head)
        while at >= 0:
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj().decompress(content[at:], 1 << 20)
            at = content.find(head, at + 1)


def names():
    """Every sample there is; the builders register themselves when they are imported."""
    from tests.evidence import corpus_films, corpus_odd, corpus_photos, corpus_pictures

    assert all((corpus_films, corpus_odd, corpus_photos, corpus_pictures))
    return sorted(SAMPLES)
