"""GeoPackage, GeoJSON, KML, Shapefile and FlatGeobuf, through GDAL; every value becomes text."""

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

from gridmap.errors import FileRefused, InvalidInput
from gridmap.files.batch import Columns, Geometries, Rows, Source, without
from gridmap.files.cells import DIGITS_LOST, cell_text, lost_digits
from gridmap.files.dbase import dbf_encoding
from gridmap.files.limits import MAX_GEOMETRY_POINTS
from gridmap.geo.coordinates import checked_crs

READ_AT_ONCE = ("geojson", "kml")
"""Formats in which the n-th feature is found only by reading all before it."""
_BYTES = "latin1"
"""Every byte is a character."""
_GDAL_ERRORS = (
    *(DataSourceError, DataLayerError, FeatureError, FieldError),
    *(ValueError, IndexError, OSError),
)


def open_map(path: Path, kind: str, layer: str | None, encoding: str | None = None) -> Source:
    """One layer of a map file. ``kind`` is the format that the file's first bytes showed.

    Raises FileRefused where GDAL cannot read it.
    """
    if kind == "shapefile" and encoding is None:
        encoding = shapefile_encoding(path)
    with _gdal(path):
        info = pyogrio.read_info(path, layer=layer, encoding=encoding, force_feature_count=True)
    return Source(
        format=kind,
        layers=layer_names(path),
        columns=[str(name) for name in info["fields"]],
        rows=int(info["features"]),
        encoding=encoding if kind == "shapefile" else None,
        crs=_declared(info["crs"]),
        has_geometry=info["geometry_type"] is not None,
        read=_reader(path, kind, layer, encoding, int(info["features"])),
    )


def layer_names(path: Path) -> list[str]:
    """The layers of a map file; raises FileRefused where GDAL cannot read it."""
    with _gdal(path):
        return [str(name) for name, _ in pyogrio.list_layers(path)]


def shapefile_encoding(path: Path) -> str | None:
    """What the table beside a .shp is in, None without one."""
    table = path.with_suffix(".dbf")
    return dbf_encoding(table) if table.exists() else None


def _declared(crs: str | None) -> str | None:
    try:
        return checked_crs(crs) if crs else None
    except InvalidInput:
        return None


@contextmanager
def _gdal(path: Path) -> Iterator[None]:
    """GDAL's many errors as one sentence, and its warnings as nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _GDAL_ERRORS as error:
        detail = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        detail = detail.replace(str(path), path.name)
        raise FileRefused(
            "{name} 读不出地图数据：{detail}", name=path.name, detail=detail
        ) from None


def _raw(
    path: Path, layer: str | None, encoding: str | None, skip: int, size: int, cut: str = ""
) -> tuple[list[str], npt.NDArray[Any] | None, list[npt.NDArray[Any]]]:
    """Names, shapes and values of some features. With ``cut``, text was read as bytes and is
    decoded here, without the character that a full cell ends within."""
    meta, _, wkb, data = pyogrio.raw.read(
        path,
        layer=layer,
        encoding=encoding,
        skip_features=skip,
        max_features=size,
        force_2d=True,
        datetime_as_string=True,
    )
    names = [str(name) for name in meta["fields"]]
    if cut:
        names = [_decoded(name, cut) for name in names]
        data = [
            np.array([_decoded(cell, cut) for cell in column], dtype=object)
            if column.dtype == object
            else column
            for column in data
        ]
    return names, wkb, list(data)


def _decoded(cell: Any, encoding: str) -> Any:
    return cell.encode(_BYTES).decode(encoding, "ignore") if isinstance(cell, str) else cell


def _reader(
    path: Path, kind: str, layer: str | None, encoding: str | None, count: int
) -> Callable[[int], Iterator[Rows]]:
    def chunk(skip: int, size: int) -> Rows:
        with _gdal(path):
            try:
                found = _raw(path, layer, encoding, skip, size)
            except UnicodeDecodeError:
                found = _raw(path, layer, _BYTES, skip, size, encoding or "utf-8")
        return _as_rows(*found, skip)

    def read(batch: int) -> Iterator[Rows]:
        step = max(count, 1) if kind in READ_AT_ONCE else batch
        for skip in range(0, count, step):
            rows = chunk(skip, step)
            yield from _slices(rows, batch)

    return read


def _slices(rows: Rows, batch: int) -> Iterator[Rows]:
    if len(rows.numbers) <= batch:
        yield rows
        return
    for at in range(0, len(rows.numbers), batch):
        part = slice(at, at + batch)
        yield Rows(
            rows.numbers[part],
            {name: cells[part] for name, cells in rows.columns.items()},
            rows.rejects if at == 0 else [],
            None if rows.geometries is None else rows.geometries[part],
        )


def _as_rows(
    names: list[str], wkb: npt.NDArray[Any] | None, data: list[npt.NDArray[Any]], skip: int
) -> Rows:
    count = len(wkb) if wkb is not None else len(data[0]) if len(data) else 0
    numbers = list(range(skip + 1, skip + 1 + count))
    bad: dict[int, str] = {}
    columns: Columns = {}
    for name, values in zip(names, data, strict=True):
        columns[name] = _text(values, bad)
    geometries = None if wkb is None else _geometries(wkb, bad)
    return without(Rows(numbers, columns, [], geometries), bad)[0]


def _text(values: npt.NDArray[Any], bad: dict[int, str]) -> list[str | None]:
    if values.dtype.kind in "iu":
        return [str(value) for value in values.tolist()]
    if values.dtype.kind == "f":
        # Also what GDAL could not keep as a whole number: it has lost the same digits.
        cells = values.tolist()
        bad.update({i: DIGITS_LOST for i, cell in enumerate(cells) if lost_digits(cell)})
        return [cell_text(cell) for cell in cells]
    return [
        json.dumps(value.tolist(), ensure_ascii=False)
        if isinstance(value, np.ndarray)
        else cell_text(value)
        for value in values.tolist()
    ]


def _geometries(wkb: npt.NDArray[Any], bad: dict[int, str]) -> Geometries:
    """Shapes as they are, but with unclosed rings closed; None where a row has none, and a
    reason for what cannot be read."""
    try:
        found = np.asarray(shapely.from_wkb(wkb, on_invalid="fix"), dtype=object)
    except shapely.GEOSException:
        found = np.array([_geometry(one) for one in wkb], dtype=object)
    for i in np.flatnonzero(shapely.is_missing(found)):
        if wkb[i] is not None:
            bad[int(i)] = "几何图形读不懂"
    found[shapely.is_empty(found)] = None
    for i in np.flatnonzero(shapely.get_num_coordinates(found) > MAX_GEOMETRY_POINTS):
        bad[int(i)] = f"几何图形太大，超过 {MAX_GEOMETRY_POINTS} 个点"
    return found


def _geometry(wkb: bytes | None) -> shapely.Geometry | None:
    try:
        return shapely.from_wkb(wkb, on_invalid="fix")
    except shapely.GEOSException:
        return None
