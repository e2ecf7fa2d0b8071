"""Rivers and roads: trees of raster cells turned into smooth lines."""

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from gridmap.synth.arrays import Floats, Ints
from gridmap.synth.terrain import Terrain

RIVER_KM2 = 14.0
"""Less than this drains into a brook that no map of a county shows."""
_RIVER_RANKS_KM2 = [1_000.0, 110.0, 40.0]
_NATIONAL, _COUNTY = 1_000_000.0, 1_000.0
_BRIDGE_KM2 = 60.0

Line = tuple[int, Floats]
"""Rank (1 is the greatest) and plane coordinates (n, 2), rivers downstream."""


def rivers(terrain: Terrain) -> list[Line]:
    """All rivers, the greatest first."""
    drained = terrain.drained.ravel()
    receiver = terrain.receiver.ravel()
    keep = drained > RIVER_KM2
    branches, places = _branches(terrain, receiver, np.where(keep, drained, 0), rounds=4)
    rank = 1 + np.sum([drained < limit for limit in _RIVER_RANKS_KM2], axis=0)
    found = [line for branch in branches for line in _by_rank(branch, rank, places)]
    return sorted(found, key=lambda line: (line[0], -len(line[1])))


def roads(terrain: Terrain, town: Floats, seats: Floats, villages: Floats) -> list[Line]:
    """The cheapest ways to the county town: national 1, county 2, village 3.

    The national road enters at the main river's inlet and leaves at its outlet.
    """
    toward = _cheapest_ways(terrain, int(terrain.cells(town[None])[0]))
    main = np.argsort(terrain.drained[:, [2, -3]], axis=0)[-1]
    columns = terrain.height.shape[1]
    through = main * columns + np.array([2, columns - 3])
    traffic = np.zeros(terrain.height.size)
    for weight, cells in (
        (_NATIONAL, through),
        (_COUNTY, terrain.cells(seats)),
        (1.0, terrain.cells(villages)),
    ):
        for start in cells.tolist():
            cell = start
            while cell >= 0:
                traffic[cell] += weight
                cell = int(toward[cell])
    receiver = np.where(toward < 0, traffic.size, toward)
    branches, places = _branches(terrain, receiver, traffic, rounds=2)
    rank = 3 - (traffic >= _COUNTY).astype(int) - (traffic >= _NATIONAL)
    return [line for branch in branches for line in _by_rank(branch, rank, places)]


def _by_rank(branch: Ints, rank: Ints, places: Floats) -> list[Line]:
    """A branch in pieces of one rank, each up to where the next begins, corners cut."""
    ranks = rank[branch]
    ranks[-1] = ranks[-2]
    breaks = (np.flatnonzero(np.diff(ranks)) + 1).tolist()
    starts, ends = [0, *breaks], [*(b + 1 for b in breaks), len(branch)]
    return [
        (int(ranks[a]), _corners_cut(places[branch[a:b]]))
        for a, b in zip(starts, ends, strict=True)
    ]


def _corners_cut(path: Floats) -> Floats:
    """One round of Chaikin's method; the ends stay."""
    near, far = 0.75 * path[:-1] + 0.25 * path[1:], 0.25 * path[:-1] + 0.75 * path[1:]
    middle = np.stack([near, far], axis=1).reshape(-1, 2)[1:-1]
    return np.vstack([path[:1], middle, path[-1:]])


def _cheapest_ways(terrain: Terrain, town: int) -> Ints:
    """For every cell the next one on the cheapest way to the town; negative where there is none."""
    height, step = terrain.height, terrain.step
    numbers = np.arange(height.size).reshape(height.shape)
    wet = np.where(terrain.drained > _BRIDGE_KM2, 6.0, 1.0)
    floor = ndimage.minimum_filter(height, size=round(2_000 / step))
    exposed = 1 + (height - floor) / 150
    tails, heads, costs = [], [], []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        rows, columns = height.shape
        a = np.s_[: rows - dy, max(0, -dx) : columns - max(0, dx)]
        b = np.s_[dy:, max(0, dx) : columns + min(0, dx)]
        length = step * np.hypot(dy, dx)
        slope = np.abs(height[a] - height[b]) / length
        cost = length * (1 + (slope / 0.06) ** 2) * (wet[a] + wet[b]) * (exposed[a] + exposed[b])
        tails.append(numbers[a].ravel())
        heads.append(numbers[b].ravel())
        costs.append(cost.ravel())
    graph = coo_matrix(
        (np.concatenate(costs), (np.concatenate(tails), np.concatenate(heads))),
        shape=(height.size, height.size),
    )
    _, toward = dijkstra(graph.tocsr(), directed=False, indices=town, return_predecessors=True)
    return np.asarray(toward, np.int64)


def _branches(
    terrain: Terrain, receiver: Ints, weight: Floats, rounds: int
) -> tuple[list[Ints], Floats]:
    """The tree of weighted cells as branches, each down to the cell where it joins, and places.

    At a fork the heavier side carries on. Places (cells, 2) are smoothed along the branches.
    """
    count = weight.size
    cells = np.flatnonzero(weight > 0)
    light_first = cells[np.argsort(weight[cells], kind="stable")]
    main_child = np.full(count + 1, -1)
    main_child[receiver[light_first]] = light_first
    main_child[count] = -1
    places = terrain.places(np.arange(count)) + terrain.bend.reshape(2, -1).T
    inner = cells[(main_child[cells] >= 0) & (receiver[cells] < count)]
    for _ in range(rounds):
        middle = (places[main_child[inner]] + places[receiver[inner]]) / 2
        places[inner] = (places[inner] + middle) / 2
    mouths = cells[(receiver[cells] == count) | (main_child[receiver[cells]] != cells)]
    branches = []
    for mouth in mouths.tolist():
        branch = [int(receiver[mouth])] if receiver[mouth] < count else []
        cell = mouth
        while cell >= 0:
            branch.append(cell)
            cell = int(main_child[cell])
        if len(branch) > 2:
            branches.append(np.array(branch[::-1]))
    return branches, places
