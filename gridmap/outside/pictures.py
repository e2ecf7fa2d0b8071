"""Photos and documents as they come in: told by content, decoded, made small, stripped.

A picture is always decoded and encoded anew: what a file hides beside its picture – where it
was taken, by whom, a program – does not survive that. The place is read first and kept apart.
"""

import io
import struct
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from gridmap.errors import FileRefused

LONG_SIDE_PX = 1600
THUMBNAIL_PX = 320
MOST_PIXELS = 89_000_000
"""A small file must not unpack to gigabytes; beyond this Pillow itself warns and then refuses."""
_QUALITY = 84
_GPS_IFD = 0x8825
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_BROKEN = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, IndexError, KeyError)
_BROKEN += (struct.error, TypeError, ZeroDivisionError)  # type: ignore[assignment]
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
PDF, JPEG = "application/pdf", "image/jpeg"


@dataclass(frozen=True)
class Paper:
    """What is kept of a file; ``lon`` and ``lat`` (EPSG:4326) say where a picture was taken."""

    media_type: str
    content: bytes
    thumbnail: bytes | None = None
    lon: float | None = None
    lat: float | None = None


def read(content: bytes, *, name: str, most_mb: int) -> Paper:
    """A file by its content: a picture made anew as JPEG with a thumbnail, or a PDF as it is.

    Raises FileRefused with one sentence for what is too large, of another type, cut short, or
    not what it begins like.
    """
    if not content:
        raise FileRefused("“{name}”是空的，请重新选一个。", name=name)
    check_size(len(content), most_mb=most_mb)
    if content.startswith(b"%PDF-"):
        return _pdf(content, name)
    opened = _opened(content, name)
    try:
        lon, lat = _taken_at(opened)
        return Paper(JPEG, *_made_anew(opened), lon, lat)
    except _BROKEN as error:
        raise _incomplete(name) from error


def check_size(size: int, *, most_mb: int, around: int = 0) -> None:
    """Raises FileRefused for a file of more megabytes than are taken.

    ``around``: bytes that may come with it, of a form.
    """
    if size > most_mb * 1_000_000 + around:
        mb = -(-size // 1_000_000)
        raise FileRefused("文件有 {mb} MB，最多收 {most} MB。", mb=mb, most=most_mb)


def _pdf(content: bytes, name: str) -> Paper:
    if b"%%EOF" not in content[-2048:]:
        raise _incomplete(name)
    return Paper(PDF, content)


def _opened(content: bytes, name: str) -> Image.Image:
    """The picture, not decoded yet, if it is of a type that is taken and of a sane size."""
    try:
        if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
            return _heic(content)
        opened = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    except UnidentifiedImageError as error:
        raise FileRefused(
            "“{name}”不是照片或 PDF；可以传 JPEG、PNG、HEIC 和 PDF。", name=name
        ) from error
    except _TOO_LARGE as error:
        raise _too_large(name) from error
    except _BROKEN as error:
        raise _incomplete(name) from error
    if opened.width * opened.height > MOST_PIXELS:
        raise _too_large(name)
    return opened


def _too_large(name: str) -> FileRefused:
    return FileRefused("“{name}”的像素太多，请先缩小再传。", name=name)


def _heic(content: bytes) -> Image.Image:
    # a library of its own, that few files need
    import pi_heif

    held: Any = pi_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
    width, height = held.size
    if width * height > MOST_PIXELS:
        raise Image.DecompressionBombError(width, height)
    picture: Image.Image = held.to_pillow()
    return picture


def _incomplete(name: str) -> FileRefused:
    return FileRefused("“{name}”打不开，可能没有传完整；请重新选一次。", name=name)


def _made_anew(opened: Image.Image) -> tuple[bytes, bytes]:
    """JPEG of at most ``LONG_SIDE_PX``, and its thumbnail; upright, on white, and nothing else."""
    opened.draft("RGB", (LONG_SIDE_PX, LONG_SIDE_PX))
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX))
    shown = upright.convert("RGBA")
    clean = Image.new("RGB", shown.size, "white")
    clean.paste(shown, mask=shown.getchannel("A"))
    small = clean.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    return _jpeg(clean), _jpeg(small)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _taken_at(opened: Image.Image) -> tuple[float | None, float | None]:
    """Longitude and latitude of the EXIF block, EPSG:4326; none where it says nothing sensible."""
    try:
        gps = opened.getexif().get_ifd(_GPS_IFD)
        lat = _degrees(gps[_LATITUDE], gps[_LATITUDE_REF] == "S")
        lon = _degrees(gps[_LONGITUDE], gps[_LONGITUDE_REF] == "W")
    except _BROKEN:
        return None, None
    sensible = -180 <= lon <= 180 and -90 <= lat <= 90 and (lon, lat) != (0, 0)
    return (lon, lat) if sensible else (None, None)


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return round(-value if negative else value, 6)
