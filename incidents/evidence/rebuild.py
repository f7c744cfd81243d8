"""A photo rebuilt from its pixels, run as a program of its own: `python -m incidents.evidence.rebuild IN OUT`.

Whatever hides in the original (metadata, comments, trailing bytes) is not copied, for only pixels are. A hostile
file can at worst end this process: memory and time are limited by the one who starts it, pixels are checked before
decoding.
Knows neither Django nor the database.
"""

import sys

from PIL import Image, ImageOps

MAX_PIXELS = 50_000_000
LONGEST_SIDE_PX = 1600
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")


def rebuild(source: str, target: str) -> None:
    """Write a JPEG of at most 1600 px a side. Raises what Pillow raises, or ValueError past 50 megapixels."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(source, formats=FORMATS) as photo:
        if photo.width * photo.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        photo.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        upright = ImageOps.exif_transpose(photo).convert("RGB")
    upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    bare.save(target, "JPEG", quality=QUALITY, optimize=True)


if __name__ == "__main__":
    rebuild(sys.argv[1], sys.argv[2])
