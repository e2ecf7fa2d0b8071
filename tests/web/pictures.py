"""Files as phones send them, honest and otherwise."""

import io
import struct
import zlib
from base64 import b64decode
from typing import Any

from PIL import Image

LON, LAT = 104.60508, 35.40521


def picture(
    size: tuple[int, int] = (2000, 1500), *, kind: str = "JPEG", color: str = "#808060"
) -> bytes:
    """A picture with a position, an author and a comment inside."""
    made = Image.new("RGB", size, color)
    exif = Image.Exif()
    exif[0x013B] = "示例作者"
    exif[0x0112] = 6
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: _dms(LAT), 3: "E", 4: _dms(LON)})
    out = io.BytesIO()
    more: dict[str, Any] = {"comment": "秘密"} if kind == "JPEG" else {}
    made.save(out, kind, exif=exif, **more)
    return out.getvalue()


def _dms(value: float) -> tuple[float, float, float]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return float(degrees), float(minutes), round((value - degrees - minutes / 60) * 3600, 3)


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 40,000 by 40,000 pixels."""
    small = io.BytesIO()
    Image.new("L", (1, 1)).save(small, "PNG")
    content = bytearray(small.getvalue())
    content[16:24] = struct.pack(">II", 40_000, 40_000)
    content[29:33] = struct.pack(">I", zlib.crc32(bytes(content[12:29])))
    return bytes(content)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAZdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAA"
    "AAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAABuwABAAAAAAAAABsAAgAAAAAB1gABAAAAAAAAAIoAAAA4aWluZgAA"
    "AAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA1mlwcn"
    "AAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroC"
    "QGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2"
    "xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEE"
    "gQIDBAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAArW1kYXQAAAAXKAGvGYD3fIU3//VGH/Zkr/VwV4rQrPAAAA"
    "AGRXhpZgAATU0AKgAAAAgAAYglAAQAAAABAAAAGgAAAAAABAABAAIAAAACTgAAAAACAAUAAAADAAAAUAADAAIAAAAC"
    "RQAAAAAEAAUAAAADAAAAaAAAAAAAAAAjAAAAAQAAABgAAAABAAASUQAAAPoAAABoAAAAAQAAACQAAAABAAAI7gAAAH"
    "0="
)
"""96 by 64 pixels of one red, with the same position."""
