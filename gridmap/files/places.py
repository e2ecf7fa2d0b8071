"""Where a table's rows are: columns of longitude and latitude, or of WKT, found and read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.errors import FileRefused
from gridmap.files.batch import Batch, Floats, Geometries, Rows, Source, without
from gridmap.files.limits import MAX_GEOMETRY_POINTS
from gridmap.files.mapping import guess_mapping
from gridmap.geo.coordinates import (
    WGS84,
    is_geographic,
    to_wgs84,
    transform_geometries,
)

PLACE_COLUMNS: Mapping[str, Sequence[str]] = {
    "lon": (
        "lon",
        "lng",
        "long",
        "longitude",
        "经度",
        "东经",
        "jd",
        "jingdu",
        "x",
        "x坐标",
        "point_x",
    ),
    "lat": ("lat", "latitude", "纬度", "北纬", "wd", "weidu", "y", "y坐标", "point_y"),
    "wkt": ("wkt", "geom", "geometry", "the_geom", "几何", "图形", "空间范围"),
}


@dataclass(frozen=True)
class Places:
    """Which columns hold the place of a row: both of ``lon`` and ``lat``, or ``wkt``, or none."""

    lon: str | None = None
    lat: str | None = None
    wkt: str | None = None


def find_places(source: Source, chosen: Mapping[str, str] | None = None) -> Places:
    """The place columns of a table: those chosen (lon, lat, wkt → column), else guessed.

    A map file has its own geometry and none of these. Raises FileRefused for an unknown column.
    """
    if source.has_geometry:
        return Places()
    chosen = {key: column for key, column in (chosen or {}).items() if key in PLACE_COLUMNS}
    unknown = [column for column in chosen.values() if column not in source.columns]
    if unknown:
        raise FileRefused(
            "没有列 {column}；文件里的列是：{columns}",
            column=unknown[0],
            columns="、".join(source.columns),
        )
    found = dict(chosen) or guess_mapping(source.columns, PLACE_COLUMNS, loose=False)
    if "lon" in found and "lat" in found:
        return Places(lon=found["lon"], lat=found["lat"])
    return Places(wkt=found.get("wkt"))


def located(source: Source, places: Places, crs: str | None, batch: int) -> Iterator[Batch]:
    """All batches of a source with their places in WGS 84.

    Raises FileRefused where most coordinates cannot be in ``crs`` (WGS 84 when None).
    """
    named = crs or source.crs or WGS84
    first = True
    for rows in source.read(batch):
        made = _batch(rows, places, named)
        refused = len(made.rejects) - len(rows.rejects)
        if first and refused > len(made.numbers) and _beyond(made):
            raise FileRefused(
                "文件里的坐标与坐标系 {crs} 不符，请用 --crs 指明坐标系", crs=named[:40]
            )
        first = False
        yield made


def raw_positions(rows: Rows, places: Places) -> Floats:
    """The coordinates (n, 2) of some rows as they stand in the file, without blanks."""
    if places.lon and places.lat:
        xy, _ = _numbers(rows.columns[places.lon], rows.columns[places.lat])
        return xy[np.isfinite(xy).all(axis=1)]
    if places.wkt:
        return np.asarray(shapely.get_coordinates(_wkt(rows.columns[places.wkt])))
    return np.empty((0, 2)) if rows.geometries is None else shapely.get_coordinates(rows.geometries)


_BEYOND = "坐标超出坐标系的范围"


def _beyond(made: Batch) -> bool:
    return any(reject.reason.startswith(_BEYOND) for reject in made.rejects)


def _batch(rows: Rows, places: Places, crs: str) -> Batch:
    if places.lon and places.lat:
        return _with_points(rows, places.lon, places.lat, crs)
    if places.wkt:
        rows = _with_wkt(rows, places.wkt)
    if rows.geometries is None:
        return Batch(rows.numbers, rows.columns, rejects=rows.rejects)
    return _with_geometries(rows, crs)


def _with_points(rows: Rows, lon: str, lat: str, crs: str) -> Batch:
    xy, bad = _numbers(rows.columns[lon], rows.columns[lat])
    blank = np.isnan(xy).all(axis=1)
    placed = xy if crs == WGS84 else to_wgs84(xy, crs)
    for i in np.flatnonzero(_out_of_range(xy, placed, crs) & ~blank):
        bad.setdefault(int(i), _beyond_reason(xy[i]))
    kept, keep = without(rows, bad)
    return Batch(kept.numbers, kept.columns, points=placed[keep], rejects=kept.rejects)


def _with_geometries(rows: Rows, crs: str) -> Batch:
    raw = rows.geometries if rows.geometries is not None else np.empty(0, dtype=object)
    placed = raw if crs == WGS84 else transform_geometries(raw, crs)
    bad: dict[int, str] = {}
    corners = _corners(raw)
    out = _out_of_range(corners, _corners(placed), crs).reshape(-1, 2).any(axis=1)
    for i in np.flatnonzero(out & ~shapely.is_missing(raw)):
        bad[int(i)] = _beyond_reason(corners[2 * i])
    kept, keep = without(rows, bad)
    placed = placed[keep]
    return Batch(kept.numbers, kept.columns, placed, _points(placed), kept.rejects)


def _with_wkt(rows: Rows, column: str) -> Rows:
    geometries = _wkt(rows.columns[column])
    bad = {
        int(i): "几何图形（WKT）读不懂"
        for i in np.flatnonzero(shapely.is_missing(geometries))
        if rows.columns[column][i] is not None
    }
    geometries[shapely.is_empty(geometries)] = None
    for i in np.flatnonzero(shapely.get_num_coordinates(geometries) > MAX_GEOMETRY_POINTS):
        bad[int(i)] = f"几何图形太大，超过 {MAX_GEOMETRY_POINTS} 个点"
    rows = Rows(rows.numbers, rows.columns, rows.rejects, shapely.force_2d(geometries))
    return without(rows, bad)[0]


def _wkt(cells: list[str | None]) -> Geometries:
    found = shapely.from_wkt(np.array(cells, dtype=object), on_invalid="fix")
    return np.atleast_1d(np.asarray(found, dtype=object))


def _numbers(lon: list[str | None], lat: list[str | None]) -> tuple[Floats, dict[int, str]]:
    """Cells as numbers (n, 2), NaN where both are blank; a reason where they are not numbers."""
    try:
        xy = np.empty((len(lon), 2))
        xy[:, 0] = np.fromiter(map(float, lon), np.float64, len(lon))  # type: ignore[arg-type]
        xy[:, 1] = np.fromiter(map(float, lat), np.float64, len(lat))  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return _numbers_one_by_one(lon, lat)
    strange = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    return xy, {int(i): f"坐标不是数字：{lon[i]}, {lat[i]}" for i in strange}


def _numbers_one_by_one(
    lon: list[str | None], lat: list[str | None]
) -> tuple[Floats, dict[int, str]]:
    xy, bad = np.full((len(lon), 2), np.nan), {}
    for i, (east, north) in enumerate(zip(lon, lat, strict=True)):
        try:
            if (east or "").strip() or (north or "").strip():
                xy[i] = float(east or ""), float(north or "")
                if not np.isfinite(xy[i]).all():
                    raise ValueError
        except ValueError:
            bad[i] = f"坐标不是数字：{east or '（空）'}, {north or '（空）'}"
    return xy, bad


def _corners(geometries: Geometries) -> Floats:
    """Both corners of each box, (2n, 2)."""
    return np.asarray(shapely.bounds(geometries), dtype=np.float64).reshape(-1, 2)


def _out_of_range(
    raw: Floats, placed: Floats, crs: str
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    out = ~np.isfinite(placed).all(axis=1) | (np.abs(placed) > (180.0, 90.0)).any(axis=1)
    if is_geographic(crs):
        out |= (np.abs(raw) > (180.0, 90.0)).any(axis=1)
    return np.asarray(out, dtype=np.bool_)


def _beyond_reason(xy: Floats) -> str:
    swapped = abs(xy[1]) <= 180 and abs(xy[0]) <= 90 < abs(xy[1])
    hint = "；经度和纬度可能写反了" if swapped else ""
    return f"{_BEYOND}：{xy[0]:.10g}, {xy[1]:.10g}{hint}"


def _points(geometries: Geometries) -> Floats | None:
    """Points as coordinates (n, 2), NaN where a row has none; None where another shape is."""
    known = ~shapely.is_missing(geometries)
    if not known.any() or (shapely.get_type_id(geometries[known]) != 0).any():
        return None
    xy = np.full((len(geometries), 2), np.nan)
    xy[known] = shapely.get_coordinates(geometries[known])
    return xy
