"""A drawn signature as a PNG: looked at closely, because it comes from outside and is kept. Pure."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib

from django.utils.translation import gettext

PREFIX = "data:image/png;base64,"
MOST_BYTES = 400_000
WIDEST, HIGHEST = 3000, 1500
_HEAD = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # grey, colour, grey with alpha, colour with alpha
_ALLOWED = {b"IHDR", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"pHYs", b"cHRM", b"sBIT", b"iCCP", b"bKGD", b"tIME"}


class NotASignature(ValueError):
    """What was sent is no picture of a signature; the text is a sentence for people."""


def png_of(data_url: str) -> bytes:
    """Return the picture of a data URL. Raises NotASignature when it is no small, whole, plain PNG with ink on it."""
    if not data_url.startswith(PREFIX):
        raise NotASignature(gettext("The drawing did not arrive. Please sign again, or type your name."))
    if len(data_url) > len(PREFIX) + MOST_BYTES * 4 // 3 + 4:
        raise NotASignature(gettext("The drawing is too large. Please sign again, or type your name."))
    try:
        png = base64.b64decode(data_url[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        raise _broken() from None
    width, height, channels, packed = _read(png)
    _look_at(width, height, channels, packed)
    return png


def _read(png: bytes) -> tuple[int, int, int, bytes]:
    """Return width, height, bytes a pixel and the packed rows. Raises NotASignature."""
    if not png.startswith(_HEAD):
        raise _broken()
    size: tuple[int, int, int] | None = None
    packed, at, last = [], len(_HEAD), b""
    while at < len(png) and last != b"IEND":
        name, body, at = _chunk(png, at)
        if (size is None) != (name == b"IHDR") or name not in _ALLOWED:
            raise _broken()
        if name == b"IHDR":
            size = _size(body)
        elif name == b"IDAT":
            packed.append(body)
        last = name
    if size is None or last != b"IEND" or at != len(png):
        raise _broken()
    return (*size, b"".join(packed))


def _chunk(png: bytes, at: int) -> tuple[bytes, bytes, int]:
    if at + 12 > len(png):
        raise _broken()
    length, name = struct.unpack_from(">I4s", png, at)
    end = at + 12 + length
    if end > len(png):
        raise _broken()
    body = png[at + 8 : end - 4]
    if zlib.crc32(name + body) != struct.unpack_from(">I", png, end - 4)[0]:
        raise _broken()
    return name, body, end


def _size(header: bytes) -> tuple[int, int, int]:
    if len(header) != 13:
        raise _broken()
    width, height, depth, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or colour not in _CHANNELS or packing or filtering or interlaced:
        raise _broken()
    if not (0 < width <= WIDEST and 0 < height <= HIGHEST):
        raise NotASignature(gettext("The drawing is too large. Please sign again, or type your name."))
    return width, height, _CHANNELS[colour]


def _look_at(width: int, height: int, channels: int, packed: bytes) -> None:
    """Unpack no more than the size promises, and refuse an empty sheet."""
    row = width * channels + 1
    unpacker = zlib.decompressobj()
    try:
        rows = unpacker.decompress(packed, row * height + 1)
    except zlib.error:
        raise _broken() from None
    if len(rows) != row * height or not unpacker.eof or unpacker.unused_data:
        raise _broken()
    if len({rows[start + 1 : start + row] for start in range(0, len(rows), row)}) == 1:
        raise NotASignature(gettext("The drawing is empty. Please sign, or type your name."))


def _broken() -> NotASignature:
    return NotASignature(gettext("The drawing could not be read. Please sign again, or type your name."))
