"""What is no photo and no film, or pretends to be: kept under its hash, and never shown."""

import random
import struct

from tests.evidence.corpus import PLANTED, PLANTED_TEXT, sample
from tests.evidence.corpus_photos import saved

PDF, UNKNOWN, MP4, HEIC = "application/pdf", "application/octet-stream", "video/mp4", "image/heic"


def of_ffmpeg(media_type):
    return sample(media_type, "none", plants=False, needs="ffmpeg")


def unknown(build):
    return sample(UNKNOWN, "unsupported")(build)


@sample(PDF, "unsupported")
def pdf_metadata():
    return b"%PDF-1.4\n1 0 obj<</Author(" + PLANTED + b")>>endobj\ntrailer<</Info 1 0 R>>\n%%EOF"


@sample(PDF, "unsupported")
def pdf_and_jpeg():
    return b"%PDF-1.4\n1 0 obj<</Length 9>>stream\n" + saved("JPEG", comment=PLANTED) + b"\nendstream endobj\n%%EOF"


@unknown
def html_page():
    return b"<!DOCTYPE html><script>fetch('/admin/')</script>" + PLANTED


@unknown
def svg_with_script():
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><text>%s</text></svg>' % PLANTED


@unknown
def gif_and_script():
    return b"GIF89a/*\1\0\1\0\0\0*/=1;alert(1)//" + PLANTED


@unknown
def zip_archive():
    return b"PK\3\4" + bytes(26) + PLANTED


@unknown
def playlist_of_files():
    return b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n" + PLANTED


@unknown
def list_of_files():
    return b"ffconcat version 1.0\nfile /etc/passwd\n" + PLANTED


@unknown
def program():
    return b"\x7fELF\2\1\1" + PLANTED


@unknown
def avif():
    return saved("AVIF") + PLANTED


@unknown
def avif_behind_a_general_brand():
    return b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + PLANTED


@unknown
def boxes_of_an_unknown_brand():
    return b"\0\0\0\x14ftypxxxx\0\0\0\0yyyy" + PLANTED


@sample(UNKNOWN, "unsupported", plants=False)
def nothing():
    return b""


@sample(UNKNOWN, "unsupported", plants=False)
def one_byte():
    return b"\xff"


@sample(UNKNOWN, "unsupported", plants=False)
def noise():
    return random.Random(7).randbytes(100_000)


@sample("image/png", "none", plants=False)
def noise_behind_a_png_signature():
    return b"\x89PNG\r\n\x1a\n" + random.Random(8).randbytes(10_000)


@sample("image/webp", "none", plants=False)
def noise_behind_a_webp_signature():
    return b"RIFF\xff\xff\xff\x7fWEBPVP8L" + random.Random(9).randbytes(10_000)


@sample(HEIC, "none", plants=False)
def noise_behind_a_heic_signature():
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + random.Random(10).randbytes(10_000)


@of_ffmpeg(MP4)
def brand_and_no_more():
    return b"\0\0\0\x10ftypisom\0\0\0\0"


@of_ffmpeg(MP4)
def brands_within_brands():
    inner = b"\0\0\0\x10ftypisom\0\0\0\0"
    for _ in range(200):
        inner = struct.pack(">I", len(inner) + 16) + b"ftypisom\0\0\0\0" + inner
    return inner


@of_ffmpeg(MP4)
def boxes_deep_within_boxes():
    inner = b"\0\0\0\x08trak"
    for _ in range(5_000):
        inner = struct.pack(">I", len(inner) + 8) + b"moov" + inner
    return b"\0\0\0\x10ftypisom\0\0\0\0" + inner


@of_ffmpeg(MP4)
def boxes_larger_than_the_world():
    return b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\1moov" + b"\xff" * 8 + b"\x7f\xff\xff\xffmdat" + PLANTED_TEXT.encode()


@of_ffmpeg("audio/ogg")
def noise_behind_an_ogg_signature():
    return b"OggS" + random.Random(11).randbytes(10_000)


@of_ffmpeg("video/webm")
def noise_behind_a_webm_signature():
    return b"\x1aE\xdf\xa3\x9f\x42\x82\x84webm" + random.Random(12).randbytes(10_000)


@of_ffmpeg("video/quicktime")
def page_behind_a_films_brand():
    return b"\0\0\0\x14ftypqt  \0\0\0\0qt  <html><script>alert(1)</script>#EXTM3U\nfile:///etc/passwd"
