"""The ground of one county before anyone draws a border: terrain, rivers, outline, seats."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from gridmap.synth import lines
from gridmap.synth.arrays import Floats
from gridmap.synth.plane import Plane
from gridmap.synth.terrain import Terrain, make_terrain

HALF_WIDTH_M, HALF_HEIGHT_M = 38_000.0, 26_000.0
"""Nobody's land begins here at the latest, so that counties can lie side by side."""
_SEAT_RIVER_KM2, _MAIN_RIVER_KM2 = 18.0, 1_000.0


@dataclass(frozen=True)
class Sizes:
    """How much of everything one county has, and how fine its ground is."""

    townships: int = 15
    grids: int = 1_200
    villages: int = 150
    households: int = 60_000
    incidents: int = 40_000
    cells_per_grid: int = 62
    """The more, the finer the borders."""
    finest_m: float = 200.0


@dataclass(frozen=True)
class Ground:
    """One county's ground on its plane; the first seat is the county town.

    ``outline`` is the distance of the rough edge from the middle (m), by degree of direction.
    """

    plane: Plane
    terrain: Terrain
    rivers: list[lines.Line]
    outline: Floats
    seats: Floats
    sizes: Sizes

    def within(self, places: Floats) -> Floats:
        """How far in places lie: 1 in the middle, 0 on the outline, negative beyond."""
        return _within(self.outline, places)


def make_ground(rng: np.random.Generator, plane: Plane, sizes: Sizes) -> Ground:
    """Ground for a county of those sizes."""
    terrain = make_terrain(rng, sizes.finest_m)
    outline = _outline(rng)
    seats = _seats(terrain, outline, sizes.townships, rng)
    return Ground(plane, terrain, lines.rivers(terrain), outline, seats, sizes)


def crowding(ground: Ground) -> Floats:
    """How many grids a km² of each raster cell should hold (flat, but for a factor).

    Many in the county town, some around seats and along rivers, few in the mountains.
    """
    terrain = ground.terrain
    places = terrain.places(np.arange(terrain.height.size))
    far = ndimage.distance_transform_edt(terrain.drained < 10, sampling=terrain.step).ravel()
    spacing = 620 + 3_900 * (1 - np.exp(-far / 2_900))
    for seat in ground.seats[1:]:
        spacing *= 1 - 0.6 * np.exp(-((np.hypot(*(places - seat).T) / 1_000) ** 2))
    town = np.hypot(*((places - ground.seats[0]) * np.array([0.7, 1.15])).T)
    spacing = np.minimum(spacing, 118 + 0.16 * np.maximum(0, town - 550) ** 1.04)
    return np.asarray(np.where(ground.within(places) < -0.18, 0.08, (1_000 / spacing) ** 2))


def _within(outline: Floats, places: Floats) -> Floats:
    direction = np.degrees(np.arctan2(places[:, 1], places[:, 0])).astype(np.int64) % 360
    return np.asarray(1 - np.hypot(*places.T) / outline[direction])


def _outline(rng: np.random.Generator) -> Floats:
    angle = np.radians(np.arange(360))
    waves = [
        rng.normal(0, 0.17 / k) * np.sin(k * angle + rng.uniform(0, 2 * np.pi)) for k in range(2, 9)
    ]
    ellipse = 1 / np.hypot(np.cos(angle) / 36_500, np.sin(angle) / 24_500)
    reach = ellipse * (1 + np.sum(waves, axis=0).clip(-0.25, 0.22))
    room = np.minimum(
        HALF_WIDTH_M / np.abs(np.cos(angle)).clip(0.01),
        HALF_HEIGHT_M / np.abs(np.sin(angle)).clip(0.01),
    )
    return np.asarray(np.minimum(reach, room))


def _seats(terrain: Terrain, outline: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Beside rivers and far from each other; the county town on the main river."""
    drained = terrain.drained.ravel()
    cells = np.flatnonzero(drained > _SEAT_RIVER_KM2)
    places = terrain.places(cells) + terrain.bend.reshape(2, -1).T[cells]
    fit = _within(outline, places) > 0.12
    cells, places = cells[fit], places[fit]
    main = np.flatnonzero(drained[cells] > _MAIN_RIVER_KM2)
    middle = np.hypot(places[main, 0] + 2_000, places[main, 1] * 0.3)
    chosen = [int(main[np.argmin(middle)])]
    likes = rng.uniform(0.7, 1.3, len(cells)) * np.clip(drained[cells] / 60, 0.6, 1.2)
    while len(chosen) < count:
        apart = np.min([np.hypot(*(places - places[k]).T) for k in chosen], axis=0)
        chosen.append(int(np.argmax(apart * likes)))
    return np.asarray(places[chosen] + rng.choice([-1, 1], (count, 1)) * np.array([120.0, 330.0]))
