"""Which format a file is in, by its first bytes; its name counts only for text tables."""

from pathlib import Path

from gridmap.errors import FileRefused
from gridmap.files.archive import check_archive
from gridmap.files.limits import MAX_TABLE_BYTES, check_size

TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
_MARKS = (
    (b"SQLite format 3\0", "gpkg"),
    (b"fgb", "flatgeobuf"),
    (b"\0\0\x27\x0a", "shapefile"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)
_START_BYTES = 65536


def file_format(path: Path) -> str:
    """One of csv, xlsx, zip, geojson, kml, gpkg, shapefile, flatgeobuf.

    Raises FileRefused for anything else.
    """
    check_size(path, MAX_TABLE_BYTES)
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    kind = next((kind for mark, kind in _MARKS if start.startswith(mark)), None)
    if kind == "zip" and "xl/workbook.xml" in check_archive(path):
        return "xlsx"
    return kind or _text_format(path, start.lstrip(b"\xef\xbb\xbf \t\r\n"))


def _text_format(path: Path, text: bytes) -> str:
    if text.startswith(b"{"):
        return "geojson"
    if text.startswith(b"<") and b"<kml" in text:
        return "kml"
    if path.suffix.lower() in TABLE_SUFFIXES:
        return "csv"
    raise FileRefused(
        "{name} 不是地图文件或表格；可以用 GeoPackage、GeoJSON、KML、压缩的 Shapefile、"
        "FlatGeobuf、CSV 或 XLSX",
        name=path.name,
    )
