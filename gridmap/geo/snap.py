"""Closing slivers between neighbors without moving any edge that already fits."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from gridmap.geo.coverage import Area, Shapes
from gridmap.geo.lattice import (
    M_PER_UNIT,
    PER_DEGREE,
    Edges,
    Geometries,
    Ints,
    degrees_of,
    edges_of,
    pack,
    units_of,
    unmatched,
    unpack,
)
from gridmap.geo.noding import (
    SAME_PLACE_UNITS,
    all_edges,
    edited,
    insertions,
    noded_frame,
)

ROUNDS = 3
"""A vertex moved to a line may come within reach of a third area's; seldom twice."""


@dataclass(frozen=True)
class _Ground:
    """What an area may be snapped to: points and edges (packed, in units) that stay, how far it
    reaches, in units of latitude, and what makes units of longitude comparable to them."""

    points: Ints
    edges: Edges
    reach: float
    scale: npt.NDArray[np.float64]


def snap(shapes: Shapes, frame: Area | None, tolerance_m: float) -> dict[str, Area]:
    """The areas (WGS 84, on the lattice) with gaps and overlaps up to ``tolerance_m`` closed.

    Only edges without a counterpart change: they are led through the vertices of what they miss,
    and their free vertices move onto it, to the frame first, then to areas earlier in the order.
    Vertices that a fitting edge has do not move, except where it meets the frame; areas all of
    whose edges fit come back as the same objects. An area that would not stay valid is left as it
    was. What is left open is for ``defects`` to say: this closes what it can and promises no
    more. The frame itself is not changed.
    """
    codes, areas = list(shapes), units_of(list(shapes.values()))
    before = areas.copy()
    border = None if frame is None else units_of([frame])[0]
    latitude = np.nanmean(shapely.bounds(areas)[:, 1::2]) / PER_DEGREE
    scale = np.array([np.cos(np.radians(latitude)), 1.0])
    for _ in range(ROUNDS):
        reach = tolerance_m / M_PER_UNIT
        changed = border is not None and _to_frame(areas, border, reach, scale)
        if not _round(areas, border, reach, scale) and not changed:
            break
    same = shapely.equals_exact(areas, before)
    return {code: shapes[code] if same[i] else degrees_of(areas[i]) for i, code in enumerate(codes)}


def _to_frame(
    areas: Geometries, border: Area, reach: float, scale: npt.NDArray[np.float64]
) -> bool:
    """Move the border's vertices onto the frame, each in all areas that have it, so that edges
    between them go on to fit."""
    edges = all_edges(areas, noded_frame(areas, border))
    bad = edges.where(unmatched(edges))
    outer, inner = bad.where(bad.owner == len(areas)), bad.where(bad.owner < len(areas))
    ends = np.r_[outer.start, outer.end]
    corners = np.intersect1d(ends, _points(border))
    astray = np.setdiff1d(np.r_[inner.start, inner.end], corners)
    ground = _Ground(np.empty(0, dtype=np.int64), outer, reach, scale)
    moves = _moves(np.setdiff1d(astray, ends), ground)
    moves |= _moves(astray, replace(ground, points=corners, edges=outer.where(outer.owner < 0)))
    with_them = edges.owner[np.isin(edges.start, list(moves)) & (edges.owner < len(areas))]
    changed = False
    for owner in np.unique(with_them):
        changed |= _replace(areas, int(owner), edited(areas[owner], {}, moves))
    return changed


def _round(
    areas: Geometries, border: Area | None, reach: float, scale: npt.NDArray[np.float64]
) -> bool:
    """Snap every area once, in place, then node what came to lie on each other's edges."""
    frame = None if border is None else noded_frame(areas, border)
    edges = all_edges(areas, frame)
    bad = edges.where(unmatched(edges))
    shared = edges_of(areas)
    shared = shared.where(~unmatched(shared))
    outer = bad.where(bad.owner == len(areas))
    corners = bad.start[:0] if border is None else _points(border)
    fixed = np.intersect1d(np.r_[bad.start, bad.end], np.r_[shared.start, shared.end, corners])
    ground = _Ground(fixed, outer, reach, scale)
    changed = False
    for owner in np.unique(bad.owner[bad.owner < len(areas)]):
        mine = bad.where(bad.owner == owner)
        changed |= _fit(areas, int(owner), mine, _near(ground, mine), fixed)
        ground = _settled(ground, areas[owner], mine)
    return _node(areas, border) or changed


