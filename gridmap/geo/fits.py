"""Which coordinate system a file is in: how well each candidate fits what is already there.

Figures for a person to choose by; nothing is shifted here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from gridmap.geo.coordinates import BD09, GCJ02, WGS84, Floats, Geometries, to_wgs84

DEGREE_CANDIDATES = (WGS84, "EPSG:4490", GCJ02, BD09)
# CGCS2000 in Gauss-Kruger zones of 3 degrees (with zone number, then without), then of 6 degrees.
METER_CANDIDATES = (
    *(f"EPSG:{code}" for code in range(4513, 4555)),
    *(f"EPSG:{code}" for code in range(4491, 4513)),
    "EPSG:3857",
)

SAMPLE = 2000
# A position this near is inside: boundaries are drawn to some meters at best.
INSIDE_M = 5.0
# A vertex this near to a line is a vertex of that line. Borders drawn twice still share many,
# while points within cells come near to lines by chance, equally often in every system.
SAME_LINE_M = 10.0
# Shares of such vertices decide from here on, where they differ this much among candidates.
TELLING_SHARE = 0.05
TELLING_RATIO = 2.0
_LATTICE_PER_SIDE = 5
_M_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Fit:
    """How one candidate fits: share (0-1) of positions inside what is there, the median distance
    in meters to its nearest line or point, and the share within ``SAME_LINE_M`` of one."""

    crs: str
    share_inside: float
    median_offset_m: float
    share_on_lines: float


def candidate_fits(positions: Floats | Sequence[float], reference: BaseGeometry) -> list[Fit]:
    """Every candidate system with its fit, best first.

    ``positions`` are raw coordinates (n, 2) of the file (at most ``SAMPLE`` of them are used), or
    its bounds (west, south, east, north); ``reference`` is what is already there, in WGS 84:
    boundaries, points or both. Where lines tell (see ``TELLING_SHARE``), the candidate with the
    most vertices on them goes first, then the larger share inside, then the simpler system.
    Candidates that put nothing inside are left out, except for the plain reading.
    """
    raw = _sample(positions)
    candidates = DEGREE_CANDIDATES if _like_degrees(raw) else METER_CANDIDATES
    measure = _Reference(reference)
    fits = [measure.fit(raw, crs) for crs in candidates]
    kept = [fit for fit in fits if fit.share_inside > 0 or fit.crs == candidates[0]]
    on_lines = [fit.share_on_lines for fit in kept]
    telling = max(on_lines) >= max(TELLING_SHARE, TELLING_RATIO * min(on_lines))
    return sorted(kept, key=lambda fit: _rank(fit, telling))


def _rank(fit: Fit, telling: bool) -> tuple[float, float]:
    return (-round(fit.share_on_lines, 2) if telling else 0.0, -round(fit.share_inside, 2))


def _sample(positions: Floats | Sequence[float]) -> Floats:
    given = np.asarray(positions, dtype=np.float64)
    if given.shape == (4,):
        x = np.linspace(given[0], given[2], _LATTICE_PER_SIDE)
        y = np.linspace(given[1], given[3], _LATTICE_PER_SIDE)
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    given = given[np.isfinite(given).all(axis=1)]
    return given[:: max(1, -(-len(given) // SAMPLE))]


def _like_degrees(raw: Floats) -> bool:
    return bool((np.abs(raw) <= (180.0, 90.0)).all())


class _Reference:
    """What is there, once as areas and once as an index over its single edges and points."""

    def __init__(self, reference: BaseGeometry) -> None:
        self.parts: Geometries = np.asarray(shapely.get_parts([reference]), dtype=object)
        while (shapely.get_type_id(self.parts) >= 4).any():
            self.parts = np.asarray(shapely.get_parts(self.parts), dtype=object)
        latitude = np.nanmean(shapely.bounds(self.parts)[:, 1::2]) if len(self.parts) else 0.0
        self.scale = np.array([np.cos(np.radians(latitude)), 1.0]) * _M_PER_DEGREE
        flat = shapely.transform(self.parts, lambda xy: xy * self.scale)
        self.areas = shapely.STRtree(flat)
        self.edges = shapely.STRtree(_edges(flat))
        self.geod = Geod(ellps="GRS80")

    def fit(self, raw: Floats, crs: str) -> Fit:
        degrees = to_wgs84(raw, crs)
        degrees = degrees[np.isfinite(degrees).all(axis=1)]
        if not len(degrees) or not len(self.edges.geometries):
            return Fit(crs, 0.0, float("inf"), 0.0)
        points = np.asarray(shapely.points(degrees * self.scale), dtype=object)
        near, _ = self.areas.query(points, predicate="dwithin", distance=INSIDE_M)
        share = len(np.unique(near)) / len(raw)
        offsets = self._offsets(points)
        return Fit(crs, share, float(np.median(offsets)), float((offsets < SAME_LINE_M).mean()))

    def _offsets(self, points: Geometries) -> Floats:
        of, nearest = self.edges.query_nearest(points, all_matches=False)
        lines = shapely.shortest_line(points[of], self.edges.geometries[nearest])
        ends = shapely.get_coordinates(lines).reshape(-1, 4) / np.tile(self.scale, 2)
        return np.asarray(self.geod.inv(*ends.T)[2], dtype=np.float64)


def _edges(parts: Geometries) -> Geometries:
    """All edges of areas and lines as single segments, and all points."""
    points = parts[shapely.get_type_id(parts) == 0]
    areas = parts[shapely.get_type_id(parts) == 3]
    lines = parts[np.isin(shapely.get_type_id(parts), (1, 2))]
    strings = np.concatenate([shapely.get_rings(areas), lines])
    xy, of = shapely.get_coordinates(strings, return_index=True)
    pairs = np.stack([xy[:-1], xy[1:]], axis=1)[of[:-1] == of[1:]]
    segments = shapely.linestrings(pairs) if len(pairs) else np.empty(0, dtype=object)
    return np.concatenate([points, segments])
