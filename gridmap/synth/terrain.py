"""Made-up mountains: rain wears down rising land until it looks like a place.

Method: detachment-limited stream power erosion (dh/dt = uplift - K A^m S), solved implicitly
along the drainage tree as by Braun and Willett (2013), "A very efficient O(n), implicit and
parallel method to solve the stream power equation". The recurrences down the tree are solved
by pointer doubling, which numpy does in about a dozen gathers.

Plane coordinates are meters east and north of the county's middle; row 0 is the south.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WIDTH_M, HEIGHT_M = 124_000.0, 96_000.0
INFLOW_KM2 = 3_000.0
"""What the main river brings along from beyond the western edge."""
_AREA_POWER = 0.42
_NEIGHBORS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


@dataclass(frozen=True)
class Terrain:
    """Heights (m) on a square raster, where each cell drains to, and how much (km²)."""

    step: float
    height: Floats
    receiver: Ints
    drained: Floats

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
        return (row * columns + column).astype(np.int64)

    def sample(self, field: Floats, places: Floats) -> Floats:
        """A field on this raster at plane coordinates, bilinear, the edge's value outside."""
        x0, y0 = self.origin
        at = np.array([(places[:, 1] - y0) / self.step, (places[:, 0] - x0) / self.step])
        values: Floats = ndimage.map_coordinates(field, at, order=1, mode="nearest")
        return values


def make_terrain(rng: np.random.Generator, finest_m: float) -> Terrain:
    """A landscape around one main river that runs from west to east.

    ``finest_m`` is 100 for what is looked at, 400 for what is only counted.
    """
    step = 400.0
    height, soft, phases = _start(rng, step)
    height = _erode(height, soft, step, 60, rng, phases)
    while step > finest_m:
        step /= 2
        height, soft = _finer(height), _finer(soft)
        height = _flood(height + rng.normal(0, 1, height.shape))
        height = _erode(height, soft, step, 16 if step >= 200 else 6, rng, phases)
    height = _flood(height)
    receiver, _ = _drainage(height, step, None)
    drained = _accumulate(receiver, _rain(height.shape, step, phases))
    return Terrain(step, _fill_valleys(height, drained, step), receiver, drained)


def main_valley(x: Floats, phases: Floats) -> Floats:
    """How far north the main river's valley lies at x (m)."""
    swing = 4_200 * np.sin(x / 7_300 + phases[0]) + 2_300 * np.sin(x / 3_400 + phases[1])
    return np.asarray(swing + 800 * np.sin(x / 1_300 + phases[2]))


def _start(rng: np.random.Generator, step: float) -> tuple[Floats, Floats, Floats]:
    """Gentle land sloping to the main valley and the far edges, how soft it is, and the bends."""
    rows, columns = round(HEIGHT_M / step) + 1, round(WIDTH_M / step) + 1
    x = np.linspace(-WIDTH_M / 2, WIDTH_M / 2, columns)[None, :]
    y = np.linspace(-HEIGHT_M / 2, HEIGHT_M / 2, rows)[:, None]
    phases = rng.uniform(0, 2 * np.pi, 3)
    off = np.abs(y - main_valley(x, phases))
    edge = HEIGHT_M / 2 - np.abs(y)
    height = 1_500 - x * 0.003 + np.minimum(off * 0.012, 60 + edge * 0.012)
    height += 70 * _blotches(rng, height.shape, 3_000 / step) * np.clip(off / 3_000, 0, 1)
    soft = np.exp(-0.5 * _blotches(rng, height.shape, 6_000 / step))
    soft *= 1 + 1.2 * np.exp(-((off / 2_500) ** 2))
    return _flood(height + rng.normal(0, 1, height.shape)), soft, phases


def _blotches(rng: np.random.Generator, shape: tuple[int, ...], size: float) -> Floats:
    """Smooth noise of mean 0 and deviation 1."""
    field: Floats = ndimage.gaussian_filter(rng.normal(0, 1, shape), size)
    return (field - field.mean()) / field.std()


def _flood(height: Floats) -> Floats:
    """Fills every basin just over its rim, so that all rain finds the edge.

    Barnes, Lehman and Mulla (2014), "Priority-flood". The western edge is closed.
    """
    rows, columns = height.shape
    level = height.ravel().tolist()
    seen = np.zeros(height.shape, bool)
    seen[[0, -1], :] = seen[:, -1] = True
    heap = [(level[k], k) for k in np.flatnonzero(seen).tolist()]
    done = seen.ravel().tolist()
    heapq.heapify(heap)
    while heap:
        low, cell = heapq.heappop(heap)
        row, column = divmod(cell, columns)
        for dy, dx in _NEIGHBORS:
            near = cell + dy * columns + dx
            if 0 <= row + dy < rows and 0 <= column + dx < columns and not done[near]:
                done[near] = True
                level[near] = max(level[near], low + 0.01)
                heapq.heappush(heap, (level[near], near))
    return np.array(level).reshape(height.shape)


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


