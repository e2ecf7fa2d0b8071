"""Many rows in PostgreSQL's binary COPY format, made column by column.

A row is the number of its fields, then each field as its length (big-endian, -1 for NULL) and
its bytes, in the form that the type's binary input function reads. Lengths and numbers of a
whole column are made at once by NumPy; one join then puts all pieces of all rows in a row.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

READ_BYTES = 1 << 20
"""What a driver should take of a stream at once: each time it waits for the interpreter's lock."""

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_TEXT_OID = 25
_EWKB_POINT_4326 = bytes.fromhex("0101000020e6100000")
_SECONDS_TO_2000 = 946_684_800


@dataclass(frozen=True)
class Cells:
    """One field of many rows: the bytes that each takes (n,), and the pieces they are made of.

    A row's bytes are its piece of each column of pieces, one after the other.
    """

    size: Ints
    pieces: tuple[Iterable[bytes], ...]


def stream(columns: Sequence[Cells]) -> bytes:
    """A whole COPY stream of rows with these fields."""
    pieces = chain.from_iterable(column.pieces for column in columns)
    rows = zip(repeat(len(columns).to_bytes(2, "big")), *pieces, strict=False)
    return b"".join([_SIGNATURE, *chain.from_iterable(rows), _END])


def as_file(columns: Sequence[Cells]) -> io.BytesIO:
    """The same as a file that a driver can read."""
    return io.BytesIO(stream(columns))


def texts(cells: Sequence[str | None]) -> Cells:
    """text, and every type whose binary form is its text."""
    return blobs([None if cell is None else cell.encode() for cell in cells])


def blobs(cells: Sequence[bytes | None]) -> Cells:
    """bytea, or values in their type's own binary form."""
    data: Sequence[bytes] = [cell or b"" for cell in cells]
    length = np.fromiter(map(len, data), np.int64, len(data))
    stated = length
    if None in cells:
        stated = np.where([cell is None for cell in cells], -1, length)
    return Cells(4 + length, (_split(_big(stated, "i4")), data))


def numbers(values: Sequence[object] | NDArray[np.generic], kind: str) -> Cells:
    """boolean, smallint, integer, real or float8, by NumPy's name: u1, i2, i4, f4, f8.

    For real and float8 None and NaN are NULL.
    """
    if kind[0] != "f":
        return fixed(_big(values, kind))
    floats = np.asarray(values, np.float64)
    return _nulled(fixed(_big(floats, kind)), np.isnan(floats))


def fixed(table: NDArray[np.uint8]) -> Cells:
    """Values of one size, such as uuid: bytes (n, size)."""
    count, size = table.shape
    length = np.frombuffer(size.to_bytes(4, "big"), np.uint8)
    whole = np.hstack([np.tile(length, (count, 1)), table])
    return Cells(np.full(count, 4 + size), (_split(whole),))


def same(value: bytes | None, count: int) -> Cells:
    """The same bytes, or NULL, in every row."""
    cell = _NULL if value is None else len(value).to_bytes(4, "big") + value
    return Cells(np.full(count, len(cell)), (repeat(cell, count),))


def points(places: NDArray[np.float64]) -> Cells:
    """geometry(Point, 4326) from degrees (n, 2), NULL where they are NaN: EWKB, little-endian."""
    head = np.tile(np.frombuffer(_EWKB_POINT_4326, np.uint8), (len(places), 1))
    degrees = np.ascontiguousarray(places, "<f8").view(np.uint8).reshape(-1, 16)
    return _nulled(fixed(np.hstack([head, degrees])), np.isnan(places[:, 0]))


def moments(seconds: NDArray[np.float64]) -> Cells:
    """timestamptz from seconds since 1970, NULL where NaN; microseconds since 2000 on the wire."""
    missing = np.isnan(seconds)
    since_2000 = (np.where(missing, 0, seconds) - _SECONDS_TO_2000) * 1e6
    return _nulled(fixed(_big(np.rint(since_2000), "i8")), missing)


def text_arrays(columns: Sequence[Cells], count: int) -> Cells:
    """text[]: each row's cells of some columns of texts as one array."""
    if not columns:
        return same(np.array([0, 0, _TEXT_OID], ">i4").tobytes(), count)
    # dimensions, whether it may hold NULL, type of the elements, their number, first subscript
    head = np.array([1, 1, _TEXT_OID, len(columns), 1], ">i4").tobytes()
    size: Ints = np.array([column.size for column in columns]).sum(axis=0) + len(head)
    inner = chain.from_iterable(column.pieces for column in columns)
    return Cells(4 + size, (_split(_big(size, "i4")), repeat(head, count), *inner))


def text_array(values: Sequence[str]) -> bytes:
    """One text[] in its binary form, for ``blobs``."""
    elements = [len(data).to_bytes(4, "big") + data for data in map(str.encode, values)]
    head = [1, 0, _TEXT_OID, len(values), 1] if values else [0, 0, _TEXT_OID]
    return b"".join([np.array(head, ">i4").tobytes(), *elements])


def _nulled(cells: Cells, missing: NDArray[np.bool_]) -> Cells:
    if not missing.any():
        return cells
    (pieces,) = cells.pieces
    nulled = [_NULL if gone else cell for cell, gone in zip(pieces, missing.tolist(), strict=True)]
    return Cells(np.where(missing, 4, cells.size), (nulled,))


def _big(values: Sequence[object] | NDArray[np.generic], kind: str) -> NDArray[np.uint8]:
    """Numbers as big-endian bytes (n, size)."""
    return np.asarray(values).astype(f">{kind}").view(np.uint8).reshape(len(values), int(kind[1]))


def _split(table: NDArray[np.uint8]) -> list[bytes]:
    """The rows of bytes (n, size), each as one object."""
    rows: list[bytes] = np.ascontiguousarray(table).view(f"V{table.shape[1]}").ravel().tolist()
    return rows
