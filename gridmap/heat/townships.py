"""What figures of wide areas count: a county's incidents by township, summed up over time.

How many there were before each block of eight weeks is kept for every township and class, and
from these sums all figures are taken (see ``sums``). Townships are here the deepest level of
which a county has few; what it is called is the installation's own affair.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridmap import area
from gridmap.heat import levels
from gridmap.heat.cells import CLASS_BITS, CLASSES, Ints
from gridmap.heat.sums import BLOCK_DAYS, Sums

MOST = 1 << 16 - CLASS_BITS
"""A township and a class are one number of 16 bits."""

ANY_DEPTH = 99
"""Of a county of which nothing was cut off."""


@dataclass(frozen=True, eq=False)
class Townships(Sums):
    """One county's incidents. ``key`` are its townships and classes (10 bits) in order.

    ``paths`` are the townships', or of incidents that lie in none, their own.
    """

    key: NDArray[np.uint16]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All numbers by the names of their fields."""
        return {
            "starts": self.starts,
            "sums": self.sums,
            "key": self.key,
            "entry": self.entry,
        }

    @property
    def kind(self) -> NDArray[np.uint16]:
        """The class of each key."""
        return self.key & np.uint16(CLASSES - 1)

    @property
    def place(self) -> NDArray[np.uint16]:
        """The number of each key's township."""
        return self.key >> np.uint16(CLASS_BITS)


def first_of(day: int) -> int:
    """Where the block begins that a day lies in: the same for all counties."""
    return day // BLOCK_DAYS * BLOCK_DAYS


def summed(day: Ints, number: Ints, kind: Ints, paths: tuple[str, ...]) -> Townships:
    """Incidents summed up: the day, the number of the path and the class of each."""
    depth = _depth(paths)
    townships, township = levels.cut(paths, depth)
    key, entry = np.unique(township[number] << CLASS_BITS | kind, return_inverse=True)
    first = first_of(int(day.min())) if len(day) else 0
    days = int(day.max()) - first + 1 if len(day) else 0
    blocks = -(-days // BLOCK_DAYS)
    slot = (day - first) // BLOCK_DAYS * len(key) + entry
    by_block = np.bincount(slot, minlength=blocks * len(key)).reshape(blocks, len(key))
    sums = np.zeros((blocks + 1, len(key)), np.uint32)
    np.cumsum(by_block, axis=0, out=sums[1:])
    order = np.lexsort((entry, day))
    starts = np.searchsorted(day[order], np.arange(first, first + days + 1))
    return Townships(
        townships,
        depth,
        first,
        sums,
        starts.astype(np.uint32),
        entry[order].astype(np.uint16),
        key.astype(np.uint16),
    )


def _depth(paths: tuple[str, ...]) -> int:
    """The deepest level of which the paths have few areas: any, where they are few themselves."""
    if len(paths) <= MOST:
        return ANY_DEPTH
    deepest = max(map(area.level, paths), default=0)
    return next(d for d in range(deepest, -1, -1) if len(levels.cut(paths, d)[0]) <= MOST)
