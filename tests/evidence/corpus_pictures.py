"""Pictures in PNG, WebP and HEIC: what they tell beside what they show, and bombs."""

import functools
import io
import struct
import zlib

import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.evidence.corpus import PLANTED, PLANTED_TEXT, register_cuts, sample
from tests.evidence.corpus_photos import XMP, exif, picture, saved

PNG, WEBP, HEIC = "image/png", "image/webp", "image/heic"


# -- PNG ---------------------------------------------------------------------------------------------------------------


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def chunks(*parts, plain=None):
    """A PNG with more chunks behind its head."""
    plain = plain or saved("PNG")
    return plain[:33] + b"".join(chunk(kind, content) for kind, content in parts) + plain[33:]


def png_of(width, height, data=b"\0" * 64):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@sample(PNG)
def png_texts():
    info = PngInfo()
    info.add_text("Comment", PLANTED_TEXT)
    info.add_text("Author", PLANTED_TEXT, zip=True)
    info.add_itxt("Title", PLANTED_TEXT, lang="es", zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return saved("PNG", pnginfo=info)


@sample(PNG)
def png_exif():
    return saved("PNG", exif=exif(x010E=PLANTED_TEXT))


@sample(PNG)
def png_private_chunks():
    return chunks(
        (b"prVt", PLANTED), (b"iCCP", b"name\0\0" + zlib.compress(PLANTED)), (b"tIME", b"\x07\xe4\x0a\x12\1\1\1")
    )


@sample(PNG)
def png_after_the_end():
    return saved("PNG") + PLANTED + zlib.compress(PLANTED)


@sample(PNG)
def png_moving():
    return chunks((b"tEXt", b"k\0" + PLANTED), plain=saved("PNG", save_all=True, append_images=[picture(), picture()]))


@sample(PNG, plants=False)
def png_of_48_megapixels():
    return saved("PNG", Image.new("1", (8_000, 6_000)))


@sample(PNG, "none", plants=False)
def png_pixel_bomb():
    return png_of(100_000, 100_000)


@sample(PNG, "none", plants=False)
def png_just_too_large():
    return png_of(10_000, 5_001)


@functools.cache
def _zeros():
    return zlib.compress(bytes(300 << 20), 9)


@sample(PNG, "", plants=False)
def png_text_bomb():
    return chunks((b"zTXt", b"Comment\0\0" + _zeros()))


@sample(PNG, "", plants=False)
def png_data_bomb():
    return png_of(64, 48, bytes(64 << 20))


@sample(PNG, "", plants=False)
def png_profile_bomb():
    return chunks((b"iCCP", b"name\0\0" + _zeros()))


@sample(PNG, "none", plants=False)
def png_wrong_checksums():
    return saved("PNG").replace(b"IDAT", b"IDAT\0", 1)


# -- WebP --------------------------------------------------------------------------------------------------------------


@sample(WEBP)
def webp_exif_and_xmp():
    return saved("WEBP", exif=exif(x010E=PLANTED_TEXT), xmp=XMP)


@sample(WEBP)
def webp_unknown_chunk():
    put = saved("WEBP", exif=exif(x010E="x")) + b"SECR" + struct.pack("<I", len(PLANTED)) + PLANTED
    put += b"\0" * (len(put) % 2)
    return put[:4] + struct.pack("<I", len(put) - 8) + put[8:]


@sample(WEBP)
def webp_moving():
    return saved("WEBP", save_all=True, append_images=[picture().rotate(90)], exif=exif(x010E=PLANTED_TEXT))


@sample(WEBP, "none", plants=False)
def webp_pixel_bomb():
    head = b"VP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + b"\xff\x3f\0" * 2
    frame = saved("WEBP")[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(frame)) + b"WEBP" + head + frame


# -- HEIC --------------------------------------------------------------------------------------------------------------


@sample(HEIC)
def heic_exif_and_xmp():
    return saved("HEIF", exif=exif(x010E=PLANTED_TEXT).tobytes(), xmp=XMP)


@sample(HEIC)
def heic_several_pictures():
    film = pillow_heif.HeifFile()
    for _ in range(3):
        film.add_from_pillow(picture()).info["exif"] = exif(x010E=PLANTED_TEXT).tobytes()
    buffer = io.BytesIO()
    film.save(buffer)
    return buffer.getvalue()


@sample(HEIC)
def heic_after_the_end():
    return saved("HEIF") + struct.pack(">I", len(PLANTED) + 8) + b"free" + PLANTED


@sample(HEIC, "", plants=False)
def heic_pixel_bomb():
    plain = saved("HEIF")
    at = plain.index(b"ispe") + 8
    return plain[:at] + struct.pack(">II", 60_000, 60_000) + plain[at + 8 :]


@sample(HEIC, "none", plants=False)
def heic_absurd_boxes():
    plain = saved("HEIF")
    at = plain.index(b"meta") - 4
    return plain[:at] + b"\xff\xff\xff\xff" + plain[at + 4 :]


register_cuts("png_texts", PNG)
register_cuts("webp_exif_and_xmp", WEBP)
register_cuts("heic_exif_and_xmp", HEIC)
