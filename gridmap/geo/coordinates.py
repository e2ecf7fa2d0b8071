"""Coordinate systems: to and from WGS 84 (EPSG:4326), the one system that is stored.

A system is named by ``"gcj02"``, ``"bd09"`` or by anything PROJ reads (``"EPSG:4490"``, the WKT
of a file). Coordinates are always x before y, longitude before latitude.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gridmap.errors import InvalidInput

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

WGS84 = "EPSG:4326"
GCJ02 = "gcj02"
BD09 = "bd09"

# The published constants: Krasovsky's ellipsoid for GCJ-02, Baidu's own turn for BD-09.
_AXIS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_TURN = np.pi * 3000.0 / 180.0
_BAIDU_SHIFT = (0.0065, 0.006)

# Each round divides the error by about 200: 2.65 m, 0.013 m, 6e-5 m, 3e-7 m.
INVERSE_ROUNDS = 4

# A generous outline (longitude, latitude), some 0.1 to 0.5 degrees outside the land border.
# The usual rectangle would also shift Ulaanbaatar, Seoul, Hanoi, Kathmandu and Almaty.
# Taiwan, Hong Kong and Macau are inside, as in the published algorithm.
CHINA_OUTLINE = (
    *((73.2, 39.4), (73.8, 40.3), (76.0, 40.9), (78.3, 41.6), (79.9, 42.3), (80.0, 45.2)),
    *((82.2, 45.6), (82.7, 47.4), (85.3, 47.3), (85.5, 48.6), (87.3, 49.4), (88.2, 49.1)),
    *((90.3, 48.1), (91.3, 46.9), (91.2, 45.4), (93.6, 45.1), (95.7, 44.4), (96.6, 42.9)),
    *((100.0, 42.9), (105.0, 41.9), (107.4, 42.7), (109.4, 42.7), (111.3, 43.8), (111.6, 45.3)),
    *((113.6, 45.0), (116.0, 46.7), (117.4, 46.7), (119.6, 46.9), (118.5, 47.6), (115.3, 47.5)),
    *((115.2, 48.3), (116.6, 50.1), (119.0, 50.2), (119.8, 51.8), (119.8, 53.0), (121.0, 53.6)),
    *((123.6, 53.8), (126.0, 53.2), (127.9, 50.4), (128.0, 49.9), (130.8, 49.1), (131.1, 48.0)),
    *((132.6, 48.1), (134.8, 48.7), (135.3, 48.4), (133.5, 45.1), (131.9, 45.1), (131.5, 44.0)),
    *((131.6, 43.0), (130.8, 42.3), (129.9, 43.1), (129.0, 42.3), (128.0, 41.9), (126.9, 41.9)),
    *((126.1, 41.1), (124.6, 40.1), (124.1, 39.5), (124.0, 33.0), (124.0, 26.0), (122.4, 24.5)),
    *((122.0, 21.5), (119.5, 19.0), (118.5, 15.0), (115.5, 7.0), (112.0, 3.5), (109.5, 5.0)),
    *((110.0, 12.0), (110.0, 16.0), (108.2, 18.0), (108.2, 21.4), (107.3, 21.4), (106.4, 22.0)),
    *((106.4, 22.7), (105.3, 23.1), (104.0, 22.4), (102.5, 22.3), (101.9, 21.0), (101.1, 21.2)),
    *((99.8, 21.8), (98.8, 22.0), (98.5, 23.5), (97.3, 23.7), (97.4, 25.0), (98.3, 26.0)),
    *((98.2, 27.3), (97.3, 27.9), (95.2, 26.6), (92.0, 26.7), (91.5, 27.8), (89.9, 28.1)),
    *((89.2, 27.2), (88.8, 27.2), (88.6, 27.9), (86.0, 27.8), (84.0, 28.7), (82.0, 30.0)),
    *((80.9, 30.0), (78.6, 31.0), (78.2, 32.5), (78.5, 34.3), (75.8, 35.6), (74.6, 37.0)),
)


def to_wgs84(xy: Floats, crs: str) -> Floats:
    """Positions (n, 2) in ``crs`` as WGS 84 degrees (n, 2).

    GCJ-02 and BD-09 are undone by fixed-point iteration, exact to under a millimeter; outside
    ``CHINA_OUTLINE`` nothing is shifted. A position that has no answer becomes NaN. Raises
    InvalidInput for an unknown system.
    """
    xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if crs == GCJ02:
        return _from_gcj02(xy)
    if crs == BD09:
        return _from_gcj02(_bd09_to_gcj02(xy))
    return _project(xy, crs, WGS84)


def from_wgs84(xy: Floats, crs: str) -> Floats:
    """WGS 84 degrees (n, 2) as positions (n, 2) in ``crs``; the other way of ``to_wgs84``."""
    xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if crs == GCJ02:
        return _to_gcj02(xy)
    if crs == BD09:
        return np.where(in_china(xy)[:, None], _gcj02_to_bd09(_to_gcj02(xy)), xy)
    return _project(xy, WGS84, crs)


def transform_geometries(geometries: Geometries, crs: str) -> Geometries:
    """Geometries in ``crs`` as WGS 84, without heights; None stays None."""
    flat = shapely.force_2d(geometries)
    return np.asarray(shapely.transform(flat, lambda xy: to_wgs84(xy, crs)), dtype=object)


def geometries_from_wgs84(geometries: Geometries, crs: str) -> Geometries:
    """WGS 84 geometries in ``crs``; None stays None."""
    return np.asarray(shapely.transform(geometries, lambda xy: from_wgs84(xy, crs)), dtype=object)


def checked_crs(name: str) -> str:
    """The name as the functions here take it: ``gcj02``, ``bd09``, ``EPSG:n`` or WKT.

    Raises InvalidInput for a name that neither gridmap nor PROJ knows.
    """
    if name.strip().lower() in (GCJ02, BD09):
        return name.strip().lower()
    crs = _crs(name.strip())
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else str(crs.to_wkt())


def is_geographic(crs: str) -> bool:
    """Whether the coordinates of this system are degrees."""
    return crs in (GCJ02, BD09) or bool(_crs(crs).is_geographic)


def in_china(xy: Floats) -> npt.NDArray[np.bool_]:
    """Which of the degrees (n, 2) lie in the generous outline of China."""
    return np.asarray(shapely.contains_xy(_china(), xy[:, 0], xy[:, 1]), dtype=np.bool_)


@lru_cache(maxsize=1)
def _china() -> shapely.Polygon:
    outline = shapely.Polygon(CHINA_OUTLINE)
    shapely.prepare(outline)
    return outline


@lru_cache(maxsize=64)
def _crs(name: str) -> CRS:
    try:
        return CRS.from_user_input(name)
    except CRSError:
        raise InvalidInput("不认识的坐标系：{crs}", crs=name[:80]) from None


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(_crs(source), _crs(target), always_xy=True)


def _project(xy: Floats, source: str, target: str) -> Floats:
    if _crs(source) == _crs(target):
        return xy.copy()
    try:
        x, y = _transformer(source, target).transform(xy[:, 0], xy[:, 1])
    except ProjError:
        raise InvalidInput("坐标系 {crs} 不能与 WGS 84 互换", crs=source[:80]) from None
    moved = np.column_stack([x, y]).reshape(-1, 2)
    moved[~np.isfinite(moved).all(axis=1)] = np.nan
    return moved


def _gcj02_offset(xy: Floats) -> Floats:
    """The published offset of GCJ-02 at WGS 84 degrees, in degrees."""
    x, y = xy[:, 0] - 105.0, xy[:, 1] - 35.0
    pi, root = np.pi, np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    latitude = np.radians(xy[:, 1])
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian = _AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / (magic * np.sqrt(magic))
    parallel = _AXIS_M / np.sqrt(magic) * np.cos(latitude)
    return np.column_stack([np.degrees(east / parallel), np.degrees(north / meridian)])


def _to_gcj02(xy: Floats) -> Floats:
    return np.where(in_china(xy)[:, None], xy + _gcj02_offset(xy), xy)


def _from_gcj02(xy: Floats) -> Floats:
    found = xy.copy()
    for _ in range(INVERSE_ROUNDS):
        found = xy - _gcj02_offset(found)
    # The original decides, as it does on the way there; only where both lie within some
    # hundred meters of the generous outline, in the sea or abroad, are there two answers.
    return np.where(in_china(found)[:, None], found, xy)


def _gcj02_to_bd09(xy: Floats) -> Floats:
    x, y = xy[:, 0], xy[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_TURN)
    east, north = _BAIDU_SHIFT
    return np.column_stack([radius * np.cos(angle) + east, radius * np.sin(angle) + north])


def _bd09_to_gcj02(xy: Floats) -> Floats:
    found = xy - _BAIDU_SHIFT
    for _ in range(INVERSE_ROUNDS):
        found = found - (_gcj02_to_bd09(found) - xy)
    return np.where(in_china(found)[:, None], found, xy)
