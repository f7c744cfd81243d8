"""Video and sound: what streams a file holds, and how a copy without metadata is made of them by ffmpeg.

The first picture and the first sound are taken, and nothing else: no covers, subtitles, data or attachments. What
browsers play is copied as it is coded, without the user data coded into it; the rest is coded anew, and so is what can
not be played to its end: in a spoilt file, what passes for a picture can be any of its bytes. Knows no rows.
"""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from incidents.evidence import child
from incidents.evidence.confine import MAX_PIXELS

# Together less than a worker's lease, with the second try that a spoilt film needs.
PROBE_S, COPY_S, CHECK_S, POSTER_S = 4, 16, 12, 8
LONGEST_ANSWER = 1 << 16
THUMBNAIL_PX = 320  # as of photos

# The reader is chosen by the signature: ffmpeg's own guess would let a file pose as a playlist of other files.
_READERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "audio/mp4": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/ogg": "ogg",
    "audio/ogg": "ogg",
}
# Only units that carry the picture pass: what a camera notes between them (SEI, metadata, padding) does not.
_PICTURE_UNITS = {
    "h264": "filter_units=pass_types=1-5|7-11",
    "hevc": "filter_units=pass_types=0-9|16-21|32-37",
    "av1": "filter_units=pass_types=1-4|6-8",
    "vp8": "null",
    "vp9": "null",
}
_WEBM_VIDEO = ("vp8", "vp9", "av1")
_CLEAN = (
    *("-map_metadata", "-1", "-map_metadata:s:v", "-1", "-map_metadata:s:a", "-1", "-map_chapters", "-1"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
    *("-sn", "-dn", "-disposition", "0"),
)
_BOXES = ("-empty_hdlr_name", "1", "-write_tmcd", "0", "-movflags", "+faststart")
_SMALLER = "scale='min(iw,854)':'min(ih,854)':force_original_aspect_ratio=decrease:force_divisible_by=2"
_ANEW = {
    "libx264": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-vf", _SMALLER),
    "aac": ("-c:a", "aac", "-b:a", "96k", "-ac", "1"),
    "libopus": ("-c:a", "libopus", "-b:a", "64k", "-ac", "1"),
}


@dataclass(frozen=True)
class Plan:
    """How the copy is made, and what it then is."""

    media_type: str
    arguments: tuple[str, ...]

    @property
    def is_coded_anew(self) -> bool:
        return "copy" not in self.arguments


def installed() -> bool:
    return bool(shutil.which("ffmpeg") and shutil.which("ffprobe"))


def copied(source: Path, media_type: str, target: Path) -> str:
    """Write the copy; its media type, or "" where none could be made."""
    reading = _reading(source, _READERS[media_type])
    streams = _streams(target.parent, reading)
    for plan in (planned(streams), planned(streams, anew=True)):
        if plan and _made(plan, reading, target):
            return plan.media_type
    return ""


def _made(plan: Plan, reading: tuple[str, ...], target: Path) -> bool:
    """Whether a copy came of it that holds pictures and sound only."""
    if not _ffmpeg(COPY_S, target, *reading, *plan.arguments) or not _written(target):
        return False
    return plan.is_coded_anew or _plays(target, plan.media_type)


def _plays(copy: Path, media_type: str) -> bool:
    """Whether every picture and every sound of a copy can be decoded."""
    played = ("-xerror", *_reading(copy, _READERS[media_type]), "-f", "null")
    return _ffmpeg(CHECK_S, copy.with_name("nothing"), *played)


def poster(copy: Path, media_type: str, target: Path) -> bool:
    """Write a small JPEG of the most telling of the first pictures of a copy."""
    side = str(THUMBNAIL_PX)
    scaled = f"scale={side}:{side}:force_original_aspect_ratio=decrease,thumbnail=24"
    picture = ("-map", "0:v:0", *_CLEAN, "-frames:v", "1", "-vf", scaled, "-q:v", "4", "-f", "mjpeg")
    return _ffmpeg(POSTER_S, target, *_reading(copy, _READERS[media_type]), *picture) and _written(target)


def planned(streams: list[dict[str, Any]], *, anew: bool = False) -> Plan | None:
    """The copy of these streams; None where there is neither picture nor sound, or a picture beyond the limit.

    With `anew` nothing passes as it is coded.
    """
    video = next((one for one in streams if _is_film(one)), None)
    sound = next((one for one in streams if one.get("codec_type") == "audio"), None)
    if video and not 0 < _pixels(video) <= MAX_PIXELS:
        return None
    if anew:
        video, sound = video and {**video, "codec_name": ""}, sound and {**sound, "codec_name": ""}
    if video:
        return _film(video, sound)
    return _recording(sound) if sound else None


def _film(video: dict[str, Any], sound: dict[str, Any] | None) -> Plan:
    codec = video.get("codec_name")
    into_webm = codec in _WEBM_VIDEO
    chosen = ["-map", f"0:{int(video['index'])}", *(["-map", f"0:{int(sound['index'])}"] if sound else [])]
    pictures = ("-c:v", "copy", "-bsf:v", _PICTURE_UNITS[codec]) if codec in _PICTURE_UNITS else _ANEW["libx264"]
    sounds = _sound(sound, ("opus",), "libopus") if into_webm else _sound(sound, ("aac", "mp3"), "aac")
    container = ("-f", "webm") if into_webm else (*_BOXES, "-f", "mp4")
    return Plan("video/webm" if into_webm else "video/mp4", (*chosen, *pictures, *sounds, *_CLEAN, *container))


def _recording(sound: dict[str, Any]) -> Plan:
    into_ogg = sound.get("codec_name") in ("opus", "vorbis", "flac")
    sounds = ("-c:a", "copy") if into_ogg else _sound(sound, ("aac",), "aac")
    container = ("-f", "ogg") if into_ogg else (*_BOXES, "-f", "ipod")
    chosen = ("-map", f"0:{int(sound['index'])}")
    return Plan("audio/ogg" if into_ogg else "audio/mp4", (*chosen, *sounds, *_CLEAN, *container))


def _sound(sound: dict[str, Any] | None, kept: tuple[str, ...], encoder: str) -> tuple[str, ...]:
    if sound is None:
        return ()
    return ("-c:a", "copy") if sound.get("codec_name") in kept else _ANEW[encoder]


def _is_film(stream: dict[str, Any]) -> bool:
    """A cover is a picture too, but not the film."""
    return stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")


def _pixels(video: dict[str, Any]) -> int:
    return int(video.get("width") or 0) * int(video.get("height") or 0)


def _reading(source: Path, reader: str) -> tuple[str, ...]:
    return ("-protocol_whitelist", "file,pipe", "-f", reader, "-i", f"file:{source}")


def _ffmpeg(wall_s: int, target: Path, *arguments: str) -> bool:
    program = shutil.which("ffmpeg") or ""
    words = ("-nostdin", "-v", "quiet", "-y", "-threads", "1", "-max_pixels", str(MAX_PIXELS), *arguments)
    return child.bounded(target.parent, program, *words, f"file:{target}", wall_s=wall_s)


def _written(target: Path) -> bool:
    """ffmpeg can end well without having written anything."""
    return target.exists() and target.stat().st_size > 0


def _streams(folder: Path, reading: tuple[str, ...]) -> list[dict[str, Any]]:
    """What ffprobe says the file holds; nothing where it says nothing that can be read."""
    asked = ("-show_entries", "stream=index,codec_type,codec_name,width,height:stream_disposition=attached_pic")
    with tempfile.TemporaryFile() as answer:
        program = shutil.which("ffprobe") or ""
        words = ("-v", "quiet", *reading, *asked, "-of", "json")
        child.bounded(folder, program, *words, wall_s=PROBE_S, output=answer)
        answer.seek(0)
        try:
            return list(json.loads(answer.read(LONGEST_ANSWER)).get("streams", []))
        except ValueError:
            return []
