"""Where people live: buildings along roads and in valleys, and households in them."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridmap.synth.anchors import Anchors, find_anchors, in_water
from gridmap.synth.arrays import Floats, Ints
from gridmap.synth.land import Land

Flags = NDArray[np.bool_]
_RURAL_PER_BUILDING, _URBAN_PER_BUILDING = 1.9, 20.0
_EDGE_M = 11.0
"""Buildings keep this far from a grid's border."""
_DOOR_M = 7.0
"""From door to door in a row house."""
_URBAN_KM2, _URBAN_REACH_M = 0.3, 3_500.0


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
class _Sites:
    """Hamlets: place, direction of the rows, grid, buildings wanted, whether it is in town."""

    place: Floats
    angle: Floats
    grid: Ints
    wanted: Ints
    urban: Flags


@dataclass(frozen=True)
class _Buildings:
    """Place, direction, grid and number of the site, sorted by grid and site."""

    place: Floats
    angle: Floats
    grid: Ints
    site: Ints

    def only(self, chosen: Ints) -> "_Buildings":
        """Those buildings, in that order."""
        return _Buildings(
            self.place[chosen], self.angle[chosen], self.grid[chosen], self.site[chosen]
        )


def settle(land: Land, households: int, rng: np.random.Generator) -> Homes:
    """That many households in the grids of a county."""
    quota, urban = _quotas(land, households, rng)
    per_building = np.where(urban, _URBAN_PER_BUILDING, _RURAL_PER_BUILDING)
    wanted = np.ceil(quota / per_building).astype(np.int64)
    sites = _sites(find_anchors(land), wanted, urban, rng)
    buildings = _with_one_each(land, _buildings(land, sites, rng), np.flatnonzero(quota))
    return _filled(land, buildings, quota, urban, rng)


