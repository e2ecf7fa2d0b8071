"""Closed atoms: sums that can be shown to whoever may not list the incidents themselves.

Hiding small counts answer by answer hides nothing: one answer less another brings them back.
So the sums are made once. An atom is a cell, 30 days and a kind with three incidents at least;
what is fewer goes to the cell above, up to level 8, and the rest is left out. All answers are
sums of atoms, and two of them differ by nothing or by three at least.
"""

from typing import NamedTuple

import numpy as np

from gridmap.heat.cells import CELL_ZOOM, Ints

BLOCK_DAYS = 30
FEWEST = 3
FINEST, COARSEST = 15, 8
"""Cells of about 1 km and of about 120 km."""

_BITS = CELL_ZOOM


class Atoms(NamedTuple):
    """Columns of the same length: cells of Web Mercator at their level, and how many there."""

    level: Ints
    x: Ints
    y: Ints
    block: Ints
    kind: Ints
    n: Ints


def closed(cx: Ints, cy: Ints, block: Ints, kind: Ints) -> Atoms:
    """The atoms of incidents: cells of level 20, blocks of days from 0 on, kinds from 0 to 3."""
    up = CELL_ZOOM - FINEST
    rest = _summed(cx >> up, cy >> up, block << 2 | kind, np.ones(len(cx), np.int64))
    made = []
    for level in range(FINEST, COARSEST - 1, -1):
        x, y, group, n = rest
        enough = n >= FEWEST
        made.append(
            Atoms(
                np.full(int(enough.sum()), level),
                x[enough],
                y[enough],
                group[enough] >> 2,
                group[enough] & 3,
                n[enough],
            )
        )
        few = ~enough
        rest = _summed(x[few] >> 1, y[few] >> 1, group[few], n[few])
    return Atoms._make(np.concatenate(column) for column in zip(*made, strict=True))


def _summed(x: Ints, y: Ints, group: Ints, n: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Equal cells of equal groups added up."""
    key = (group << _BITS | y) << _BITS | x
    found, at = np.unique(key, return_inverse=True)
    low = (1 << _BITS) - 1
    total = np.bincount(at, n, len(found)).astype(np.int64)
    return found & low, found >> _BITS & low, found >> 2 * _BITS, total
