"""Whether areas cover their frame with no gap and no overlap, and every place where they do not.

The check is exact and needs no tolerance: on the lattice (``gridmap.geo.lattice``) every area is a
valid polygon, and every directed edge stands once and its reverse stands once in a neighbor, or it
is an edge of the frame. Both together imply an exact partition, since winding numbers add up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.geo.lattice import (
    Edges,
    Geometries,
    degrees_of,
    to_degrees,
    to_lattice,
    units_of,
    unpack,
)
from gridmap.geo.noding import bad_edges, noded_frame

__all__ = ["Defect", "defects", "is_whole", "outline", "to_lattice"]

Area = Polygon | MultiPolygon
Shapes = Mapping[str, Area]
Kind = Literal["overlap", "gap", "outside", "invalid"]

# Where a defect of some area was named, bad edges this near belong to it.
_NAMED_WITHIN_UNITS = 2.0


@dataclass(frozen=True)
class Defect:
    """One place where a coverage is not whole: ``kind``, the codes of the areas concerned, its
    area in square meters on the spheroid (0 where only vertices are missing), a point in it in
    WGS 84, and its geometry in WGS 84 (a line where it has no area, a point for ``invalid``)."""

    kind: Kind
    codes: tuple[str, ...]
    area_m2: float
    lon: float
    lat: float
    geometry: BaseGeometry


def is_whole(shapes: Shapes, frame: Area | None = None) -> bool:
    """The exact check, yes or no; see ``defects``."""
    areas = units_of(list(shapes.values()))
    if not len(areas) or not shapely.is_valid(areas).all():
        return not len(areas) and frame is None
    return not len(bad_edges(areas, _frame_units(areas, frame)))


def defects(shapes: Shapes, frame: Area | None = None) -> list[Defect]:
    """Every defect of the areas (code → WGS 84), invalid ones first, then by size.

    Empty exactly where ``is_whole``. ``outside`` is what lies beyond the frame. Coordinates are
    put on the lattice first. The frame may lack the vertices of areas that lie on its edges.
    Without a frame, the outline of the areas is taken, and every hole in it is a gap.
    """
    codes = list(shapes)
    areas = units_of(list(shapes.values()))
    found = list(_invalid(codes, areas))
    sound = np.asarray(shapely.make_valid(areas), dtype=object) if found else areas
    border = _frame_units(sound, frame)
    bad = bad_edges(areas, border)
    if border is None or not len(bad):
        return found
    named = [
        *_overlaps(codes, sound, np.unique(bad.owner[bad.owner < len(areas)])),
        *_gaps(codes, sound, border),
        *(_outside(codes, sound, border) if frame is not None else ()),
    ]
    left = list(_unnamed(codes, bad, [geometry for _, _, geometry in named]))
    measured = [_defect(kind, where, geometry) for kind, where, geometry in [*named, *left]]
    return [*found, *sorted(measured, key=lambda defect: -defect.area_m2)]


def outline(shapes: Shapes) -> Area | None:
    """The outer border of the areas in WGS 84, holes filled; None of nothing."""
    made = _outline(units_of(list(shapes.values())))
    return None if made is None else degrees_of(made)


def _frame_units(areas: Geometries, frame: Area | None) -> Area | None:
    if frame is None:
        return _outline(areas)
    border: Area = units_of([frame])[0]
    return noded_frame(areas, border) if len(areas) else border


def _outline(areas: Geometries) -> Area | None:
    if not len(areas):
        return None
    whole = _polygons(shapely.union_all(areas))
    filled = np.array([shapely.union_all([Polygon(part.exterior) for part in whole])])
    made: Area = shapely.orient_polygons(filled)[0]
    return made


Named = tuple[Kind, tuple[str, ...], BaseGeometry]


def _invalid(codes: list[str], areas: Geometries) -> Iterator[Defect]:
    for i in np.flatnonzero(~shapely.is_valid(areas)):
        place = str(shapely.is_valid_reason(areas[i])).partition("[")[2].rstrip("]").split()
        lon, lat = to_degrees(np.array([float(value) for value in place[:2]] or [np.nan] * 2))
        yield Defect("invalid", (codes[i],), 0.0, float(lon), float(lat), Point(lon, lat))


def _overlaps(codes: list[str], areas: Geometries, suspects: Geometries) -> Iterator[Named]:
    tree = shapely.STRtree(areas)
    one, other = tree.query(areas[suspects], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([suspects[one], other]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    for (a, b), common in zip(
        pairs, shapely.intersection(areas[pairs[:, 0]], areas[pairs[:, 1]]), strict=True
    ):
        for part in _polygons(common):
            yield "overlap", (codes[a], codes[b]), part


def _gaps(codes: list[str], areas: Geometries, border: Area) -> Iterator[Named]:
    tree = shapely.STRtree(areas)
    for part in _polygons(shapely.difference(border, shapely.union_all(areas))):
        near = sorted(tree.query(part, predicate="dwithin", distance=_NAMED_WITHIN_UNITS))
        yield "gap", tuple(codes[i] for i in near), part


def _outside(codes: list[str], areas: Geometries, border: Area) -> Iterator[Named]:
    shapely.prepare(border)
    for i in np.flatnonzero(~shapely.covered_by(areas, border)):
        for part in _polygons(shapely.difference(areas[i], border)):
            yield "outside", (codes[i],), part


def _unnamed(codes: list[str], bad: Edges, named: list[BaseGeometry]) -> Iterator[Named]:
    """Bad edges far from every named defect: neighbors lack a vertex of each other."""
    pairs = np.stack([unpack(bad.start), unpack(bad.end)], axis=1)
    lines = np.asarray(shapely.linestrings(pairs.astype(np.float64)), dtype=object)
    tree = shapely.STRtree(named)
    beside = np.unique(tree.query(lines, predicate="dwithin", distance=_NAMED_WITHIN_UNITS)[0])
    rest = np.setdiff1d(np.arange(len(lines)), beside)
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines[rest])))
    owners = shapely.STRtree(lines[rest])
    for line in merged[~shapely.is_empty(merged)]:
        near = bad.owner[rest[owners.query(line, predicate="dwithin", distance=1.0)]]
        yield "gap", tuple(codes[i] for i in np.unique(near) if i < len(codes)), line


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    parts = shapely.get_parts(geometry)
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _defect(kind: Kind, codes: tuple[str, ...], geometry: BaseGeometry) -> Defect:
    shape = shapely.transform(geometry, to_degrees)
    inside = geometry.representative_point()
    # A sliver far thinner than the lattice has no representative point.
    at = shapely.get_coordinates(geometry if inside.is_empty else inside)[0]
    lon, lat = to_degrees(at).tolist()
    area = abs(_geod().geometry_area_perimeter(shape)[0]) if shape.area else 0.0
    return Defect(kind, codes, float(area), lon, lat, shape)


@lru_cache(maxsize=1)
def _geod() -> Geod:
    return Geod(ellps="GRS80")