def _fit(areas: Geometries, owner: int, mine: Edges, ground: _Ground, fixed: Ints) -> bool:
    own = _points(areas[owner])
    others = np.setdiff1d(ground.points, own)
    inserted = insertions(mine, others, ground.reach, ground.scale)
    free = np.setdiff1d(np.r_[mine.start, mine.end], fixed)
    return _replace(areas, owner, edited(areas[owner], inserted, _moves(free, ground)))


def _moves(free: Ints, ground: _Ground) -> dict[int, int]:
    """Where free vertices go: to the nearest point of the ground, else to its nearest edge."""
    moves: dict[int, int] = {}
    places = np.asarray(shapely.points(unpack(free) * ground.scale), dtype=object)
    if len(ground.edges) and len(free):
        ends = [unpack(points) * ground.scale for points in (ground.edges.start, ground.edges.end)]
        lines = np.asarray(shapely.linestrings(np.stack(ends, axis=1)), dtype=object)
        vertex, line = _nearest(places, lines, ground.reach)
        at = shapely.line_locate_point(lines[line], places[vertex])
        spots = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], at))
        targets = pack(np.floor(spots / ground.scale + 0.5).astype(np.int64))
        moves.update(zip(free[vertex].tolist(), targets.tolist(), strict=True))
    if len(ground.points) and len(free):
        points = np.asarray(shapely.points(unpack(ground.points) * ground.scale), dtype=object)
        vertex, point = _nearest(places, points, ground.reach)
        moves.update(zip(free[vertex].tolist(), ground.points[point].tolist(), strict=True))
    return moves


def _nearest(places: Geometries, targets: Geometries, reach: float) -> tuple[Ints, Ints]:
    found = shapely.STRtree(targets).query_nearest(places, max_distance=reach, all_matches=False)
    return found[0], found[1]


def _near(ground: _Ground, mine: Edges) -> _Ground:
    """The part of the ground within reach of some edges' box."""
    box = unpack(np.r_[mine.start, mine.end])
    margin = np.ceil(ground.reach / ground.scale)
    low, high = box.min(axis=0) - margin, box.max(axis=0) + margin
    place = unpack(ground.points)
    ends = np.stack([unpack(ground.edges.start), unpack(ground.edges.end)])
    inside = ((place >= low) & (place <= high)).all(axis=1)
    meets = ((ends.max(axis=0) >= low) & (ends.min(axis=0) <= high)).all(axis=1)
    return _Ground(ground.points[inside], ground.edges.where(meets), ground.reach, ground.scale)


def _settled(ground: _Ground, area: Area, mine: Edges) -> _Ground:
    """The ground with the edges of an area that were bad or are new; they stay from here on."""
    now = edges_of(np.array([area], dtype=object))
    touched = np.unique(np.r_[mine.start, mine.end])
    new = now.where(np.isin(now.start, touched) | np.isin(now.end, touched))
    joined = Edges(
        np.r_[ground.edges.start, new.start],
        np.r_[ground.edges.end, new.end],
        np.r_[ground.edges.owner, new.owner],
    )
    points = np.unique(np.r_[ground.points, new.start, new.end])
    return _Ground(points, joined, ground.reach, ground.scale)


def _node(areas: Geometries, border: Area | None) -> bool:
    """Give edges the vertices of others that lie on them, to within the rounding."""
    frame = None if border is None else noded_frame(areas, border)
    edges = all_edges(areas, frame)
    bad = edges.where(unmatched(edges))
    ends = np.unique(np.r_[bad.start, bad.end])
    changed = False
    for owner in np.unique(bad.owner[bad.owner < len(areas)]):
        mine = bad.where(bad.owner == owner)
        others = np.setdiff1d(ends, _points(areas[owner]))
        made = edited(areas[owner], insertions(mine, others, SAME_PLACE_UNITS), {})
        changed |= _replace(areas, int(owner), made)
    return changed


def _replace(areas: Geometries, owner: int, made: Area | None) -> bool:
    if made is None or not made.is_valid or shapely.equals_exact(made, areas[owner]):
        return False
    areas[owner] = made
    return True


def _points(area: Area) -> Ints:
    return np.unique(pack(shapely.get_coordinates(area).astype(np.int64)))
