"""Repair of areas, only where there is one thing that the file can have meant."""

import numpy as np
import shapely
from shapely.geometry import LinearRing, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

_LEAST_CORNERS = 3
_AREA = ("Polygon", "MultiPolygon")


def repair(geometry: BaseGeometry | None) -> tuple[Polygon | MultiPolygon | None, str | None]:
    """The area as it must have been meant, or None and the reason (Chinese) why that is unsure.

    Shells come out counterclockwise and holes clockwise, without repeated points or rings that
    have no area; rings of a part that are given in the wrong order are put in order (the one that
    holds the others is the shell). Nothing that would move, add or drop a stretch of border is
    done. Any coordinate system; heights are dropped.
    """
    if geometry is None or geometry.is_empty:
        return None, "没有几何图形"
    if geometry.geom_type not in _AREA:
        return None, f"应为面，而不是 {geometry.geom_type}"
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return None, "坐标不是数字"
    parts = [_part(part) for part in shapely.get_parts(shapely.force_2d(geometry))]
    found = [part for part in parts if part is not None]
    if not found:
        return None, "面积为零"
    whole = found[0] if geometry.geom_type == "Polygon" else MultiPolygon(found)
    return (whole, None) if whole.is_valid else (None, _reason(whole))


def _part(part: Polygon) -> Polygon | None:
    """One part with its rings cleaned and put in order; None where no ring has an area."""
    cleaned = [_ring(ring) for ring in (part.exterior, *part.interiors)]
    rings = [ring for ring in cleaned if ring is not None]
    if not rings:
        return None
    made = Polygon(rings[0], rings[1:])
    if not made.is_valid:
        made = _in_order(rings) or made
    return shapely.orient_polygons(made)


def _ring(ring: LinearRing) -> LinearRing | None:
    points = shapely.get_coordinates(ring)
    if not len(points):
        return None
    points = points[np.r_[True, (points[1:] != points[:-1]).any(axis=1)]]
    return LinearRing(points) if len(np.unique(points, axis=0)) >= _LEAST_CORNERS else None


def _in_order(rings: list[LinearRing]) -> Polygon | None:
    """The one polygon whose shell is the ring that holds all others, if that is one."""
    largest = max(rings, key=lambda ring: Polygon(ring).area)
    if largest is rings[0]:
        return None
    made = Polygon(largest, [ring for ring in rings if ring is not largest])
    return made if made.is_valid else None


_REASONS = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界的一圈与自己相接",
    "Hole lies outside shell": "洞在边界之外",
    "Holes are nested": "洞里套洞",
    "Interior is disconnected": "内部被断开",
    "Nested shells": "一个部分在另一个部分之内",
    "Duplicate Rings": "同一圈出现两次",
    "Too few points in geometry component": "一圈的点太少",
}


def _reason(geometry: BaseGeometry) -> str:
    """What GEOS finds, in words, with the place that it names."""
    what, _, place = shapely.is_valid_reason(geometry).partition("[")
    where = "，".join(f"{float(value):.7g}" for value in place.rstrip("]").split()[:2])
    return f"{_REASONS.get(what.strip(), '图形无效')}（{where}）"
