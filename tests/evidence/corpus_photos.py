"""Photos that tell more than they show, and photos that are bombs."""

import functools
import io
import struct
import zlib

import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.evidence.corpus import PLANTED, PLANTED_TEXT, SAMPLES, register_cuts, sample

pillow_heif.register_heif_opener()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>%s</rdf></x:xmpmeta>' % PLANTED_TEXT.encode()
JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"


def picture(size=(64, 48), mode="RGB"):
    return Image.linear_gradient("L").resize(size).convert(mode)


def saved(kind, image=None, **options):
    buffer = io.BytesIO()
    (image or picture()).save(buffer, kind, **options)
    return buffer.getvalue()


def exif(**tags):
    made = Image.Exif()
    for tag, value in tags.items():
        made[int(tag.removeprefix("x"), 16)] = value
    return made


# -- JPEG --------------------------------------------------------------------------------------------------------------


def segments(*parts):
    """A plain JPEG with (marker, content) put in front of its picture."""
    plain = saved("JPEG")
    put = b"".join(struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content for marker, content in parts)
    return plain[:2] + put + plain[2:]


@sample(JPEG)
def jpeg_exif_description():
    return saved("JPEG", exif=exif(x010E=PLANTED_TEXT, x013B=PLANTED_TEXT, x8298=PLANTED_TEXT))


@sample(JPEG)
def jpeg_exif_gps():
    made = exif(x010F="maker")
    made.get_ifd(0x8825).update({1: "S", 2: (16.0, 30.0, 0.0), 27: PLANTED, 29: "2020:10:18"})
    return saved("JPEG", exif=made)


@sample(JPEG)
def jpeg_exif_maker_note_and_user_comment():
    made = exif(x010F="maker")
    made.get_ifd(0x8769).update({0x927C: PLANTED, 0x9286: b"UNICODE\0" + PLANTED})
    return saved("JPEG", exif=made)


@sample(JPEG)
def jpeg_exif_thumbnail():
    """Often of the whole picture, where the picture itself was cropped."""
    small = saved("JPEG", picture((16, 12)), comment=PLANTED)
    directory = struct.pack("<HHHIIHHIIHHIII", 3, 0x103, 3, 1, 6, 0x201, 4, 1, 56, 0x202, 4, 1, len(small), 0)
    head = b"II*\0" + struct.pack("<IHI", 8, 0, 14)
    return segments((0xE1, b"Exif\0\0" + head + directory + small))


@sample(JPEG)
def jpeg_exif_turned_on_its_side():
    return saved("JPEG", exif=exif(x0112=6, x010E=PLANTED_TEXT))


@sample(JPEG)
def jpeg_xmp():
    return segments(
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + XMP)
    )


@sample(JPEG)
def jpeg_iptc():
    text = b"\x1c\x02\x78" + struct.pack(">H", len(PLANTED)) + PLANTED
    return segments((0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(text)) + text))


@sample(JPEG)
def jpeg_comments():
    return segments(*[(0xFE, PLANTED)] * 5)


@sample(JPEG)
def jpeg_colour_profile():
    return segments((0xE2, b"ICC_PROFILE\0\1\1" + struct.pack(">I", 128 + len(PLANTED)) + b"\0" * 124 + PLANTED))


@sample(JPEG)
def jpeg_unknown_segments():
    return segments(*[(0xE0 + number, PLANTED) for number in range(3, 16)])


@sample(JPEG)
def jpeg_after_the_end():
    return saved("JPEG") + PLANTED


@sample(JPEG)
def jpeg_second_picture():
    return saved("MPO", save_all=True, append_images=[picture()]) + saved("JPEG", comment=PLANTED)


@sample(JPEG)
def jpeg_and_zip():
    import zipfile

    buffer = io.BytesIO(saved("JPEG"))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("note.txt", PLANTED)
        archive.writestr(PLANTED_TEXT, "x")
    return buffer.getvalue()


@sample(JPEG)
def jpeg_for_print():
    return saved("JPEG", picture(mode="CMYK"), progressive=True, comment=PLANTED)


@sample(JPEG, "none", plants=False)
def jpeg_pixel_bomb():
    plain = saved("JPEG")
    at = plain.index(b"\xff\xc0") + 5
    return plain[:at] + struct.pack(">HH", 65_000, 65_000) + plain[at + 4 :]


@sample(JPEG, "none", plants=False)
def jpeg_signature_only():
    return b"\xff\xd8\xff\xe0"


@sample(JPEG, "none")
def html_behind_a_jpeg_signature():
    return b"\xff\xd8\xff\xe1<html><script>alert(1)</script>" + PLANTED


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


for _of, _type in (
    ("jpeg_exif_description", JPEG),
    ("png_texts", PNG),
    ("webp_exif_and_xmp", WEBP),
    ("heic_exif_and_xmp", HEIC),
):
    assert SAMPLES[_of].media_type == _type
    register_cuts(_of, _type)
