"""The land of one made-up county: terrain, rivers, roads, seats, and its areas on three levels."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage
from scipy.spatial import cKDTree

from gridmap.synth import lines, partition
from gridmap.synth.partition import OUTSIDE, Borders, Cells, Shapes
from gridmap.synth.plane import Plane
from gridmap.synth.terrain import Floats, Ints, Terrain, make_terrain

CELLS_PER_GRID = 62
_CLIMB = 9.0
"""Meters on the flat that one meter up or down is worth when land is shared out."""
_RIVER_CROSSING_M = {1: 1_400.0, 2: 350.0}


@dataclass(frozen=True)
class Sizes:
    """How much of everything one county has, and how fine its terrain is."""

    townships: int = 15
    grids: int = 1_200
    villages: int = 150
    households: int = 60_000
    incidents: int = 40_000
    finest_m: float = 200.0


@dataclass(frozen=True)
class Land:
    """One county on its plane. Grids are sorted by township, village and place.

    ``village[g]`` and ``township[v]`` lead upward; township 0 holds the county town.
    """

    plane: Plane
    terrain: Terrain
    rivers: list[lines.Line]
    roads: list[lines.Line]
    town: Floats
    seats: Floats
    village: Ints
    township: Ints
    village_places: Floats
    grid_shapes: Shapes
    village_shapes: Shapes
    township_shapes: Shapes
    county_shape: shapely.Polygon
    cells: Cells
    cell_grid: Ints


def make_land(rng: np.random.Generator, plane: Plane, sizes: Sizes) -> Land:
    """A county of those sizes; its shapes are EPSG:4326 on the lattice."""
    terrain = make_terrain(rng, sizes.finest_m)
    water = lines.rivers(terrain)
    outline = _outline(rng)
    seats = _seats(terrain, outline, sizes.townships, rng)
    cells = _cells(terrain, water, outline, seats, sizes, rng)
    owner, seeds, pairs, costs = _grids(cells, terrain, water, outline, sizes, rng)
    township, village = _hierarchy(cells, seeds, seats, pairs, costs, sizes, rng)
    order = _reading_order(township, village, cells.points[seeds])
    rank = np.full(len(seeds) + 1, OUTSIDE)
    rank[order] = np.arange(len(order))
    owner = rank[owner]
    village, township = _renumbered(village[order], township[order])
    borders = partition.settle_borders(cells, owner, plane)
    places = _village_places(terrain, cells, owner, village)
    return _assembled(
        plane, terrain, water, seats, cells, owner, village, township, places, borders
    )


def _assembled(
    plane: Plane,
    terrain: Terrain,
    water: list[lines.Line],
    seats: Floats,
    cells: Cells,
    owner: Ints,
    village: Ints,
    township: Ints,
    places: Floats,
    borders: Borders,
) -> Land:
    grids = np.arange(len(village))
    return Land(
        plane=plane,
        terrain=terrain,
        rivers=water,
        roads=lines.roads(terrain, seats[0], seats[1:], places),
        town=seats[0],
        seats=seats,
        village=village,
        township=township,
        village_places=places,
        grid_shapes=borders.shapes(grids),
        village_shapes=borders.shapes(village),
        township_shapes=borders.shapes(township[village]),
        county_shape=borders.shapes(np.zeros_like(grids))[0],
        cells=cells,
        cell_grid=owner,
    )


def _outline(rng: np.random.Generator) -> Floats:
    """Distance of the county's rough edge from its middle (m), by degree of direction."""
    angle = np.radians(np.arange(360))
    wobble = sum(
        rng.normal(0, 0.17 / k) * np.sin(k * angle + rng.uniform(0, 2 * np.pi)) for k in range(2, 9)
    )
    ellipse = 1 / np.hypot(np.cos(angle) / 36_500, np.sin(angle) / 24_500)
    return np.asarray(ellipse * (1 + wobble.clip(-0.25, 0.22)))


def _inside(outline: Floats, places: Floats) -> Floats:
    """How far places are within the outline (1 in the middle, 0 on it, negative beyond)."""
    direction = np.degrees(np.arctan2(places[:, 1], places[:, 0])).astype(np.int64) % 360
    return np.asarray(1 - np.hypot(*places.T) / outline[direction])


