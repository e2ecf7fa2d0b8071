"""Writing tables with places: GeoPackage, GeoJSON, CSV and XLSX."""

import csv
import json
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import xlsxwriter
from shapely.geometry.base import BaseGeometry

from gridmap.errors import InvalidInput
from gridmap.files.shielding import shielded
from gridmap.geo.coordinates import BD09, GCJ02, WGS84, checked_crs, geometries_from_wgs84

WRITE_ROWS = 20_000
MAX_SHEET_ROWS = 1_048_575
MAX_SHEET_CELL_CHARS = 32_767
EXACT_INTEGERS_BELOW = 10**15
"""A spreadsheet keeps 15 digits of a number; longer ones are written as text."""
_NO_MOMENT = datetime(2000, 1, 1)
"""A file does not say when it was written: the same rows are the same bytes."""

Row = tuple[object, ...]


def write_table(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Row],
    geometry_index: int | None = None,
    crs: str = WGS84,
) -> int:
    """Write rows to the format of the path's suffix; returns how many.

    ``rows`` hold text, numbers, dates, None and, at ``geometry_index``, a shapely geometry in
    WGS 84, which is written in ``crs``. CSV and XLSX get columns lon and lat where the first
    geometry is a point, else WKT; text in them that a spreadsheet would compute is written with an
    apostrophe, identifiers are text cells. Memory stays flat. Raises InvalidInput for another
    suffix, an unknown system, or what the format cannot hold.
    """
    writers = {".csv": _csv, ".xlsx": _xlsx, ".geojson": _geojson, ".gpkg": _geopackage}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise InvalidInput(
            "不能写成 {suffix}；可以用 .gpkg、.geojson、.csv、.xlsx", suffix=path.suffix
        )
    target = checked_crs(crs)
    return write(path, list(columns), _moved(rows, geometry_index, target), geometry_index, target)


def _moved(rows: Iterable[Row], at: int | None, crs: str) -> Iterator[Row]:
    """The rows with their geometry in the wanted system, many at once."""
    if at is None or crs == WGS84:
        yield from rows
        return
    source = iter(rows)
    while chunk := list(islice(source, WRITE_ROWS)):
        moved = geometries_from_wgs84(np.array([row[at] for row in chunk], dtype=object), crs)
        for row, geometry in zip(chunk, moved, strict=True):
            yield (*row[:at], geometry, *row[at + 1 :])


def _csv(path: Path, columns: list[str], rows: Iterator[Row], at: int | None, crs: str) -> int:
    names, flat = _flat(columns, rows, at)
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(map(shielded, names))
        for row in flat:
            out.writerow([shielded(cell) if isinstance(cell, str) else cell for cell in row])
            count += 1
    return count


def _xlsx(path: Path, columns: list[str], rows: Iterator[Row], at: int | None, crs: str) -> int:
    names, flat = _flat(columns, rows, at)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": _NO_MOMENT})
        sheet = book.add_worksheet()
        for number, row in enumerate(chain([names], flat)):
            if number > MAX_SHEET_ROWS:
                raise InvalidInput("行数超过电子表格的上限，请改用 CSV 或 GeoPackage")
            for column, cell in enumerate(row):
                _write_cell(sheet, number, column, cell)
            count = number
    return count


def _write_cell(sheet: Any, row: int, column: int, cell: object) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float) and abs(cell) < EXACT_INTEGERS_BELOW:
        sheet.write_number(row, column, cell)
    else:
        text = shielded(cell) if isinstance(cell, str) else str(cell)
        if len(text) > MAX_SHEET_CELL_CHARS:
            raise InvalidInput(
                "第 {row} 行的内容超过电子表格一格的上限，请改用 GeoPackage 或 CSV", row=row + 1
            )
        sheet.write_string(row, column, text)


def _flat(
    columns: list[str], rows: Iterator[Row], at: int | None
) -> tuple[list[str], Iterator[Row]]:
    """The geometry as columns of a table: lon and lat, or WKT, by the first one there is."""
    cleaned = (tuple(_plain(cell) for cell in row) for row in rows)
    if at is None:
        return columns, cleaned
    first = list(islice(cleaned, WRITE_ROWS))
    shape = next((row[at] for row in first if row[at] is not None), None)
    point = isinstance(shape, BaseGeometry) and shape.geom_type == "Point"
    names = [*columns[:at], *(("lon", "lat") if point else ("wkt",)), *columns[at + 1 :]]
    spread = (
        (*row[:at], *(_lon_lat(row[at]) if point else (_wkt(row[at]),)), *row[at + 1 :])
        for row in chain(first, cleaned)
    )
    return names, spread


