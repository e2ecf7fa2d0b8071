"""Counts of cells as a Mapbox vector tile (specification 2.1): a point for each cell that has any.

All features have the same length, because numbers are written as two bytes with padding, which
Protocol Buffers allow: the whole tile is one array.
"""

import numpy as np

from gridmap.heat.cells import COLUMN, ROW, TILE_CELL_BITS, Ints

EXTENT = 2 << TILE_CELL_BITS
"""Twice the cells on a side, so that the middle of a cell is a whole number."""

_FEATURE = np.array(
    # feature of 14 bytes: tags (key 0, value), type point, geometry (move to x, y)
    [0x12, 14, 0x12, 3, 0, 0, 0, 0x18, 1, 0x22, 5, 9, 0, 0, 0, 0],
    np.uint8,
)
_VALUE, _X, _Y = 5, 12, 14


def encode(counts: Ints, *, layer: str, key: str) -> bytes:
    """The tile's bytes, empty where nothing is counted; counts are by Morton code of 64 × 64."""
    used = np.flatnonzero(counts)
    if not len(used):
        return b""
    values, index = np.unique(counts[used], return_inverse=True)
    features = np.tile(_FEATURE, (len(used), 1))
    _write(features, _VALUE, index)
    # zigzag of a coordinate that is not negative doubles it
    _write(features, _X, 2 * (2 * COLUMN[used] + 1))
    _write(features, _Y, 2 * (2 * ROW[used] + 1))
    body = b"".join(
        (
            b"\x78\x02",
            _field(1, layer.encode()),
            features.tobytes(),
            _field(3, key.encode()),
            *(_field(4, b"\x28" + _varint(int(value))) for value in values),
            b"\x28" + _varint(EXTENT),
        )
    )
    return _field(3, body)


def _write(features: np.ndarray[tuple[int, int], np.dtype[np.uint8]], at: int, n: Ints) -> None:
    features[:, at] = n & 0x7F | 0x80
    features[:, at + 1] = n >> 7


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(n: int) -> bytes:
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)
