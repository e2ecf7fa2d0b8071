"""The lattice of cells: Web Mercator squares of level 20, ordered by Morton code within a tile.

A record of 32 bits is the place of a cell inside its z9 tile (22 bits, Morton) and a class of
incidents (10 bits: category × 8 + (severity − 1) × 2 + whether it has ended). The cell itself
comes from columns that the database generates: computed here again, another library's
rounding would move points over the edges of cells.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Records = NDArray[np.uint32]

EPOCH = date(2020, 1, 1)
"""Days are counted from here, in the installation's zone."""

TILE_ZOOM = 9
CELL_ZOOM = 20
CELL_BITS = CELL_ZOOM - TILE_ZOOM
"""A z9 tile has 2¹¹ cells on a side."""

CLASS_BITS = 10
CLASSES = 1 << CLASS_BITS
Wanted = NDArray[np.bool_]
"""Which of the classes are counted."""

ALL_CLASSES: Wanted = np.ones(CLASSES, bool)
TILE_CELL_BITS = 6
"""An answer has 64 × 64 cells, whatever the zoom."""

CELLS = 1 << 2 * TILE_CELL_BITS


def spread(n: Ints) -> Ints:
    """The bits of numbers under 2¹⁶ with a zero between each two (Morton, 1966)."""
    n = (n | n << 8) & 0x00FF00FF
    n = (n | n << 4) & 0x0F0F0F0F
    n = (n | n << 2) & 0x33333333
    return (n | n << 1) & 0x55555555


def morton(x: Ints, y: Ints) -> Ints:
    """The Morton code of cells: x in the even bits, y in the odd ones."""
    return spread(x) | spread(y) << 1


def tile_keys(cx: Ints, cy: Ints) -> Ints:
    """The z9 tiles of level-20 cells, as y × 2⁹ + x in 32 bits.

    The cell of −1, which stands for no point, lies in a tile that nobody asks for.
    """
    return ((cy >> CELL_BITS) << TILE_ZOOM | cx >> CELL_BITS) & 0xFFFFFFFF


def records(cx: Ints, cy: Ints, classes: Ints) -> Ints:
    """Place within the z9 tile and class, packed in 32 bits."""
    inside = (1 << CELL_BITS) - 1
    return morton(cx & inside, cy & inside) << CLASS_BITS | classes


def _unspread(codes: Ints) -> Ints:
    return sum((codes >> 2 * bit & 1) << bit for bit in range(TILE_CELL_BITS))  # type: ignore[return-value]


COLUMN = _unspread(np.arange(CELLS))
"""The column of a cell of an answer, by its Morton code."""

ROW = _unspread(np.arange(CELLS) >> 1)
"""The row of a cell of an answer, by its Morton code."""