def _drainage(height: Floats, step: float, jitter: Floats | None) -> tuple[Ints, Floats]:
    """Each cell's steepest lower neighbor (its count + 1 at the edge and in pits), distance.

    Jitter (8, rows, columns) around 1 keeps rivers off the raster's eight directions.
    """
    rows, columns = height.shape
    padded = np.pad(height, 1, constant_values=np.inf)
    best = np.zeros(height.shape)
    receiver = np.full(height.shape, height.size)
    distance = np.full(height.shape, step)
    numbers = np.arange(height.size).reshape(height.shape)
    for k, (dy, dx) in enumerate(_NEIGHBORS):
        length = step * np.hypot(dy, dx)
        slope = (height - padded[1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + columns]) / length
        if jitter is not None:
            slope = slope * jitter[k]
        steeper = slope > best
        best[steeper] = slope[steeper]
        receiver[steeper] = (numbers + dy * columns + dx)[steeper]
        distance[steeper] = length
    # The west is closed, so that the river that comes from there is not lost to the edge.
    receiver[[0, -1], :] = receiver[:, -1] = height.size
    return receiver, distance


def _accumulate(receiver: Ints, rain: Floats) -> Floats:
    """Rain summed down the drainage tree: S(2m) = S(m) + P^m S(m)."""
    count = rain.size
    jump = np.append(receiver.ravel(), count)
    total = np.append(rain.ravel(), 0.0)
    while (jump < count).any():
        total += np.bincount(jump, weights=total, minlength=count + 1)
        total[count] = 0
        jump = jump[jump]
    return total[:count].reshape(rain.shape)


def _erode(
    height: Floats,
    soft: Floats,
    step: float,
    rounds: int,
    rng: np.random.Generator,
    phases: Floats,
) -> Floats:
    base = np.zeros(height.shape, bool)
    base[[0, -1], :] = base[:, -1] = True
    rain = _rain(height.shape, step, phases)
    jitter = rng.uniform(0.75, 1.25, (8, *height.shape))
    for _ in range(rounds):
        height = _fill_pits(height, 6)
        receiver, distance = _drainage(height, step, jitter)
        wear = 260 * soft * _accumulate(receiver, rain) ** _AREA_POWER / distance
        raised = height + np.where(base, 0, 22)
        height = _settle(raised, wear, receiver)
    return height


def _fill_pits(height: Floats, rounds: int) -> Floats:
    """Raises cells without a lower neighbor just over their lowest one; edges but the west stay."""
    around = np.ones((3, 3), bool)
    around[1, 1] = False
    for _ in range(rounds):
        lowest = ndimage.minimum_filter(height, footprint=around, mode="nearest")
        pit = height <= lowest
        pit[[0, -1], :] = pit[:, -1] = False
        if not pit.any():
            break
        height = np.where(pit, lowest + 0.01, height)
    return height


def _settle(raised: Floats, wear: Floats, receiver: Ints) -> Floats:
    """Solves h = (raised + wear h_receiver) / (1 + wear) down the drainage tree."""
    count = raised.size
    jump = np.append(receiver.ravel(), count)
    root = jump == count
    factor = np.where(root, 0, np.append(wear.ravel() / (1 + wear.ravel()), 0))
    value = np.append(raised.ravel(), 0.0)
    value[:-1] /= np.where(root[:-1], 1, 1 + wear.ravel())
    while (jump < count).any():
        value += factor * value[jump]
        factor *= factor[jump]
        jump = jump[jump]
    return value[:count].reshape(raised.shape)


def _fill_valleys(height: Floats, drained: Floats, step: float) -> Floats:
    """Flat floors along rivers, the wider the more water."""
    river = drained > 12
    off, nearest = ndimage.distance_transform_edt(~river, sampling=step, return_indices=True)
    level, water = height[tuple(nearest)], drained[tuple(nearest)]
    floor = 55 * water**0.32
    share = np.clip((off - floor) / (1.6 * floor), 0, 1)
    filled: Floats = np.minimum(height, level + (height - level) * share**1.3 + off * 0.006)
    return ndimage.gaussian_filter(filled, 50 / step)
