"""Files as they come in: told by content, made anew, refused in one sentence."""

import io

import pytest
from PIL import Image

from gridmap.errors import FileRefused
from gridmap.outside.pictures import read
from tests.web.pictures import HEIC, LAT, LON, PDF, bomb, picture


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空的"),
        (b"MZ" + bytes(100), "不是照片或 PDF"),
        (b"\xff\xd8\xff\xe0<?php echo 1; ?>", "打不开"),
        (picture((400, 300))[:900], "打不开"),
        (picture((400, 300), kind="PNG")[:600], "打不开"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(64), "打不开"),
        (HEIC[:400], "打不开"),
        (PDF[:40], "打不开"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是照片或 PDF"),
        (b"PK\x03\x04" + bytes(64), "不是照片或 PDF"),
        (bomb(), "像素太多"),
        (bytes(2_000_001), "最多收 2 MB"),
    ],
)
def test_a_file_that_lies_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read(content, name="墙.jpg", most_mb=2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_keeps_its_look_and_loses_the_rest(kind: str) -> None:
    paper = read(picture((2000, 1500), kind=kind), name="墙", most_mb=20)
    assert [paper.lon, paper.lat] == pytest.approx([LON, LAT], abs=1e-5)
    shown = Image.open(io.BytesIO(paper.content))
    assert (shown.format, shown.size) == ("JPEG", (1200, 1600))
    assert not dict(shown.getexif())
    assert shown.getpixel((600, 800)) == pytest.approx((128, 128, 96), abs=3)
    assert "示例作者".encode() not in paper.content
    assert paper.thumbnail is not None
    assert Image.open(io.BytesIO(paper.thumbnail)).size == (240, 320)


def test_a_small_picture_is_not_made_larger_and_what_is_clear_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 20), (255, 0, 0, 0)).save(out, "PNG")
    paper = read(out.getvalue(), name="图", most_mb=1)
    shown = Image.open(io.BytesIO(paper.content))
    assert shown.size == (30, 20)
    assert shown.getpixel((5, 5)) == pytest.approx((255, 255, 255), abs=1)
    assert (paper.lon, paper.lat) == (None, None)


def test_heic_of_a_phone_becomes_a_picture_that_every_browser_shows() -> None:
    paper = read(HEIC, name="IMG_0001.HEIC", most_mb=1)
    shown = Image.open(io.BytesIO(paper.content))
    assert (shown.format, shown.size) == ("JPEG", (96, 64))
    assert shown.getpixel((50, 30)) == pytest.approx((180, 60, 40), abs=4)
    assert [paper.lon, paper.lat] == pytest.approx([LON, LAT], abs=1e-5)
    assert not dict(shown.getexif())


def test_a_pdf_stays_as_it_is() -> None:
    paper = read(PDF, name="说明.pdf", most_mb=1)
    assert (paper.content, paper.media_type, paper.thumbnail) == (PDF, "application/pdf", None)
