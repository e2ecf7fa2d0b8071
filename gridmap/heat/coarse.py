"""What the far zooms count: a county's incidents by day or half-year, in cells of level 12.

A tile at z6 or farther away has no finer cells. Here a range of days is one slice of a county,
not one of each of its z9 tiles; and summed by half-years, five years are a tenth of the numbers.
"""

from dataclasses import dataclass
from typing import Any

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

MOST_TILES = (1 << 16) // PLACES
"""So many z9 tiles of a county can be numbered: 1,024, each some 60 km wide."""


@dataclass(frozen=True)
class Periods:
    """Entries in order of their period: the first of period p is ``starts[p - first]``.

    Each is a cell – the number of its z9 tile and the place in it (6 bits, Morton) –, a class,
    and how many incidents it stands for.
    """

    first: int
    starts: NDArray[np.uint32]
    n: NDArray[np.uint32]
    cell: NDArray[np.uint16]
    kind: NDArray[np.uint16]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All numbers by the names of their fields."""
        return {"starts": self.starts, "n": self.n, "cell": self.cell, "kind": self.kind}

    def counts(self, low: int, high: int, wanted: Wanted, cells: int) -> Ints:
        """Incidents of wanted classes in each cell, from period ``low`` to before ``high``."""
        low, high = (min(max(p - self.first, 0), len(self.starts) - 1) for p in (low, high))
        if low >= high:
            return np.zeros(cells, np.int64)
        entries = slice(int(self.starts[low]), int(self.starts[high]))
        n = self.n[entries]
        if wanted is not ALL_CLASSES:
            # nothing times what is not wanted: picking the others out would take twice as long
            n = n * np.take(wanted, self.kind[entries])
        # doubles are exact up to 2⁵³ incidents
        return np.bincount(self.cell[entries], n, cells).astype(np.int64)


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
    """Records as entries; ``tile`` numbers the county's z9 tiles.

    Raises OverflowError for more of them than can be numbered.
    """
    if len(tile) and int(tile.max()) >= MOST_TILES:
        raise OverflowError(f"a county lies in over {MOST_TILES} tiles of zoom {TILE_ZOOM}")
    place = record >> CLASS_BITS + 2 * CELL_BITS - PLACE_BITS
    key = (tile * PLACES + place) * CLASSES + (record & CLASSES - 1)
    return Coarse(_by_period(day, key), _by_period(day // HALF_YEAR, key))


def _by_period(period: Ints, key: Ints) -> Periods:
    first = int(period.min()) if len(period) else 0
    periods = int(period.max()) - first + 1 if len(period) else 0
    size = int(key.max()) + 1 if len(key) else 1
    entry, n = np.unique((period - first) * size + key, return_counts=True)
    starts = np.searchsorted(entry, np.arange(periods + 1) * size)
    key = entry % size
    return Periods(
        first,
        starts.astype(np.uint32),
        n.astype(np.uint32),
        (key >> CLASS_BITS).astype(np.uint16),
        (key & CLASSES - 1).astype(np.uint16),
    )
