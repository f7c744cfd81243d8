"""A photo rebuilt from its pixels, run as a program of its own: `python -m incidents.evidence.rebuild IN OUT SMALL`.

Whatever hides in the original (metadata, comments, trailing bytes) is not copied, for only pixels are. A hostile
file can at worst end this process: memory, time and output are bounded, pixels are counted before decoding, and
everything is opened and imported before the file is looked at, for after that nothing can be.
Knows neither Django nor the database.
"""

import sys
from typing import IO

import pillow_heif
from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from incidents.evidence import confine
from incidents.evidence.confine import MAX_PIXELS

LONGEST_SIDE_PX = 1600
THUMBNAIL_PX = 320
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# Named here because they are needed later, when no module can be imported any more.
_PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)


def rebuild(source: IO[bytes], working: IO[bytes], thumbnail: IO[bytes]) -> None:
    """Write two JPEGs, of at most 1600 and 320 px a side. Raises what the decoders raise, or ValueError past 50 MP."""
    picture = _pixels(source)
    for target, side in ((working, LONGEST_SIDE_PX), (thumbnail, THUMBNAIL_PX)):
        picture.thumbnail((side, side))
        bare = Image.new("RGB", picture.size)
        bare.paste(picture)
        bare.save(target, "JPEG", quality=QUALITY, optimize=True)
        target.flush()


def _pixels(source: IO[bytes]) -> Image.Image:
    """The first picture in the file, upright, in plain colours."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(source, formats=FORMATS) as photo:
        if photo.width * photo.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        photo.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        ImageOps.exif_transpose(photo, in_place=True)  # a copy of 50 megapixels would be a burden
        return _opaque(photo)


def _opaque(picture: Image.Image) -> Image.Image:
    """On white, as it was seen: dropping transparency would show again what somebody had erased."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def main(source: str, working: str, thumbnail: str) -> None:
    confine.confine()
    Image.preinit()
    pillow_heif.register_heif_opener(thumbnails=False)
    with open(source, "rb") as original, open(working, "wb") as copy, open(thumbnail, "wb") as small:
        confine.close_the_door()
        rebuild(original, copy, small)


if __name__ == "__main__":
    main(*sys.argv[1:4])
