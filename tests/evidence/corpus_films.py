"""Films and recordings that tell more than they show, made by the ffmpeg of this machine."""

import subprocess
import tempfile
from pathlib import Path

from tests.evidence.corpus import PLANTED, PLANTED_TEXT, SECRET, register_cuts, sample
from tests.evidence.corpus_photos import saved

MP4, MOV, THIRD, M4A, OGG = "video/mp4", "video/quicktime", "video/3gpp", "audio/mp4", "audio/ogg"
WEBM, MATROSKA, THEORA = "video/webm", "video/x-matroska", "video/ogg"
VIDEO = ("-f", "lavfi", "-i", "testsrc=s=64x48:d=1:r=10")
SOUND = ("-f", "lavfi", "-i", "sine=d=1")
TOLD = tuple(
    word
    for name in ("title", "comment", "artist", "location", "com.apple.quicktime.location.ISO6709")
    for word in ("-metadata", f"{name}={PLANTED_TEXT}")
)
STREAMS_TOLD = (
    *("-metadata:s:v", f"handler_name={PLANTED_TEXT}", "-metadata:s:a", f"handler_name={PLANTED_TEXT}"),
    *("-metadata:s:v", f"title={PLANTED_TEXT}", "-metadata:s:a", f"title={PLANTED_TEXT}"),
)
H264, AAC = ("-c:v", "libx264", "-pix_fmt", "yuv420p"), ("-c:a", "aac")
SUBTITLES = f"1\n00:00:00,000 --> 00:00:01,000\n{PLANTED_TEXT}\n"
CHAPTERS = f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle={PLANTED_TEXT}\n"


def film(*arguments, kind, **files):
    """What ffmpeg makes; `files` are written beside it first and named in the arguments as {name}."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name.replace("_", ".") for name in files}
        for name, path in paths.items():
            path.write_bytes(files[name])
        target = Path(folder) / "made"
        words = [word.format(**paths) if word.startswith("{") else word for word in arguments]
        command = ["ffmpeg", "-nostdin", "-v", "error", *words, "-f", kind, str(target)]
        subprocess.run(command, check=True, timeout=60)
        return target.read_bytes()


def of_ffmpeg(media_type, preview="ready", shown_as="", *, plants=True):
    return sample(media_type, preview, shown_as, plants=plants, needs="ffmpeg")


@of_ffmpeg(MP4)
def mp4_metadata_and_handlers():
    return film(*VIDEO, *SOUND, *H264, *AAC, *TOLD, *STREAMS_TOLD, kind="mp4")


@of_ffmpeg(MP4)
def mp4_extra_tracks_and_chapters():
    inputs = (*VIDEO, *SOUND, *SOUND, "-i", "{words_srt}", "-i", "{chapters_txt}")
    maps = ("-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s", "-map_metadata", "4", *STREAMS_TOLD)
    told = {"words_srt": SUBTITLES.encode(), "chapters_txt": CHAPTERS.encode()}
    return film(*inputs, *maps, *H264, *AAC, "-c:s", "mov_text", kind="mp4", **told)


@of_ffmpeg(MP4)
def mp4_words_between_the_pictures():
    """User data in the coded stream (SEI), where cameras note what they like."""
    note = f"h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+{PLANTED_TEXT.replace('=', '')}"
    return film(*VIDEO, *H264, "-bsf:v", note, kind="mp4")


@of_ffmpeg(MP4)
def mp4_free_boxes_and_bytes_after_the_end():
    box = (len(PLANTED) + 8).to_bytes(4, "big")
    return film(*VIDEO, *H264, kind="mp4") + box + b"free" + PLANTED + box + b"uuid" + PLANTED + PLANTED


@of_ffmpeg(MP4)
def mp4_time_code():
    return film(
        *VIDEO, *H264, "-timecode", "10:00:00:00", "-metadata:s:v", f"reel_name={PLANTED_TEXT}", *TOLD, kind="mp4"
    )


@of_ffmpeg(MP4)
def mp4_hevc():
    return film(*VIDEO, "-c:v", "libx265", "-x265-params", "log-level=none", *TOLD, kind="mp4")


@of_ffmpeg(MP4)
def mp4_that_no_browser_plays():
    return film(*VIDEO, *SOUND, "-c:v", "mpeg4", "-c:a", "ac3", *TOLD, *STREAMS_TOLD, kind="mp4")


@of_ffmpeg(MP4, shown_as="audio/mp4")
def mp4_with_sound_only():
    return film(*SOUND, *AAC, *TOLD, kind="mp4")


@of_ffmpeg(MOV, shown_as=MP4)
def mov_keys():
    return film(*VIDEO, *SOUND, *H264, *AAC, *TOLD, "-movflags", "use_metadata_tags", kind="mov")


@of_ffmpeg(MOV, shown_as=MP4)
def mov_raw_sound():
    return film(*VIDEO, *SOUND, *H264, "-c:a", "pcm_s16le", *TOLD, kind="mov")


@of_ffmpeg(THIRD, shown_as=MP4)
def third_generation():
    return film(*VIDEO, *SOUND, "-s", "176x144", "-c:v", "h263", *AAC, *TOLD, kind="3gp")


@of_ffmpeg(M4A)
def m4a_comments_and_cover():
    cover = saved("JPEG", comment=PLANTED)
    maps = ("-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic")
    return film(*SOUND, "-i", "{cover_jpg}", *maps, *AAC, *TOLD, kind="ipod", cover_jpg=cover)


@of_ffmpeg(OGG)
def ogg_vorbis_comments():
    return film(*SOUND, "-c:a", "libvorbis", *TOLD, kind="ogg")


@of_ffmpeg(OGG)
def ogg_opus_comments_and_bytes_after_the_end():
    return film(*SOUND, "-c:a", "libopus", *TOLD, kind="ogg") + PLANTED


@of_ffmpeg(OGG, shown_as=M4A)
def ogg_speech():
    return film(*SOUND, "-ar", "16000", "-c:a", "libspeex", *TOLD, kind="ogg")


@of_ffmpeg(THEORA, shown_as=MP4)
def ogg_film():
    return film(*VIDEO, *SOUND, "-c:v", "libtheora", "-c:a", "libvorbis", *TOLD, kind="ogg")


@of_ffmpeg(WEBM)
def webm_tags():
    return film(*VIDEO, *SOUND, "-c:v", "libvpx", "-c:a", "libopus", *TOLD, *STREAMS_TOLD, kind="webm")


@of_ffmpeg(WEBM)
def webm_comments_in_the_sounds_own_head():
    """Vorbis carries its comments in the stream's head, which Matroska keeps as it is."""
    vendor = b"Xiph.Org libVorbis"[: len(SECRET)]
    whole = film(*VIDEO, *SOUND, "-c:v", "libvpx-vp9", "-c:a", "libvorbis", kind="webm")
    assert vendor in whole
    return whole.replace(vendor, SECRET.encode())


