"""Leading edges through points, and rings edited vertex by vertex, on the lattice."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LinearRing, MultiPolygon, Polygon

from gridmap.geo.lattice import Edges, Geometries, Ints, edges_of, pack, unmatched, unpack

Area = Polygon | MultiPolygon
Insertions = dict[tuple[int, int], list[int]]
"""Directed edge (packed start and end) → packed points to lead it through, in its direction."""

SAME_PLACE_UNITS = 1.0
"""A vertex this near to an edge lies on it: the rounding of both to the lattice explains it."""
_PLAIN = np.array([1.0, 1.0])
_LEAST_CORNERS = 3


def all_edges(areas: Geometries, frame: Area | None) -> Edges:
    """The edges of all areas and, against their direction and owned by ``len(areas)``, of the
    frame, so that in a whole coverage every edge has its reverse."""
    mine = edges_of(areas)
    if frame is None:
        return mine
    outer = edges_of(np.array([frame], dtype=object))
    owner = np.full(len(outer), len(areas), dtype=np.int64)
    return Edges(
        np.r_[mine.start, outer.end], np.r_[mine.end, outer.start], np.r_[mine.owner, owner]
    )


def bad_edges(areas: Geometries, frame: Area | None) -> Edges:
    """The edges that break the chain: those not standing once against their reverse."""
    edges = all_edges(areas, frame)
    return edges.where(unmatched(edges))


def noded_frame(areas: Geometries, frame: Area) -> Area:
    """The frame led through the vertices of areas that lie on its edges (all in units).

    Where two areas meet on a border that another file drew, only they have the vertex.
    """
    bad = bad_edges(areas, frame)
    outer = bad.where(bad.owner == len(areas))
    inner = bad.where(bad.owner < len(areas))
    points = np.unique(np.r_[inner.start, inner.end])
    points = np.setdiff1d(points, np.r_[outer.start, outer.end])
    turned = Edges(outer.end, outer.start, outer.owner)
    made = edited(frame, insertions(turned, points, SAME_PLACE_UNITS), {})
    return made if made is not None and made.is_valid else frame


def insertions(
    edges: Edges, points: Ints, reach: float, scale: npt.NDArray[np.float64] = _PLAIN
) -> Insertions:
    """Which of the packed points each edge passes within ``reach`` (units times ``scale``)."""
    if not len(edges) or not len(points):
        return {}
    start, end = unpack(edges.start) * scale, unpack(edges.end) * scale
    place = unpack(points) * scale
    tree = shapely.STRtree(np.asarray(shapely.points(place), dtype=object))
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    edge, point = tree.query(lines, predicate="dwithin", distance=reach)
    along = end[edge] - start[edge]
    share = ((place[point] - start[edge]) * along).sum(axis=1) / (along**2).sum(axis=1)
    found: Insertions = {}
    for i in np.lexsort((share, edge)):
        if 0 < share[i] < 1:
            key = (int(edges.start[edge[i]]), int(edges.end[edge[i]]))
            found.setdefault(key, []).append(int(points[point[i]]))
    return found


def edited(area: Area, inserted: Insertions, moved: Mapping[int, int]) -> Area | None:
    """An area in units with points inserted into edges, then vertices moved; spikes vanish.
    None where nothing is left."""
    parts = []
    for part in shapely.get_parts(area):
        rings = [_edited_ring(ring, inserted, moved) for ring in (part.exterior, *part.interiors)]
        if rings[0] is not None:
            parts.append(Polygon(rings[0], [ring for ring in rings[1:] if ring is not None]))
    if not parts:
        return None
    return parts[0] if area.geom_type == "Polygon" else MultiPolygon(parts)


def _edited_ring(
    ring: LinearRing, inserted: Insertions, moved: Mapping[int, int]
) -> LinearRing | None:
    old = pack(shapely.get_coordinates(ring).astype(np.int64)).tolist()
    new: list[int] = []
    for start, end in pairwise(old):
        for point in (start, *inserted.get((start, end), ())):
            _step(new, moved.get(point, point))
    while len(new) >= _LEAST_CORNERS and (new[-1] == new[0] or new[-2] == new[0]):
        new.pop()
    while len(new) >= _LEAST_CORNERS and new[1] == new[-1]:
        new = new[1:-1]
    if len(new) < _LEAST_CORNERS:
        return None
    return LinearRing(unpack(np.array([*new, new[0]], dtype=np.int64)))


def _step(ring: list[int], point: int) -> None:
    """Go on to a point; standing still is no step, and going back takes the last one away."""
    if ring and ring[-1] == point:
        return
    if len(ring) > 1 and ring[-2] == point:
        ring.pop()
        return
    ring.append(point)
