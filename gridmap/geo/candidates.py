"""Which grids come into question for points: one code for one point and for a million.

Points and shapes are EPSG:4326; times are seconds since 1970 (UTC).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.geo import measure
from gridmap.rules.assignment import Candidates

_CHUNK = 20_000


@dataclass(frozen=True)
class Boundaries:
    """Dated boundary versions as columns: codes order them, times bound them ([from, until))."""

    codes: NDArray[np.str_]
    shapes: NDArray[Any]
    since: NDArray[np.float64]
    until: NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Candidates with the index of each pair's boundary version."""

    candidates: Candidates
    version: NDArray[np.int64]


def find(
    boundaries: Boundaries,
    points: NDArray[np.float64],
    at: NDArray[np.float64],
    *,
    accuracy_m: NDArray[np.float64],
    nearest_limit_m: float,
    measured: bool,
) -> Pairs:
    """All pairs of a point and a boundary that was in force at its time and comes into question.

    Those are the boundaries that cover the point, for points of stated accuracy also those
    that its circle touches, and outside all boundaries those within the limit. Without
    ``measured`` the distance to the border is left out (as infinite) where only one boundary
    covers the point and nothing hangs on it.
    """
    place, version = _in_force(boundaries, at, *_covering(boundaries, points))
    border = np.full(len(place), np.inf)
    several = np.bincount(place, minlength=len(points))[place] > 1
    needed = np.full(len(place), True) if measured else several | (accuracy_m[place] > 0)
    border[needed] = _chunked(
        measure.border_m, boundaries.shapes[version[needed]], points[place[needed]]
    )
    near_place, near_version, distance = _near(
        boundaries, points, at, accuracy_m, nearest_limit_m, covered=(place, version, border)
    )
    covers = np.r_[np.ones(len(place), dtype=bool), np.zeros(len(near_place), dtype=bool)]
    all_places, all_versions = np.r_[place, near_place], np.r_[version, near_version]
    borders = np.r_[border, distance]
    candidates = Candidates(
        place=all_places,
        code_rank=np.argsort(np.argsort(boundaries.codes, kind="stable"))[all_versions],
        covers=covers,
        distance_m=np.r_[np.zeros(len(place)), distance],
        border_m=borders,
        share=_shares(boundaries, points, accuracy_m, all_places, all_versions, borders, covers),
    )
    return Pairs(candidates, all_versions)


def _covering(
    boundaries: Boundaries, points: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs where the boundary covers the point: its inside, its borders and its corners."""
    tree = shapely.STRtree(np.asarray(shapely.points(points), dtype=object))
    version, place = tree.query(boundaries.shapes, predicate="covers")
    order = np.argsort(place, kind="stable")
    return place[order], version[order]


def _in_force(
    boundaries: Boundaries,
    at: NDArray[np.float64],
    place: NDArray[np.int64],
    version: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    valid = (boundaries.since[version] <= at[place]) & (at[place] < boundaries.until[version])
    return place[valid], version[valid]


def _near(
    boundaries: Boundaries,
    points: NDArray[np.float64],
    at: NDArray[np.float64],
    accuracy_m: NDArray[np.float64],
    nearest_limit_m: float,
    *,
    covered: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs that do not cover their point but lie within its accuracy, or within the limit."""
    place, version, border = covered
    radius = accuracy_m.copy()
    is_covered = np.zeros(len(points), dtype=bool)
    is_covered[place] = True
    radius[~is_covered] = np.maximum(radius[~is_covered], nearest_limit_m)
    safe = np.zeros(len(points), dtype=bool)
    safe[place[border >= accuracy_m[place]]] = True
    asked = np.flatnonzero((radius > 0) & ~safe)
    if not len(asked):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    half = radius[asked, None] / measure.meters_per_degree(points[asked, 1])
    boxes = shapely.box(*(points[asked] - half).T, *(points[asked] + half).T)
    row, near = shapely.STRtree(boundaries.shapes).query(boxes)
    at_place, near = _in_force(boundaries, at, asked[row], near)
    key = len(boundaries.codes)
    fresh = ~np.isin(at_place * key + near, place * key + version)
    at_place, near = at_place[fresh], near[fresh]
    distance = _chunked(measure.distance_m, boundaries.shapes[near], points[at_place])
    keep = distance <= radius[at_place]
    return at_place[keep], near[keep], distance[keep]


def _shares(
    boundaries: Boundaries,
    points: NDArray[np.float64],
    accuracy_m: NDArray[np.float64],
    place: NDArray[np.int64],
    version: NDArray[np.int64],
    border: NDArray[np.float64],
    covers: NDArray[np.bool_],
) -> NDArray[np.float64]:
    share = covers.astype(float)
    cut = np.flatnonzero((accuracy_m[place] > 0) & (border < accuracy_m[place]))
    for part in np.array_split(cut, len(cut) // _CHUNK + 1):
        share[part] = measure.circle_shares(
            boundaries.shapes[version[part]], points[place[part]], accuracy_m[place[part]]
        )
    return share


def _chunked(
    function: Any, shapes: NDArray[Any], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Measures in chunks: each pair copies its shape, which a million pairs must not do at once."""
    starts = range(0, len(shapes), _CHUNK)
    parts = [function(shapes[i : i + _CHUNK], points[i : i + _CHUNK]) for i in starts]
    return np.concatenate(parts) if parts else np.empty(0)