def _lon_lat(shape: Any) -> tuple[float | None, float | None]:
    return (None, None) if shape is None else (shape.x, shape.y)


def _wkt(shape: Any) -> str | None:
    return None if shape is None else str(shapely.to_wkt(shape, rounding_precision=-1))


def _plain(cell: object) -> object:
    """Numbers, text, truth and geometry as they are; all else (dates, ids) as text."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if cell is None or isinstance(cell, str | int | float | BaseGeometry):
        return cell
    return str(cell)


def _geojson(path: Path, columns: list[str], rows: Iterator[Row], at: int | None, crs: str) -> int:
    """One feature a line. WGS 84 as RFC 7946 has it; another system in the older crs member."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection",' + _crs_member(crs) + '"features":[')
        for row in rows:
            shape = None if at is None else row[at]
            cells = {
                n: _plain(c) for i, (n, c) in enumerate(zip(columns, row, strict=True)) if i != at
            }
            feature = json.dumps(cells, ensure_ascii=False, allow_nan=False)
            geometry = "null" if shape is None else shapely.to_geojson(shape)  # type: ignore[call-overload]
            file.write(",\n" if count else "\n")
            file.write(f'{{"type":"Feature","properties":{feature},"geometry":{geometry}}}')
            count += 1
        file.write("\n]}\n")
    return count


def _crs_member(crs: str) -> str:
    if crs == WGS84:
        return ""
    name = crs.upper() if crs in (GCJ02, BD09) else f"urn:ogc:def:crs:{crs.replace(':', '::')}"
    member = {"type": "name", "properties": {"name": name}}
    return f'"crs":{json.dumps(member)},'


def _geopackage(
    path: Path, columns: list[str], rows: Iterator[Row], at: int | None, crs: str
) -> int:
    path.unlink(missing_ok=True)
    names = [name for i, name in enumerate(columns) if i != at]
    kinds: list[type] | None = None
    count = 0
    while (chunk := list(islice(rows, WRITE_ROWS))) or count == 0:
        data = [[_plain(row[i]) for row in chunk] for i in range(len(columns)) if i != at]
        kinds = kinds or [_kind(cells) for cells in data]
        fields = [_field(cells, kind) for cells, kind in zip(data, kinds, strict=True)]
        shapes = None if at is None else np.array([row[at] for row in chunk], dtype=object)
        _append(path, names, fields, shapes, crs, count > 0)
        count += len(chunk)
        if not chunk:
            break
    return count


def _append(
    path: Path,
    names: list[str],
    fields: list[tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]],
    shapes: npt.NDArray[np.object_] | None,
    crs: str,
    append: bool,
) -> None:
    known = None if shapes is None or crs in (GCJ02, BD09) else crs
    with warnings.catch_warnings():
        # GCJ-02 and BD-09 have no code: the file says "undefined" and its reader will ask.
        warnings.simplefilter("ignore", UserWarning)
        _gdal().raw.write(
            path,
            None if shapes is None else shapely.to_wkb(shapes),
            [values for values, _ in fields],
            names,
            field_mask=[mask for _, mask in fields],
            layer=path.stem,
            driver="GPKG",
            geometry_type=None if shapes is None else "Unknown",
            crs=known,
            append=append,
        )


def _gdal() -> Any:
    """GDAL takes most of a second to load, which only a map file should cost."""
    import pyogrio

    return pyogrio


def _kind(cells: list[object]) -> type:
    """The type of a column by its first rows: whole numbers, numbers, else text."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {int}:
        return int
    return float if kinds and kinds <= {int, float} else str


def _field(cells: list[object], kind: type) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    mask = np.array([cell is None for cell in cells], dtype=np.bool_)
    if kind is str:
        text = [None if cell is None else str(cell) for cell in cells]
        return np.array(text, dtype=object), mask
    numbers = [0 if cell is None else cell for cell in cells]
    if not all(isinstance(number, int if kind is int else int | float) for number in numbers):
        raise InvalidInput("同一列里混有文字、整数和小数，不能写成 GeoPackage")
    return np.array(numbers, dtype=np.int64 if kind is int else np.float64), mask
