"""A gapless partition of land into areas with natural borders, exact to the lattice.

The land is cut into many small cells (Voronoi cells of points that lie densest where people
live). Each area gathers the cells that are nearest to its seed by a cost that climbs with the
terrain and jumps at rivers, so that borders come to lie on ridges and along water. Borders are
chains of cell edges, smoothed together: a corner is one vertex for all areas that meet there.
Hence directed edges of neighbors cancel exactly, and a union keeps every vertex.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

from gridmap.synth.arrays import Floats, Ints
from gridmap.synth.plane import Plane

Shapes = NDArray[np.object_]
OUTSIDE = -1
_SMOOTHINGS = 2
_CROWDED = 0.22
"""A vertex nearer to the one before than this share of the usual distance there is left out."""


@dataclass(frozen=True)
class Cells:
    """Points with their neighbors, and the edges between: all indices, plane coordinates."""

    points: Floats
    corners: Floats
    pairs: Ints
    """(n, 2) cells on both sides of an edge."""
    edges: Ints
    """(n, 2) corners of that edge, the first cell on its left."""


def make_cells(points: Floats) -> Cells:
    """The Voronoi diagram of points; edges that reach to infinity are left out."""
    diagram = Voronoi(points)
    edges = np.array(diagram.ridge_vertices, np.int64)
    pairs = np.asarray(diagram.ridge_points, np.int64)
    finite = (edges >= 0).all(axis=1)
    edges, pairs = edges[finite], pairs[finite]
    along = diagram.vertices[edges[:, 1]] - diagram.vertices[edges[:, 0]]
    across = points[pairs[:, 0]] - diagram.vertices[edges[:, 0]]
    right = along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0] < 0
    edges[right] = edges[right, ::-1]
    return Cells(points, diagram.vertices, pairs, edges)


def spread_seeds(points: Floats, count: int, rng: np.random.Generator, *, rounds: int) -> Ints:
    """Indices of about ``count`` points, evenly among the points (Lloyd's method)."""
    seeds = points[rng.choice(len(points), count, replace=False)]
    for _ in range(rounds):
        _, owner = cKDTree(seeds).query(points)
        size = np.bincount(owner, minlength=count).clip(1)
        seeds = np.column_stack(
            [np.bincount(owner, points[:, k], minlength=count) / size for k in (0, 1)]
        )
    _, nearest = cKDTree(points).query(seeds)
    return np.unique(nearest)


def gather(pairs: Ints, costs: Floats, count: int, seeds: Ints) -> Ints:
    """For each of ``count`` things the index of the seed that is nearest by cost of the pairs.

    Each seed's share is connected. Things that no seed reaches get OUTSIDE.
    """
    graph = coo_matrix((costs, (pairs[:, 0], pairs[:, 1])), shape=(count, count)).tocsr()
    _, _, source = dijkstra(
        graph, directed=False, indices=seeds, min_only=True, return_predecessors=True
    )
    number = np.full(count + 1, OUTSIDE)
    number[seeds] = np.arange(len(seeds))
    owner: Ints = number[np.where(source < 0, count, source)]
    return owner


@dataclass(frozen=True)
class Borders:
    """Where owners meet: edges between cells of different owners, on settled lattice vertices."""

    left: Ints
    right: Ints
    ends: Ints
    lattice: Ints
    """(n, 2) longitude and latitude in units of 1e-7 degree."""

    def shapes(self, label: Ints) -> Shapes:
        """One polygon for each label 0…n, where owner k has label[k]; OUTSIDE belongs to none."""
        names = np.append(label, OUTSIDE)
        left, right = names[self.left], names[self.right]
        apart = left != right
        start = np.concatenate([self.ends[apart, 0], self.ends[apart, 1]])
        end = np.concatenate([self.ends[apart, 1], self.ends[apart, 0]])
        side = np.concatenate([left[apart], right[apart]])
        inside = side != OUTSIDE
        return _trace(side[inside], start[inside], end[inside], self.lattice / 1e7)


def settle_borders(cells: Cells, owner: Ints, plane: Plane) -> Borders:
    """The borders between owners, smoothed, thinned and put on the lattice."""
    left, right = owner[cells.pairs[:, 0]], owner[cells.pairs[:, 1]]
    apart = left != right
    left, right = left[apart], right[apart]
    used, ends = np.unique(cells.edges[apart], return_inverse=True)
    ends = ends.reshape(-1, 2)
    places = cells.corners[used]
    for _ in range(_SMOOTHINGS):
        places = _smoothed(places, ends)
    left, right, ends = _thinned(left, right, ends, places)
    lattice = plane.lattice(places)
    lattice, same = np.unique(lattice, axis=0, return_inverse=True)
    ends = same.ravel()[ends]
    real = ends[:, 0] != ends[:, 1]
    return Borders(left[real], right[real], ends[real], lattice)


def _smoothed(places: Floats, ends: Ints) -> Floats:
    """Every vertex halfway to the middle of its neighbors, corners of three borders too."""
    count = len(places)
    both = np.concatenate([ends[:, 0], ends[:, 1]])
    other = np.concatenate([ends[:, 1], ends[:, 0]])
    degree = np.bincount(both, minlength=count).clip(1)
    middle = np.column_stack(
        [np.bincount(both, places[other, k], minlength=count) / degree for k in (0, 1)]
    )
    return np.asarray((places + middle) / 2)


def _thinned(left: Ints, right: Ints, ends: Ints, places: Floats) -> tuple[Ints, Ints, Ints]:
    """Leaves out vertices of two borders that crowd their neighbor, for both sides alike."""
    length = np.hypot(*(places[ends[:, 0]] - places[ends[:, 1]]).T)
    degree = np.bincount(ends.ravel(), minlength=len(places))
    usual = np.bincount(ends.ravel(), np.repeat(length, 2), minlength=len(places)) / degree
    edge_of: list[list[int]] = [[] for _ in range(len(places))]
    for k, (a, b) in enumerate(ends.tolist()):
        edge_of[a].append(k)
        edge_of[b].append(k)
    ends = ends.copy()
    alive = np.ones(len(ends), bool)
    for k in np.flatnonzero(length < _CROWDED * (usual[ends[:, 0]] + usual[ends[:, 1]])).tolist():
        a, b = ends[k].tolist()
        gone = a if degree[a] == 2 else b
        if degree[gone] != 2 or not alive[k]:
            continue
        kept = b if gone == a else a
        other = next(e for e in edge_of[gone] if e != k)
        if not alive[other] or kept in ends[other]:
            continue
        ends[other][ends[other] == gone] = kept
        edge_of[kept] = [other if e == k else e for e in edge_of[kept]]
        alive[k] = False
    return left[alive], right[alive], ends[alive]


def _trace(side: Ints, start: Ints, end: Ints, places: Floats) -> Shapes:
    """Rings from directed edges with their area on the left; the outer ring is the largest."""
    order = np.lexsort((start, side))
    side, start, end = side[order], start[order], end[order]
    span = int(max(start.max(), end.max())) + 1
    key = side * span + start
    follows = np.searchsorted(key, side * span + end).tolist()
    first, ahead = start.tolist(), [False] * len(start)
    rings: list[list[list[int]]] = [[] for _ in range(int(side.max()) + 1)]
    for begin, area in enumerate(side.tolist()):
        ring, k = [], begin
        while not ahead[k]:
            ahead[k] = True
            ring.append(first[k])
            k = follows[k]
        if ring:
            rings[area].append(ring)
    return np.array([_polygon([places[r] for r in area]) for area in rings], object)


def _polygon(rings: list[Floats]) -> shapely.Polygon | None:
    if not rings:
        return None
    rings.sort(key=lambda ring: -abs(_doubled_area(ring)))
    return shapely.Polygon(rings[0], rings[1:])


def _doubled_area(ring: Floats) -> float:
    x, y = (ring - ring[0]).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