def _seats(terrain: Terrain, outline: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Beside rivers and far from each other; the first, the county town, on the main river."""
    drained = terrain.drained.ravel()
    cells = np.flatnonzero(drained > 18)
    places = terrain.places(cells)
    fit = _inside(outline, places) > 0.12
    cells, places = cells[fit], places[fit]
    main = np.flatnonzero(drained[cells] > 1_000)
    middle = np.hypot(places[main, 0] + 2_000, places[main, 1] * 0.3)
    chosen = [int(main[np.argmin(middle)])]
    likes = rng.uniform(0.7, 1.3, len(cells)) * np.clip(drained[cells] / 60, 0.6, 1.2)
    while len(chosen) < count:
        apart = np.min([np.hypot(*(places - places[k]).T) for k in chosen], axis=0)
        chosen.append(int(np.argmax(apart * likes)))
    return places[chosen] + rng.choice([-1, 1], (count, 1)) * np.array([120.0, 330.0])


def _crowding(terrain: Terrain, outline: Floats, seats: Floats) -> Floats:
    """How many grids a km² of each raster cell should hold, but for a factor."""
    places = terrain.places(np.arange(terrain.height.size))
    far = ndimage.distance_transform_edt(terrain.drained < 10, sampling=terrain.step).ravel()
    spacing = 600 + 2_600 * (1 - np.exp(-far / 2_600))
    for seat in seats[1:]:
        spacing *= 1 - 0.55 * np.exp(-((np.hypot(*(places - seat).T) / 1_000) ** 2))
    town = np.hypot(*((places - seats[0]) * np.array([0.7, 1.15])).T)
    spacing = np.minimum(spacing, 165 + 0.17 * np.maximum(0, town - 600) ** 1.04)
    wild = _inside(outline, places) < -0.18
    return np.asarray(np.where(wild, 0.08, (1_000 / spacing) ** 2))


def _cells(
    terrain: Terrain,
    water: list[lines.Line],
    outline: Floats,
    seats: Floats,
    sizes: Sizes,
    rng: np.random.Generator,
) -> Cells:
    """Small cells, the smaller the more people; along great rivers in pairs, bank and bank."""
    crowding = _crowding(terrain, outline, seats)
    inside = _inside(outline, terrain.places(np.arange(terrain.height.size))) > 0
    share = crowding / crowding[inside].sum()
    count = int(share.sum() * sizes.grids * CELLS_PER_GRID)
    steps = (np.arange(count) + rng.uniform(0, 1, count)) / count * share.sum()
    picked = np.searchsorted(share.cumsum(), steps).clip(0, share.size - 1)
    points = terrain.places(picked) + rng.uniform(-0.5, 0.5, (count, 2)) * terrain.step
    width = np.sqrt(terrain.step**2 / (share * sizes.grids * CELLS_PER_GRID))
    stream, banks = _banks(terrain, water, width)
    off, _ = cKDTree(stream).query(points)
    points = np.vstack([points[off > 0.9 * width[picked]], banks])
    _, first = np.unique(np.rint(points), axis=0, return_index=True)
    return partition.make_cells(points[np.sort(first)] + rng.uniform(-0.2, 0.2, (len(first), 2)))


def _banks(terrain: Terrain, water: list[lines.Line], width: Floats) -> tuple[Floats, Floats]:
    """Points in great rivers, and on both banks, so that cell edges run in the stream."""
    streams, banks = [], []
    for rank, path in water:
        if rank > 2:
            continue
        line, at, stops = shapely.LineString(path), 0.0, []
        while at < line.length:
            stops.append(at)
            here = np.array(line.interpolate(at).coords)
            at += float(width[terrain.cells(here)[0]])
        where = shapely.get_coordinates(line.interpolate(stops))
        ahead = shapely.get_coordinates(line.interpolate(np.array(stops) + 5)) - where
        length = np.hypot(*ahead.T)
        keep = length > 1
        normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])[keep] / length[keep, None]
        reach = 0.5 * width[terrain.cells(where[keep])][:, None]
        streams.append(where[keep])
        banks += [where[keep] + normal * reach, where[keep] - normal * reach]
    return np.vstack(streams), np.vstack(banks)


def _grids(
    cells: Cells,
    terrain: Terrain,
    water: list[lines.Line],
    outline: Floats,
    sizes: Sizes,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints, Floats]:
    """Owner of each cell; then cells of the seeds, which owners meet, and at what cost."""
    points = cells.points
    lift = np.abs(np.diff(terrain.sample(terrain.height, points)[cells.pairs], axis=1)).ravel()
    costs = np.hypot(*(points[cells.pairs[:, 0]] - points[cells.pairs[:, 1]]).T) + _CLIMB * lift
    ways = shapely.linestrings(points[cells.pairs])
    for rank, toll in _RIVER_CROSSING_M.items():
        tree = shapely.STRtree([shapely.LineString(path) for r, path in water if r == rank])
        crossing = np.unique(tree.query(ways, predicate="intersects")[0])
        costs[crossing] += np.minimum(toll, 3 * costs[crossing] + 60)
    seeds = partition.spread_seeds(points, len(points) // CELLS_PER_GRID, rng)
    owner = partition.gather(cells.pairs, costs, len(points), seeds)
    outside = _inside(outline, points[seeds]) < 0
    number = np.append(np.where(outside, OUTSIDE, np.cumsum(~outside) - 1), OUTSIDE)
    owner, seeds = number[owner], seeds[~outside]
    sides = np.sort(owner[cells.pairs], axis=1)
    meet = (sides[:, 0] != sides[:, 1]) & (sides[:, 0] >= 0)
    pairs, first = np.unique(sides[meet], axis=0, return_index=True)
    climb = np.abs(np.diff(terrain.sample(terrain.height, points[seeds])[pairs], axis=1)).ravel()
    apart = np.hypot(*(points[seeds[pairs[:, 0]]] - points[seeds[pairs[:, 1]]]).T)
    return owner, seeds, pairs, apart + _CLIMB * climb


def _hierarchy(
    cells: Cells,
    seeds: Ints,
    seats: Floats,
    pairs: Ints,
    costs: Floats,
    sizes: Sizes,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Township and village of each grid; both are connected."""
    places = cells.points[seeds]
    capitals = np.array([int(np.argmin(np.hypot(*(places - seat).T))) for seat in seats])
    township = partition.gather(pairs, costs, len(seeds), capitals)
    village = np.full(len(seeds), OUTSIDE)
    made = 0
    for number in range(len(seats)):
        own = np.flatnonzero(township == number)
        local = np.full(len(seeds), OUTSIDE)
        local[own] = np.arange(len(own))
        within = (local[pairs] >= 0).all(axis=1)
        count = max(3, round(len(own) * sizes.villages / sizes.grids))
        hearts = partition.spread_seeds(places[own], count, rng)
        village[own] = made + partition.gather(
            local[pairs[within]], costs[within], len(own), hearts
        )
        made += len(hearts)
    return township, village


def _reading_order(township: Ints, village: Ints, places: Floats) -> Ints:
    """Grids by township, then village, then from the north-west; those outside left out."""
    order = np.lexsort((places[:, 0] - places[:, 1], village, township))
    return order[township[order] != OUTSIDE]


def _renumbered(village: Ints, township: Ints) -> tuple[Ints, Ints]:
    """Villages numbered 0… in the grids' order, and the township of each."""
    _, first, number = np.unique(village, return_index=True, return_inverse=True)
    return number, township[first]


def _village_places(terrain: Terrain, cells: Cells, owner: Ints, village: Ints) -> Floats:
    """Each village's center: a low cell near its middle."""
    places = []
    height = terrain.sample(terrain.height, cells.points)
    held = np.append(village, OUTSIDE)[owner]
    order = np.argsort(held, kind="stable")
    starts = np.searchsorted(held[order], np.arange(village.max() + 2))
    for a, b in zip(starts[:-1], starts[1:], strict=True):
        own = order[a:b]
        points = cells.points[own]
        off = np.hypot(*(points - points.mean(axis=0)).T)
        places.append(points[np.argmin(off / 2_000 + (height[own] - height[own].min()) / 150)])
    return np.array(places)
