"""Where people live: buildings along roads and valleys, households in them, and who they are."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.synth import words
from gridmap.synth.land import Land
from gridmap.synth.terrain import Floats, Ints

Flags = NDArray[np.bool_]
_RURAL_PER_BUILDING, _URBAN_PER_BUILDING = 1.9, 20.0
_EDGE_M = 11.0
"""Buildings keep this far from a grid's border."""
_URBAN_KM2, _URBAN_REACH_M = 0.3, 3_500.0
_SIZES = [0.14, 0.27, 0.25, 0.19, 0.1, 0.05]


@dataclass(frozen=True)
class Homes:
    """Buildings, and households sorted by grid and building. Plane coordinates in meters."""

    building_place: Floats
    building_grid: Ints
    angle: Floats
    length: Floats
    width: Floats
    hamlet: Ints
    """Number of the building's cluster within its village, from 0."""
    urban: Flags
    """By grid."""
    place: Floats
    grid: Ints
    building: Ints
    turn: Ints
    """Number of the household within its building, from 0."""


@dataclass(frozen=True)
class _Anchors:
    """Places where a hamlet can stand: weight, direction of its rows, grid; sorted by grid."""

    place: Floats
    weight: Floats
    angle: Floats
    grid: Ints


def settle(land: Land, households: int, rng: np.random.Generator) -> Homes:
    """That many households in the grids of a county."""
    quota, urban = _quotas(land, households, rng)
    anchors = _anchors(land)
    wanted = np.ceil(quota / np.where(urban, _URBAN_PER_BUILDING, _RURAL_PER_BUILDING)).astype(
        np.int64
    )
    site, site_grid, site_buildings = _sites(anchors, wanted, urban, rng)
    place, at = _slots(land, anchors, site, site_grid, site_buildings, urban, rng)
    empty = np.setdiff1d(np.flatnonzero(quota), site_grid[at])
    return _with_households(land, anchors, site, site_grid, place, at, empty, quota, urban, rng)


