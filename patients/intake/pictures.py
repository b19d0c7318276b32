"""A photograph that a patient sends: looked at closely and made anew, because it comes from outside and is kept.

Only JPEG and PNG, told by what is in them. Of what was sent nothing is kept but the pixels: no name, no place, no
second picture or script behind the first. Pure.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 10 * 1024 * 1024
LONGEST_SIDE = 2000
"""Pixels of the longer side of what is kept: a packet's small print can still be read."""
#: A JPEG is read small from the start, whatever its size; a PNG has to be unpacked whole.
MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 20_000_000}
_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_QUALITY = 80
#: What Pillow raises for pictures that are none, are cut off, or would unpack to far more than they say.
_BROKEN = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip


class NotAPicture(ValueError):
    """What was sent cannot be kept as a picture; the text is a sentence for people."""


@dataclass(frozen=True)
class Picture:
    """A plain JPEG of our own making."""

    jpeg: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The SHA-256 of the JPEG."""
        return hashlib.sha256(self.jpeg).hexdigest()


def made_anew(file: BinaryIO, size: int) -> Picture:
    """Return the picture in ``file`` (``size`` bytes) upright, at most 2000 pixels long, without anything beside it.

    Raises NotAPicture in words.
    """
    if size > MOST_BYTES:
        raise NotAPicture(gettext("This picture has more than 10 MB. Please take it again in a smaller size."))
    if not size:
        raise NotAPicture(gettext("This picture is empty. Please choose it again."))
    head = file.read(8)
    file.seek(0)
    if not head.startswith(_HEADS):
        raise NotAPicture(gettext("Please choose a photo (JPEG or PNG). Other files cannot be kept."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made(file)
    except NotAPicture:
        raise
    except _BROKEN as problem:
        raise NotAPicture(gettext("This picture cannot be read. Please take it again.")) from problem


def _made(file: BinaryIO) -> Picture:
    with Image.open(file, formats=("JPEG", "PNG")) as sent:
        width, height = sent.size
        if width * height > MOST_PIXELS[sent.format or "PNG"]:
            raise NotAPicture(gettext("This picture has too many pixels. Please take it again in a smaller size."))
        if sent.format == "JPEG":
            sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(sent)
        if upright.mode not in ("RGB", "RGBA", "L", "LA"):
            upright = upright.convert("RGBA")
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = Image.new("RGB", upright.size, "white")
        if "A" in upright.getbands() or "transparency" in upright.info:
            coloured = upright.convert("RGBA")
            plain.paste(coloured, mask=coloured.getchannel("A"))
        else:
            plain.paste(upright.convert("RGB"))
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
        return Picture(out.getvalue(), *plain.size)
