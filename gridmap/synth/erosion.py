"""Rain on a raster: where it runs, how much gathers, and what it wears away.

Method: stream power erosion (dh/dt = uplift - K A^m S), solved implicitly along the drainage
tree as by Braun and Willett (2013), "A very efficient O(n), implicit and parallel method to
solve the stream power equation". The recurrences down the tree are solved by pointer doubling,
which numpy does in about a dozen gathers. Rows run north, row 0 is the south; the western edge
is closed, the other three are where rain leaves. The receiver "count" (one past the last cell)
means none.
"""

import heapq

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gridmap.synth.arrays import Floats, Ints

_AREA_POWER = 0.42
_UPLIFT_M, _WEAR = 22.0, 260.0
"""Meters that land rises in a round, and what a km² of rain wears off against it."""
_NEIGHBORS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def erode(height: Floats, soft: Floats, rain: Floats, step: float, jitter: list[Floats]) -> Floats:
    """Height (m) after as many rounds of rising and wearing as there are jitters.

    ``rain`` is the area (km²) that each cell gathers itself; a jitter (8, rows, columns) around
    1 keeps rivers off the raster's eight directions.
    """
    for shake in jitter:
        height = _fill_pits(height, 6)
        receiver, distance = drainage(height, step, shake)
        wear = _WEAR * soft * accumulate(receiver, rain) ** _AREA_POWER / distance
        height = _settle(height + np.where(open_edge(height.shape), 0, _UPLIFT_M), wear, receiver)
    return height


def open_edge(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where rain leaves: south, north and east."""
    edge = np.zeros(shape, bool)
    edge[[0, -1], :] = edge[:, -1] = True
    return edge


def flood(height: Floats) -> Floats:
    """Fills every basin just over its rim, so that all rain finds the edge.

    Barnes, Lehman and Mulla (2014), "Priority-flood"."""
    rows, columns = height.shape
    level = height.ravel().tolist()
    seen = open_edge(height.shape)
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


def drainage(height: Floats, step: float, jitter: Floats | None) -> tuple[Ints, Floats]:
    """Each cell's steepest lower neighbor, none at the open edge and in pits; and how far (m)."""
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
    receiver[open_edge(height.shape)] = height.size
    return receiver, distance


def accumulate(receiver: Ints, rain: Floats) -> Floats:
    """Rain summed down the drainage tree: S(2m) = S(m) + P^m S(m)."""
    count = rain.size
    jump = np.append(receiver.ravel(), count)
    total = np.append(rain.ravel(), 0.0)
    while (jump < count).any():
        total += np.bincount(jump, weights=total, minlength=count + 1)
        total[count] = 0
        jump = jump[jump]
    gathered: Floats = total[:count].reshape(rain.shape)
    return gathered


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
    settled: Floats = value[:count].reshape(raised.shape)
    return settled


def _fill_pits(height: Floats, rounds: int) -> Floats:
    """Raises cells without a lower neighbor just over their lowest one; edges but the west stay."""
    around = np.ones((3, 3), bool)
    around[1, 1] = False
    for _ in range(rounds):
        lowest = ndimage.minimum_filter(height, footprint=around, mode="nearest")
        pit = (height <= lowest) & ~open_edge(height.shape)
        if not pit.any():
            break
        height = np.where(pit, lowest + 0.01, height)
    return height