def _quotas(land: Land, households: int, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """Households of each grid, and which grids are streets rather than fields."""
    middle = land.grid_places
    area = shapely.area(land.grid_shapes) / np.abs(np.prod(land.plane.scale)) / 1e6
    downtown = np.hypot(*(middle - land.ground.seats[0]).T) < _URBAN_REACH_M
    urban = downtown & (area < _URBAN_KM2)
    seat, _ = cKDTree(land.ground.seats).query(middle)
    height = land.terrain.sample(land.terrain.height, land.grid_places)
    wild = np.clip((height - np.median(height)) / 500, 0, 1.5)
    weight = np.where(urban, 95, 42 * np.exp(-wild) + 55 * np.exp(-((seat / 900) ** 2)))
    weight *= rng.lognormal(0, 0.3, len(weight))
    weight[(wild > 1.1) & (rng.random(len(weight)) < 0.35)] = 0
    share = np.cumsum(weight) / weight.sum() * households
    return np.diff(np.rint(share).astype(np.int64), prepend=0), urban


def _sites(anchors: Anchors, wanted: Ints, urban: Flags, rng: np.random.Generator) -> _Sites:
    """A few hamlets for each grid, which share the buildings that it wants."""
    count = np.where(urban, 2, 1 + rng.poisson(np.minimum(wanted / 14, 4)))
    count[wanted == 0] = 0
    grid = np.repeat(np.arange(len(wanted)), count)
    total = np.concatenate([[0.0], anchors.weight.cumsum()])
    first = np.searchsorted(anchors.grid, np.arange(len(wanted) + 1))
    low, high = total[first[grid]], total[first[grid + 1]]
    site = np.searchsorted(total, low + rng.random(len(low)) * (high - low), side="right") - 1
    site = site.clip(first[grid], first[grid + 1] - 1)
    share = rng.gamma(1.6, 1, len(site))
    of_grid = np.bincount(grid, share, minlength=len(wanted))[grid]
    return _Sites(
        place=anchors.place[site],
        angle=anchors.angle[site] + rng.normal(0, 0.05, len(site)),
        grid=grid,
        wanted=np.ceil(share / of_grid * wanted[grid]).astype(np.int64),
        urban=urban[grid],
    )


def _buildings(land: Land, sites: _Sites, rng: np.random.Generator) -> _Buildings:
    """Buildings in rows around their site, all well inside the grid."""
    long, wide = np.meshgrid(np.arange(-14, 15), np.arange(-3, 4))
    along, across = long.ravel(), wide.ravel() + 0.5
    shape = len(sites.grid), along.size
    town = sites.urban[:, None]
    u = (along + rng.uniform(-0.12, 0.12, shape)) * np.where(town, 52.0, 31.0)
    v = (across + rng.uniform(-0.12, 0.12, shape)) * np.where(town, 34.0, 21.0)
    cos, sin = np.cos(sites.angle)[:, None], np.sin(sites.angle)[:, None]
    x = sites.place[:, :1] + u * cos - v * sin
    y = sites.place[:, 1:] + u * sin + v * cos
    wish = np.hypot(u * np.where(town, 0.8, 0.45), v) * rng.lognormal(0, 0.35, shape)
    room = shapely.buffer(land.grid_shapes, -_EDGE_M * np.abs(land.plane.scale).max(), quad_segs=2)
    shapely.prepare(room)
    places = np.column_stack([x.ravel(), y.ravel()])
    lon, lat = land.plane.degrees(places).T
    inside = shapely.contains_xy(np.repeat(room[sites.grid], along.size), lon, lat)
    inside[inside] = ~in_water(land, places[inside])
    site = np.repeat(np.arange(len(sites.grid)), along.size)[inside]
    order = np.lexsort((wish.ravel()[inside], site))
    site = site[order]
    turn = np.arange(len(site)) - np.searchsorted(site, site)
    kept = turn < sites.wanted[site]
    site = site[kept]
    return _Buildings(places[inside][order][kept], sites.angle[site], sites.grid[site], site)


def _with_one_each(land: Land, buildings: _Buildings, inhabited: Ints) -> _Buildings:
    """Adds one building at a point inside each inhabited grid that found no room for any."""
    empty = np.setdiff1d(inhabited, buildings.grid)
    points = shapely.get_coordinates(shapely.point_on_surface(land.grid_shapes[empty]))
    both = _Buildings(
        place=np.vstack([buildings.place, land.plane.meters(points)]),
        angle=np.append(buildings.angle, np.zeros(len(empty))),
        grid=np.append(buildings.grid, empty),
        site=np.append(buildings.site, np.full(len(empty), -1)),
    )
    return both.only(np.lexsort((both.site, both.grid)))


def _filled(
    land: Land, buildings: _Buildings, quota: Ints, urban: Flags, rng: np.random.Generator
) -> Homes:
    """The grids' households spread over their buildings; buildings without any are not built."""
    grid = np.repeat(np.arange(len(quota)), quota)
    built = np.bincount(buildings.grid, minlength=len(quota))
    number = np.arange(len(grid)) - np.searchsorted(grid, grid)
    building = np.searchsorted(buildings.grid, grid) + number * built[grid] // quota[grid]
    inhabited, building = np.unique(building, return_inverse=True)
    buildings = buildings.only(inhabited)
    held = np.bincount(building)
    turn = np.arange(len(building)) - np.searchsorted(building, building)
    tower = urban[buildings.grid] | (held > 4)
    angle = buildings.angle + rng.normal(0, 0.04, len(held))
    count = len(held)
    return Homes(
        building_place=buildings.place,
        building_grid=buildings.grid,
        angle=angle,
        length=np.where(tower, rng.uniform(30, 44, count), 6 + 7 * held),
        width=np.where(tower, rng.uniform(12, 15, count), rng.uniform(6.5, 9.5, count)),
        hamlet=_within_village(buildings.site, land.village[buildings.grid]),
        urban=urban,
        place=_doors(land, buildings, angle, tower, building),
        grid=grid,
        building=building,
        turn=turn,
    )


def _doors(
    land: Land, buildings: _Buildings, angle: Floats, tower: Flags, building: Ints
) -> Floats:
    """Where each household is: side by side in a row house, all at one point in a tower."""
    held = np.bincount(building)[building]
    turn = np.arange(len(building)) - np.searchsorted(building, building)
    shift = np.where(tower[building], 0, (turn - (held - 1) / 2) * _DOOR_M)[:, None]
    middle = buildings.place[building]
    door = middle + shift * np.column_stack([np.cos(angle), np.sin(angle)])[building]
    lon, lat = land.plane.degrees(door).T
    shapely.prepare(land.grid_shapes)
    astray = ~shapely.contains_xy(land.grid_shapes[buildings.grid[building]], lon, lat)
    return np.where(astray[:, None], middle, door)


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
    return np.asarray(shapely.polygons(corners.reshape(-1, 4, 2)), object)
