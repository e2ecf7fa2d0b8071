"""The made-up county's borders as numbers, and asking whose many points are."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from gridmap.queries.locate_many import LocatedMany, Territory, locate_many, territory
from tests.conftest import NOW

LATTICE = 10**7
WORLD = (-180.0, -90.0, 180.0, 90.0)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Borders:
    """Vertices and edges of all grids, each once, with the codes of the grids that have them.

    ``vertices`` (n, 2) and ``edges`` (m, 4) are degrees on the lattice.
    """

    vertices: Floats
    of_vertex: list[frozenset[str]]
    edges: Floats
    of_edge: list[frozenset[str]]

    @cached_property
    def outer(self) -> frozenset[tuple[float, float]]:
        """Vertices of edges that have a grid on one side only."""
        alone = [n for n, codes in enumerate(self.of_edge) if len(codes) == 1]
        return frozenset((x, y) for x, y in self.edges[alone].reshape(-1, 2).tolist())

    def corners(self, ways: int) -> list[int]:
        """Vertices where exactly that many grids meet."""
        return [n for n, codes in enumerate(self.of_vertex) if len(codes) == ways]


def borders_of(connection: Connection) -> Borders:
    """The borders of the open grids."""
    rows = connection.execute(
        text(
            "SELECT g.code, ST_AsBinary(v.shape) FROM grid_version AS v"
            " JOIN grid AS g ON g.id = v.grid WHERE upper_inf(v.during) ORDER BY g.code"
        )
    ).all()
    return _borders(tuple((code, bytes(shape)) for code, shape in rows))


@cache
def _borders(rows: tuple[tuple[str, bytes], ...]) -> Borders:
    of_vertex: dict[tuple[int, int], set[str]] = {}
    of_edge: dict[tuple[tuple[int, int], tuple[int, int]], set[str]] = {}
    for code, shape in rows:
        polygons = shapely.get_parts(shapely.from_wkb(shape))
        for ring in shapely.get_rings(polygons):
            numbers = np.rint(shapely.get_coordinates(ring) * LATTICE).astype(int).tolist()
            points = [(x, y) for x, y in numbers]
            for a, b in pairwise(points):
                of_vertex.setdefault(a, set()).add(code)
                of_edge.setdefault((min(a, b), max(a, b)), set()).add(code)
    return Borders(
        np.array(list(of_vertex)) / LATTICE,
        [frozenset(codes) for codes in of_vertex.values()],
        np.array([[*a, *b] for a, b in of_edge]) / LATTICE,
        [frozenset(codes) for codes in of_edge.values()],
    )


def middles(borders: Borders) -> Floats:
    """The middle of every edge, as near as numbers can come to it."""
    return np.asarray((borders.edges[:, :2] + borders.edges[:, 2:]) / 2)


def places_to_try(
    borders: Borders, count: int, shifts: Sequence[tuple[float, float]], *, seed: int
) -> list[tuple[float, float, frozenset[str]]]:
    """Corners, vertices and edge midpoints, a third each, shifted a little; and who meets there."""
    draw = random.Random(seed)
    vertices = list(zip(borders.vertices.tolist(), borders.of_vertex, strict=True))
    edges = list(zip(middles(borders).tolist(), borders.of_edge, strict=True))
    third = count // 3
    chosen = [vertices[n] for n in draw.sample(borders.corners(3), third)]
    chosen += draw.sample(vertices, third) + draw.sample(edges, count - 2 * third)
    moved = [(place, draw.choice(shifts)) for place in chosen]
    return [(lon + dx, lat + dy, codes) for ((lon, lat), codes), (dx, dy) in moved]


def whole_territory(connection: Connection) -> Territory:
    """Everything there is, for today."""
    return territory(connection, WORLD, first=NOW, last=NOW, now=NOW, nearest_limit_m=200.0)


def ask_many(
    known: Territory, points: Floats | Sequence[tuple[float, float]]
) -> tuple[LocatedMany, list[str]]:
    """The answers for points of unstated accuracy today, and the code of each one's grid."""
    points = np.asarray(points, dtype=float)
    at = np.full(len(points), NOW.timestamp())
    found = locate_many(known, points, at, accuracy_m=np.zeros(len(points)), measured=False)
    return found, [found.versions[v].code if v >= 0 else "" for v in found.version]