def _quotas(land: Land, households: int, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """Households of each grid, and which grids are streets rather than fields."""
    middle = land.plane.meters(shapely.get_coordinates(shapely.centroid(land.grid_shapes)))
    area = shapely.area(land.grid_shapes) / np.prod(land.plane.scale) / 1e6
    downtown = np.hypot(*(middle - land.town).T) < _URBAN_REACH_M
    urban = downtown & (area < _URBAN_KM2)
    seat = np.min([np.hypot(*(middle - place).T) for place in land.seats], axis=0)
    height = land.terrain.sample(land.terrain.height, middle)
    wild = np.clip((height - np.median(height)) / 500, 0, 1.5)
    weight = np.where(urban, 95, 42 * np.exp(-wild) + 55 * np.exp(-((seat / 900) ** 2)))
    weight *= rng.lognormal(0, 0.3, len(weight))
    weight[(wild > 1.1) & (rng.random(len(weight)) < 0.35)] = 0
    share = np.cumsum(weight) / weight.sum() * households
    return np.diff(np.rint(share).astype(np.int64), prepend=0), urban


def _anchors(land: Land) -> _Anchors:
    """Points on roads, and low points of each grid."""
    lines = [shapely.LineString(path) for rank, path in land.roads]
    stops = [np.arange(20, max(21, line.length), 40.0) for line in lines]
    along = [
        shapely.get_coordinates(line.interpolate(s)) for line, s in zip(lines, stops, strict=True)
    ]
    ahead = [
        shapely.get_coordinates(line.interpolate(s + 8)) - p
        for line, s, p in zip(lines, stops, along, strict=True)
    ]
    road, toward = np.vstack(along), np.vstack(ahead)
    tree = shapely.STRtree(land.grid_shapes)
    point, held = tree.query(shapely.points(land.plane.degrees(road)), predicate="within")
    own = land.cell_grid >= 0
    low, low_grid = land.cells.points[own], land.cell_grid[own]
    height = land.terrain.sample(land.terrain.height, low)
    floor = np.full(len(land.grid_shapes), np.inf)
    np.minimum.at(floor, low_grid, height)
    north, east = np.gradient(land.terrain.height)
    contour = np.arctan2(land.terrain.sample(east, low), -land.terrain.sample(north, low))
    grid = np.concatenate([held, low_grid])
    order = np.argsort(grid, kind="stable")
    return _Anchors(
        place=np.vstack([road[point], low])[order],
        weight=np.concatenate([np.full(len(point), 3.0), np.exp(-(height - floor[low_grid]) / 35)])[
            order
        ],
        angle=np.concatenate([np.arctan2(toward[point, 1], toward[point, 0]), contour])[order],
        grid=grid[order],
    )


def _sites(
    anchors: _Anchors, wanted: Ints, urban: Flags, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Hamlets: anchor, grid, and how many of the grid's wanted buildings each gets."""
    count = np.where(urban, 2, 1 + rng.poisson(np.minimum(wanted / 14, 4)))
    count[wanted == 0] = 0
    site_grid = np.repeat(np.arange(len(wanted)), count)
    total = np.concatenate([[0.0], anchors.weight.cumsum()])
    first = np.searchsorted(anchors.grid, np.arange(len(wanted) + 1))
    low, high = total[first[site_grid]], total[first[site_grid + 1]]
    site = np.searchsorted(total, low + rng.random(len(low)) * (high - low), side="right") - 1
    share = rng.dirichlet([1.4] * 1, 1) if not len(site) else rng.gamma(1.6, 1, len(site))
    by_grid = np.bincount(site_grid, share, minlength=len(wanted))
    buildings = np.ceil(share / by_grid[site_grid] * wanted[site_grid]).astype(np.int64)
    return site.clip(0, len(anchors.grid) - 1), site_grid, buildings


def _slots(
    land: Land,
    anchors: _Anchors,
    site: Ints,
    site_grid: Ints,
    buildings: Ints,
    urban: Flags,
    rng: np.random.Generator,
) -> tuple[Floats, Ints]:
    """Places of buildings in rows around their site, all well inside the grid; and their site."""
    long, wide = np.meshgrid(np.arange(-14, 15), np.arange(-3, 4))
    along, across = long.ravel(), wide.ravel()
    town = urban[site_grid][:, None]
    step = np.where(town, [[52.0, 34.0]], [[31.0, 21.0]])
    angle = anchors.angle[site] + rng.normal(0, 0.05, len(site))
    u = (along + rng.uniform(-0.12, 0.12, (len(site), along.size))) * step[:, :1]
    v = (across + 0.5 + rng.uniform(-0.12, 0.12, (len(site), along.size))) * step[:, 1:]
    x = anchors.place[site, 0][:, None] + u * np.cos(angle)[:, None] - v * np.sin(angle)[:, None]
    y = anchors.place[site, 1][:, None] + u * np.sin(angle)[:, None] + v * np.cos(angle)[:, None]
    wish = np.hypot(u * np.where(town, 0.8, 0.45), v) * rng.lognormal(0, 0.35, u.shape)
    room = shapely.buffer(land.grid_shapes, -_EDGE_M * land.plane.scale[0], quad_segs=2)
    shapely.prepare(room)
    places = np.column_stack([x.ravel(), y.ravel()])
    lon, lat = land.plane.degrees(places).T
    inside = shapely.contains_xy(np.repeat(room[site_grid], along.size), lon, lat)
    owner = np.repeat(np.arange(len(site)), along.size)[inside]
    order = np.lexsort((wish.ravel()[inside], owner))
    owner = owner[order]
    turn = np.arange(len(owner)) - np.searchsorted(owner, owner)
    kept = turn < buildings[owner]
    return places[inside][order][kept], owner[kept]


def _with_households(
    land: Land,
    anchors: _Anchors,
    site: Ints,
    site_grid: Ints,
    place: Floats,
    at: Ints,
    empty: Ints,
    quota: Ints,
    urban: Flags,
    rng: np.random.Generator,
) -> Homes:
    """Fills the buildings; a grid without room for one gets one at a point inside it."""
    fallback = shapely.point_on_surface(land.grid_shapes[empty])
    place = np.vstack([place, land.plane.meters(shapely.get_coordinates(fallback))])
    grid = np.concatenate([site_grid[at], empty])
    hamlet = np.concatenate([at, np.full(len(empty), -1)])
    angle = np.concatenate([anchors.angle[site][at], np.zeros(len(empty))])
    order = np.lexsort((hamlet, grid))
    place, grid, hamlet, angle = place[order], grid[order], hamlet[order], angle[order]
    built = np.bincount(grid, minlength=len(quota))
    home_grid = np.repeat(np.arange(len(quota)), quota)
    number = np.arange(len(home_grid)) - np.searchsorted(home_grid, home_grid)
    building = np.searchsorted(grid, home_grid) + number * built[home_grid] // quota[home_grid]
    inhabited, building = np.unique(building, return_inverse=True)
    place, grid, hamlet, angle = (a[inhabited] for a in (place, grid, hamlet, angle))
    angle = angle + rng.normal(0, 0.04, len(angle))
    held = np.bincount(building)
    turn = np.arange(len(building)) - np.searchsorted(building, building)
    tower = urban[grid] | (held > 4)
    shift = np.where(tower[building], 0, (turn - (held[building] - 1) / 2) * 7.0)
    door = place[building] + shift[:, None] * np.column_stack(
        [np.cos(angle[building]), np.sin(angle[building])]
    )
    lon, lat = land.plane.degrees(door).T
    astray = ~shapely.contains_xy(land.grid_shapes[home_grid], lon, lat)
    door[astray] = place[building[astray]]
    return Homes(
        building_place=place,
        building_grid=grid,
        angle=angle,
        length=np.where(tower, rng.uniform(30, 44, len(grid)), 6 + 7 * held),
        width=np.where(tower, rng.uniform(12, 15, len(grid)), rng.uniform(6.5, 9.5, len(grid))),
        hamlet=_within_village(hamlet, land.village[grid]),
        urban=urban,
        place=door,
        grid=home_grid,
        building=building,
        turn=turn,
    )


def _within_village(hamlet: Ints, village: Ints) -> Ints:
    """Hamlets numbered from 0 in each village, in their order."""
    pair = np.column_stack([village, hamlet])
    known, number = np.unique(pair, axis=0, return_inverse=True)
    first = np.searchsorted(known[:, 0], known[:, 0])
    return np.asarray((np.arange(len(known)) - first)[number.ravel()])


def footprints(land: Land, homes: Homes) -> NDArray[np.object_]:
    """Each building's outline, EPSG:4326 on the lattice."""
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    u = corner[:, 0] * homes.length[:, None]
    v = corner[:, 1] * homes.width[:, None]
    cos, sin = np.cos(homes.angle)[:, None], np.sin(homes.angle)[:, None]
    x = homes.building_place[:, :1] + u * cos - v * sin
    y = homes.building_place[:, 1:] + u * sin + v * cos
    corners = land.plane.degrees(np.column_stack([x.ravel(), y.ravel()]))
    shapes: NDArray[np.object_] = shapely.polygons(corners.reshape(-1, 4, 2))
    return shapes


@dataclass(frozen=True)
class People:
    """Persons sorted by household; tags are bit masks over words.HOUSEHOLD_TAGS."""

    household_tags: Ints
    household: Ints
    position: Ints
    name: list[str]
    phone: list[str | None]
    tags: Ints


def invent_people(count: int, rng: np.random.Generator) -> People:
    """The people of that many households: invented names, numbers that nobody has."""
    size = rng.choice(np.arange(1, 7), count, p=_SIZES)
    chance = rng.random((5, count))
    alone = (size == 1) & (chance[0] < 0.5)
    poor, disabled = chance[1] < 0.07, chance[2] < 0.04
    away = (size > 1) & (chance[3] < 0.3)
    left = away & (size > 3) & (chance[4] < 0.45)
    household = np.repeat(np.arange(count), size)
    position = np.arange(len(household)) - np.searchsorted(household, household)
    last = position == size[household] - 1
    tags = (alone + 4 * disabled)[household] * (position == 0)
    tags += 8 * away[household] * (position == 1) + 16 * left[household] * last
    surname = rng.integers(0, len(words.SURNAMES), count)[household]
    married = (position == 1) | (rng.random(len(household)) < 0.1)
    surname = np.where(married, rng.integers(0, len(words.SURNAMES), len(household)), surname)
    has_phone = (position < 2) & ~((size[household] == 1) & (tags > 0))
    return People(
        household_tags=alone + 2 * poor + 4 * disabled + 8 * away + 16 * left,
        household=household,
        position=position + 1,
        name=invent_names(surname, rng),
        phone=_phones(has_phone),
        tags=tags,
    )


def invent_names(surname: Ints, rng: np.random.Generator) -> list[str]:
    """A full name for each surname (an index into words.SURNAMES)."""
    given = np.array(
        [*words.GIVEN_LAST, *(a + b for a in words.GIVEN_FIRST for b in words.GIVEN_LAST)]
    )
    full = np.char.add(np.array(words.SURNAMES)[:, None], given[None, :])
    common = (rng.random(len(surname)) ** 1.5 * given.size).astype(np.int64)
    names: list[str] = full[surname, given.size - 1 - common].tolist()
    return names


def _phones(has_phone: Flags) -> list[str | None]:
    ring = [words.SAMPLE_MOBILE.format(number=n) for n in range(10_000)]
    number = np.where(has_phone, np.cumsum(has_phone) % len(ring), -1)
    return [ring[n] if n >= 0 else None for n in number.tolist()]


def tag_lists(masks: Ints) -> list[list[str]]:
    """The tags of each mask; the first is always the mark of a made-up person."""
    known = [
        [words.SAMPLE_TAG, *(t for k, t in enumerate(words.HOUSEHOLD_TAGS) if mask >> k & 1)]
        for mask in range(1 << len(words.HOUSEHOLD_TAGS))
    ]
    return [known[mask] for mask in masks.tolist()]
