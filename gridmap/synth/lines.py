"""Rivers and roads: trees of raster cells turned into smooth lines."""

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from gridmap.synth.terrain import Floats, Ints, Terrain

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
    ranked = [
        (1 + sum(drained[branch[-2]] < limit for limit in _RIVER_RANKS_KM2), places[branch])
        for branch in branches
    ]
    return sorted(ranked, key=lambda line: (line[0], -len(line[1])))


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
        for cell in cells.tolist():
            while cell >= 0:
                traffic[cell] += weight
                cell = int(toward[cell])
    receiver = np.where(toward < 0, traffic.size, toward)
    branches, places = _branches(terrain, receiver, traffic, rounds=3)
    return [line for branch in branches for line in _by_rank(branch, traffic, places)]


def _by_rank(branch: Ints, traffic: Floats, places: Floats) -> list[Line]:
    weight = traffic[branch]
    rank = 3 - (weight >= _COUNTY).astype(int) - (weight >= _NATIONAL)
    rank[-1] = rank[-2]
    breaks = np.flatnonzero(np.diff(rank)) + 1
    starts, ends = [0, *breaks.tolist()], [*(breaks + 1).tolist(), len(branch)]
    return [(int(rank[a]), places[branch[a:b]]) for a, b in zip(starts, ends, strict=True)]


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
    places = terrain.places(np.arange(count))
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
