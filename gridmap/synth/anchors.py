"""Where a hamlet can stand: on roads and low in valleys, never in a river."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridmap.synth.arrays import Floats, Ints
from gridmap.synth.land import Land

_ROAD_STEP_M, _RIVER_STEP_M = 40.0, 20.0
_BANK_M = {1: 55.0, 2: 32.0, 3: 22.0, 4: 16.0}
"""Nothing is built nearer to the middle of a river of that rank."""


@dataclass(frozen=True)
class Anchors:
    """Places where a hamlet can stand: weight, direction of its rows, grid; sorted by grid."""

    place: Floats
    weight: Floats
    angle: Floats
    grid: Ints


def find_anchors(land: Land) -> Anchors:
    """Points on roads, and the cells of each grid, the lower the likelier."""
    road, toward = _road_points(land)
    tree = shapely.STRtree(land.grid_shapes)
    point, held = tree.query(shapely.points(land.plane.degrees(road)), predicate="within")
    own = land.cell_grid >= 0
    low, low_grid = land.cells.points[own], land.cell_grid[own]
    height = land.terrain.sample(land.terrain.height, low)
    floor = np.full(len(land.grid_shapes), np.inf)
    np.minimum.at(floor, low_grid, height)
    north, east = np.asarray(np.gradient(land.terrain.height))
    contour = np.arctan2(land.terrain.sample(east, low), -land.terrain.sample(north, low))
    grid = np.concatenate([held, low_grid])
    order = np.argsort(grid, kind="stable")
    valley = np.exp(-(height - floor[low_grid]) / 35)
    return Anchors(
        place=np.vstack([road[point], low])[order],
        weight=np.concatenate([np.full(len(point), 3.0), valley])[order],
        angle=np.concatenate([toward[point], contour])[order],
        grid=grid[order],
    )


def _road_points(land: Land) -> tuple[Floats, Floats]:
    """Points on all roads, and the road's direction there (radians)."""
    places, ahead = [], []
    for _, path in land.roads:
        places.append(_points_along(path, _ROAD_STEP_M, 0))
        ahead.append(_points_along(path, _ROAD_STEP_M, 8))
    at = np.vstack(places)
    along = np.vstack(ahead) - at
    return at, np.arctan2(along[:, 1], along[:, 0])


def in_water(land: Land, places: Floats) -> NDArray[np.bool_]:
    """Which places (n, 2) lie in a river or too near to its bank."""
    rivers = [_points_along(path, _RIVER_STEP_M, 0) for _, path in land.ground.rivers]
    bank = np.repeat([_BANK_M[rank] for rank, _ in land.ground.rivers], list(map(len, rivers)))
    tree = cKDTree(np.vstack(rivers))
    off, nearest = tree.query(places, distance_upper_bound=max(_BANK_M.values()))
    return np.asarray(off < np.append(bank, 0)[nearest])


def _points_along(path: Floats, step: float, shift: float) -> Floats:
    """Points on a line every ``step`` meters, moved ahead by ``shift``."""
    length = np.concatenate([[0.0], np.hypot(*np.diff(path, axis=0).T).cumsum()])
    stops = np.arange(step / 2, max(step / 2 + 1, length[-1]), step) + shift
    return np.column_stack([np.interp(stops, length, path[:, k]) for k in (0, 1)])