@of_ffmpeg(WEBM, shown_as=OGG)
def webm_sound_as_browsers_record_it():
    return film(*SOUND, "-c:a", "libopus", *TOLD, "-live", "1", kind="webm")


@of_ffmpeg(MATROSKA, shown_as=MP4)
def matroska_subtitles_and_attachment():
    inputs = (*VIDEO, *SOUND, "-i", "{words_srt}", "-attach", "{note_txt}", "-metadata:s:t", "mimetype=text/plain")
    told = {"words_srt": SUBTITLES.encode(), "note_txt": PLANTED}
    return film(*inputs, *H264, *AAC, "-c:s", "srt", *TOLD, kind="matroska", **told)


def claiming(width, height):
    """A film whose container says 64 by 48, and each of whose pictures says something else."""
    start = b"\x9d\x01\x2a"
    sizes = [start + w.to_bytes(2, "little") + h.to_bytes(2, "little") for w, h in ((64, 48), (width, height))]
    return film(*VIDEO, "-c:v", "libvpx", kind="webm").replace(*sizes)


@of_ffmpeg(WEBM, "none", plants=False)
def webm_pixel_bomb():
    return claiming(16_383, 16_383)


@of_ffmpeg(WEBM, "none", plants=False)
def webm_just_too_large():
    return claiming(8_000, 6_400)


@of_ffmpeg(MP4, "", plants=False)
def mp4_absurd_boxes():
    whole = film(*VIDEO, *H264, kind="mp4")
    return whole.replace(b"\0\0\0\x1cstsz", b"\xff\xff\xff\xffstsz").replace(b"stts", b"stts\xff\xff", 1)


register_cuts("mp4_metadata_and_handlers", MP4, "ffmpeg")
register_cuts("m4a_comments_and_cover", M4A, "ffmpeg")
register_cuts("ogg_opus_comments_and_bytes_after_the_end", OGG, "ffmpeg")
register_cuts("webm_tags", WEBM, "ffmpeg")
register_cuts("third_generation", THIRD, "ffmpeg")
