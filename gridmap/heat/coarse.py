"""What the far zooms count: a county's incidents by day or half-year, in cells of level 12.

A tile at z6 or farther away has no finer cells. Here a range of days is one slice of a county,
not one of each of its z9 tiles; and summed by half-years, five years are a tenth of the numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridmap.heat.cells import (
    ALL_CLASSES,
    CELL_BITS,
    CLASS_BITS,
    CLASSES,
    TILE_CELL_BITS,
    TILE_ZOOM,
    Ints,
    Wanted,
)

FAR_ZOOM = 6
HALF_YEAR = 182
"""Days; counted from the epoch, not from New Year."""

PLACE_BITS = 2 * (FAR_ZOOM + TILE_CELL_BITS - TILE_ZOOM)
PLACES = 1 << PLACE_BITS
"""A z9 tile has 64 cells of level 12."""


@dataclass(frozen=True)
class Periods:
    """Entries in order of their period: the first of period p is ``starts[p - first]``.

    Each is a key – the number of its z9 tile, the place in it (6 bits, Morton), the class – and
    how many incidents it stands for.
    """

    first: int
    starts: NDArray[np.uint32]
    key: NDArray[np.uint32]
    n: NDArray[np.uint32]

    def counts(self, low: int, high: int, wanted: Wanted, cells: int) -> Ints:
        """Incidents of wanted classes in each cell, from period ``low`` to before ``high``."""
        low, high = (min(max(p - self.first, 0), len(self.starts) - 1) for p in (low, high))
        if low >= high:
            return np.zeros(cells, np.int64)
        entries = slice(int(self.starts[low]), int(self.starts[high]))
        key, n = self.key[entries], self.n[entries]
        if wanted is not ALL_CLASSES:
            kept = np.flatnonzero(np.take(wanted, key & CLASSES - 1))
            key, n = key[kept], n[kept]
        # doubles are exact up to 2⁵³ incidents
        return np.bincount(key >> CLASS_BITS, n, cells).astype(np.int64)


@dataclass(frozen=True)
class Coarse:
    """A county's incidents by day and by half-year."""

    days: Periods
    halves: Periods

    def counts(self, first: int, last: int, wanted: Wanted, cells: int) -> Ints:
        """Incidents of wanted classes in each of so many cells in days, both included."""
        low, high = -(-first // HALF_YEAR), (last + 1) // HALF_YEAR
        if low >= high:
            return self.days.counts(first, last + 1, wanted, cells)
        return (
            self.halves.counts(low, high, wanted, cells)
            + self.days.counts(first, low * HALF_YEAR, wanted, cells)
            + self.days.counts(high * HALF_YEAR, last + 1, wanted, cells)
        )


def summed(tile: Ints, day: Ints, record: Ints) -> Coarse:
    """Records as entries; ``tile`` numbers the county's z9 tiles."""
    place = record >> CLASS_BITS + 2 * CELL_BITS - PLACE_BITS
    key = (tile * PLACES + place) * CLASSES + (record & CLASSES - 1)
    return Coarse(_by_period(day, key), _by_period(day // HALF_YEAR, key))


def _by_period(period: Ints, key: Ints) -> Periods:
    first = int(period.min()) if len(period) else 0
    periods = int(period.max()) - first + 1 if len(period) else 0
    size = int(key.max()) + 1 if len(key) else 1
    entry, n = np.unique((period - first) * size + key, return_counts=True)
    starts = np.searchsorted(entry, np.arange(periods + 1) * size)
    return Periods(
        first,
        starts.astype(np.uint32),
        (entry % size).astype(np.uint32),
        n.astype(np.uint32),
    )
