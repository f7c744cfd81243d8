"""Photos as phones and cameras write them, JPEG: what they tell beside what they show, and bombs."""

import io
import struct

import pillow_heif
from PIL import Image

from tests.evidence.corpus import PLANTED, PLANTED_TEXT, register_cuts, sample

pillow_heif.register_heif_opener()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>%s</rdf></x:xmpmeta>' % PLANTED_TEXT.encode()
JPEG = "image/jpeg"


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


register_cuts("jpeg_exif_description", JPEG)
