"""Made-up mountains: land rises and rain wears it down until it looks like a place.

Plane coordinates are meters east and north of the county's middle; row 0 is the south.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from gridmap.synth.arrays import Floats, Ints
from gridmap.synth.erosion import accumulate, drainage, erode, flood

WIDTH_M, HEIGHT_M = 124_000.0, 96_000.0
COARSEST_M = 400.0
_ROUNDS, _FEW_ROUNDS = 60, 22
INFLOW_KM2 = 3_000.0
"""What the main river brings along from beyond the western edge."""
_BENDS_M = {750.0: 120.0, 330.0: 45.0}
"""Size of the bends of rivers and roads, and how far they swing."""


@dataclass(frozen=True)
class Terrain:
    """Heights (m) on a square raster, where each cell drains to, and how much (km²).

    ``bend`` (2, rows, columns) is how far lines through a cell swing from its middle (m).
    """

    step: float
    height: Floats
    receiver: Ints
    drained: Floats
    bend: Floats

    @property
    def origin(self) -> tuple[float, float]:
        """x and y of the middle of cell [0, 0]."""
        rows, columns = self.height.shape
        return -(columns - 1) * self.step / 2, -(rows - 1) * self.step / 2

    def places(self, cells: Ints) -> Floats:
        """Plane coordinates (n, 2) of flat cell numbers."""
        row, column = np.divmod(cells, self.height.shape[1])
        x0, y0 = self.origin
        return np.column_stack([x0 + column * self.step, y0 + row * self.step])

    def cells(self, places: Floats) -> Ints:
        """Flat numbers of the cells nearest to plane coordinates; the edge where outside."""
        (x0, y0), (rows, columns) = self.origin, self.height.shape
        column = np.clip(np.rint((places[:, 0] - x0) / self.step), 0, columns - 1)
        row = np.clip(np.rint((places[:, 1] - y0) / self.step), 0, rows - 1)
        return np.asarray(row * columns + column, np.int64)

    def sample(self, field: Floats, places: Floats) -> Floats:
        """A field on this raster at plane coordinates, bilinear, the edge's value outside."""
        x0, y0 = self.origin
        at = np.array([(places[:, 1] - y0) / self.step, (places[:, 0] - x0) / self.step])
        values: Floats = ndimage.map_coordinates(field, at, order=1, mode="nearest")
        return values


def make_terrain(rng: np.random.Generator, finest_m: float) -> Terrain:
    """A landscape around one main river that runs from west to east.

    ``finest_m`` is 200 for what is looked at, 400 for what is only counted.
    """
    step = COARSEST_M
    phases = rng.uniform(0, 2 * np.pi, 3)
    height, soft = _start(rng, step, phases)
    rounds = _ROUNDS if finest_m < COARSEST_M else _FEW_ROUNDS
    while True:
        rain = _rain(height.shape, step, phases)
        shake = rng.uniform(0.75, 1.25, (8, *height.shape))
        height = erode(height, soft, rain, step, [shake] * rounds)
        if step <= finest_m:
            break
        step, rounds = step / 2, 16
        height, soft = _finer(height), _finer(soft)
        height = flood(height + rng.normal(0, 1, height.shape))
    height = flood(height)
    receiver, _ = drainage(height, step, None)
    drained = accumulate(receiver, rain)
    bend = np.stack([_bends(rng, height.shape, step) for _ in range(2)])
    return Terrain(step, _fill_valleys(height, drained, step), receiver, drained, bend)


def main_valley(x: Floats, phases: Floats) -> Floats:
    """How far north the main river's valley lies at x (m)."""
    swing = 4_200 * np.sin(x / 7_300 + phases[0]) + 2_300 * np.sin(x / 3_400 + phases[1])
    return np.asarray(swing + 800 * np.sin(x / 1_300 + phases[2]))


def _start(rng: np.random.Generator, step: float, phases: Floats) -> tuple[Floats, Floats]:
    """Gentle land sloping to the main valley and the far edges, and how soft it is."""
    rows, columns = round(HEIGHT_M / step) + 1, round(WIDTH_M / step) + 1
    x = np.linspace(-WIDTH_M / 2, WIDTH_M / 2, columns)[None, :]
    y = np.linspace(-HEIGHT_M / 2, HEIGHT_M / 2, rows)[:, None]
    off = np.abs(y - main_valley(x, phases))
    edge = HEIGHT_M / 2 - np.abs(y)
    height = 1_500 - x * 0.003 + np.minimum(off * 0.012, 60 + edge * 0.012)
    height += 70 * _blotches(rng, height.shape, 3_000 / step) * np.clip(off / 3_000, 0, 1)
    soft = np.exp(-0.5 * _blotches(rng, height.shape, 6_000 / step))
    soft *= 1 + 1.2 * np.exp(-((off / 2_500) ** 2))
    return flood(height + rng.normal(0, 1, height.shape)), soft


def _blotches(rng: np.random.Generator, shape: tuple[int, ...], size: float) -> Floats:
    """Smooth noise of mean 0 and deviation 1."""
    field: Floats = ndimage.gaussian_filter(rng.normal(0, 1, shape), size)
    return np.asarray((field - field.mean()) / field.std())


def _bends(rng: np.random.Generator, shape: tuple[int, ...], step: float) -> Floats:
    total = np.zeros(shape)
    for size, swing in _BENDS_M.items():
        total += swing * _blotches(rng, shape, size / step)
    return total


def _finer(field: Floats) -> Floats:
    """The same field at half the step; edges stay where they are."""
    rows, columns = field.shape
    at = np.meshgrid(
        np.linspace(0, rows - 1, 2 * rows - 1),
        np.linspace(0, columns - 1, 2 * columns - 1),
        indexing="ij",
    )
    finer: Floats = ndimage.map_coordinates(field, np.array(at), order=3, mode="nearest")
    return finer


def _rain(shape: tuple[int, ...], step: float, phases: Floats) -> Floats:
    """Area of each cell (km²), with the upper river's at its western inlet."""
    rain = np.full(shape, (step / 1_000) ** 2)
    inlet = float(main_valley(np.array([-WIDTH_M / 2]), phases)[0])
    rain[round((inlet + HEIGHT_M / 2) / step), 0] += INFLOW_KM2
    return rain


def _fill_valleys(height: Floats, drained: Floats, step: float) -> Floats:
    """Flat floors along rivers, the wider the more water."""
    river = drained > 12
    off, nearest = ndimage.distance_transform_edt(~river, sampling=step, return_indices=True)
    level, water = height[tuple(nearest)], drained[tuple(nearest)]
    floor = 55 * water**0.32
    share = np.clip((off - floor) / (1.6 * floor), 0, 1)
    filled: Floats = np.minimum(height, level + (height - level) * share**1.3 + off * 0.006)
    smooth: Floats = ndimage.gaussian_filter(filled, 50 / step)
    return smooth
