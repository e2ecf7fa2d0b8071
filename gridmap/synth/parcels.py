"""Who holds which cell: grids by the way to their seed, townships and villages by the grids."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gridmap.synth import partition
from gridmap.synth.arrays import Floats, Ints
from gridmap.synth.ground import Ground, crowding
from gridmap.synth.partition import OUTSIDE, Cells

_BANKED_RANK = 2
"""Rivers up to this rank draw borders to them."""
_CLIMB = 13.0
"""Meters on the flat that one meter up or down is worth when land is shared out."""
_TOLL_M = {1: 1_400.0, 2: 350.0}
"""Meters that crossing a river of a rank is worth."""
_EVENING_ROUNDS = 4


@dataclass(frozen=True)
class Parcels:
    """Cells, their grid (or OUTSIDE), and each grid's village and village's township."""

    cells: Cells
    grid: Ints
    village: Ints
    township: Ints


@dataclass(frozen=True)
class _Grids:
    """Owner of each cell, places of the seeds, which owners meet, and at what cost."""

    owner: Ints
    places: Floats
    pairs: Ints
    costs: Floats


def share_out(ground: Ground, rng: np.random.Generator) -> Parcels:
    """All land of the county, shared out; grids come by township, village and place."""
    cells = _cells(ground, rng)
    grids = _grids(ground, cells, rng)
    township, village = _hierarchy(ground, grids, rng)
    order = np.lexsort((grids.places[:, 0] - grids.places[:, 1], village, township))
    order = order[township[order] != OUTSIDE]
    rank = np.full(len(township) + 1, OUTSIDE)
    rank[order] = np.arange(len(order))
    _, first, number = np.unique(village[order], return_index=True, return_inverse=True)
    return Parcels(cells, rank[grids.owner], number, township[order][first])


def village_places(ground: Ground, parcels: Parcels) -> Floats:
    """Each village's center: a low cell near its middle."""
    points = parcels.cells.points
    height = ground.terrain.sample(ground.terrain.height, points)
    held = np.append(parcels.village, OUTSIDE)[parcels.grid]
    order = np.argsort(held, kind="stable")
    starts = np.searchsorted(held[order], np.arange(len(parcels.township) + 1))
    places = []
    for start, end in pairwise(starts.tolist()):
        own = order[start:end]
        off = np.hypot(*(points[own] - points[own].mean(axis=0)).T)
        rise = height[own] - height[own].min()
        places.append(points[own[np.argmin(off / 2_000 + rise / 150)]])
    return np.array(places)


def _cells(ground: Ground, rng: np.random.Generator) -> Cells:
    """Small cells, the smaller the more people; along great rivers in pairs, bank and bank."""
    terrain, share = ground.terrain, crowding(ground)
    inside = ground.within(terrain.places(np.arange(share.size))) > 0
    share = share / share[inside].sum() * ground.sizes.grids * ground.sizes.cells_per_grid
    count = int(share.sum())
    steps = (np.arange(count) + rng.uniform(0, 1, count)) / count * share.sum()
    picked = np.searchsorted(share.cumsum(), steps).clip(0, share.size - 1)
    points = terrain.places(picked) + rng.uniform(-0.5, 0.5, (count, 2)) * terrain.step
    width = terrain.step / np.sqrt(share)
    stream, banks = _banks(ground, width)
    off, _ = cKDTree(stream).query(points)
    points = np.vstack([points[off > 0.9 * width[picked]], banks])
    _, first = np.unique(np.rint(points), axis=0, return_index=True)
    return partition.make_cells(points[np.sort(first)] + rng.uniform(-0.2, 0.2, (len(first), 2)))


def _banks(ground: Ground, width: Floats) -> tuple[Floats, Floats]:
    """Points in great rivers, and on both banks, so that cell edges run in the stream."""
    streams, banks = [], []
    for rank, path in ground.rivers:
        if rank > _BANKED_RANK:
            continue
        line, at, stops = shapely.LineString(path), 0.0, []
        wide = width[ground.terrain.cells(path)]
        along = np.linspace(0, line.length, len(wide))
        while at < line.length:
            stops.append(at)
            at += float(np.interp(at, along, wide))
        where = shapely.get_coordinates(shapely.line_interpolate_point(line, stops))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.array(stops) + 5))
        ahead -= where
        length = np.hypot(*ahead.T)
        keep = length > 1
        normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])[keep] / length[keep, None]
        reach = 0.5 * np.interp(stops, along, wide)[keep, None]
        streams.append(where[keep])
        banks += [where[keep] + normal * reach, where[keep] - normal * reach]
    return np.vstack(streams), np.vstack(banks)


def _way_costs(ground: Ground, cells: Cells) -> Floats:
    """What it costs to get from cell to cell: meters, climbs and river crossings."""
    points = cells.points
    height = ground.terrain.sample(ground.terrain.height, points)
    lift = np.abs(height[cells.pairs[:, 0]] - height[cells.pairs[:, 1]])
    costs = np.hypot(*(points[cells.pairs[:, 0]] - points[cells.pairs[:, 1]]).T) + _CLIMB * lift
    ways = shapely.linestrings(points[cells.pairs])
    for rank, toll in _TOLL_M.items():
        tree = shapely.STRtree([shapely.LineString(p) for r, p in ground.rivers if r == rank])
        crossing = np.unique(tree.query(ways, predicate="intersects")[0])
        costs[crossing] += np.minimum(toll, 3 * costs[crossing] + 60)
    return np.asarray(costs)


def _grids(ground: Ground, cells: Cells, rng: np.random.Generator) -> _Grids:
    points = cells.points
    count = len(points) // ground.sizes.cells_per_grid
    seeds = partition.spread_seeds(points, count, rng, rounds=_EVENING_ROUNDS)
    owner = partition.gather(cells.pairs, _way_costs(ground, cells), len(points), seeds)
    outside = ground.within(points[seeds]) < 0
    number = np.append(np.where(outside, OUTSIDE, np.cumsum(~outside) - 1), OUTSIDE)
    owner, places = number[owner], points[seeds[~outside]]
    sides = np.sort(owner[cells.pairs], axis=1)
    meet = (sides[:, 0] != sides[:, 1]) & (sides[:, 0] >= 0)
    pairs = np.unique(sides[meet], axis=0)
    height = ground.terrain.sample(ground.terrain.height, places)
    climb = np.abs(height[pairs[:, 0]] - height[pairs[:, 1]])
    apart = np.hypot(*(places[pairs[:, 0]] - places[pairs[:, 1]]).T)
    return _Grids(owner, places, pairs, apart + _CLIMB * climb)


def _hierarchy(ground: Ground, grids: _Grids, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Township and village of each grid; both are connected."""
    count, places = len(grids.places), grids.places
    capitals = [int(np.argmin(np.hypot(*(places - seat).T))) for seat in ground.seats]
    township = partition.gather(grids.pairs, grids.costs, count, np.array(capitals))
    village = np.full(count, OUTSIDE)
    made = 0
    for number in range(len(capitals)):
        own = np.flatnonzero(township == number)
        local = np.full(count, OUTSIDE)
        local[own] = np.arange(len(own))
        pairs = local[grids.pairs]
        within = (pairs >= 0).all(axis=1)
        wanted = max(3, round(len(own) * ground.sizes.villages / ground.sizes.grids))
        hearts = partition.spread_seeds(places[own], min(wanted, len(own)), rng, rounds=8)
        village[own] = made + partition.gather(pairs[within], grids.costs[within], len(own), hearts)
        made += len(hearts)
    return township, village
