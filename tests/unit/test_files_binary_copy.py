"""Streams of COPY are what PostgreSQL's format says, byte by byte."""

import numpy as np

from gridmap.files import binary_copy


def fields_of(stream: bytes) -> list[list[bytes | None]]:
    """The fields of each row, read as PostgreSQL's manual describes the format."""
    assert stream.startswith(b"PGCOPY\n\xff\r\n\0" + bytes(8))
    at, rows = 19, []
    while (count := int.from_bytes(stream[at : at + 2], "big", signed=True)) != -1:
        at, row = at + 2, []
        for _ in range(count):
            length = int.from_bytes(stream[at : at + 4], "big", signed=True)
            at += 4
            row.append(None if length < 0 else stream[at : at + length])
            at += max(length, 0)
        rows.append(row)
    assert at + 2 == len(stream)
    return rows


def test_every_row_has_its_own_cells_and_null_is_not_empty() -> None:
    stream = binary_copy.stream(
        [
            binary_copy.texts(["柳川", None, ""]),
            binary_copy.numbers([1, -2, 3], "i2"),
            binary_copy.same(b"x", 3),
            binary_copy.same(None, 3),
            binary_copy.points(np.array([[104.5, 35.25], [np.nan, np.nan], [0.0, 1.0]])),
            binary_copy.moments(np.array([946_684_801.0, np.nan, 946_684_800.5])),
        ]
    )
    first, second, third = fields_of(stream)
    point = bytes.fromhex("0101000020e6100000") + np.array([104.5, 35.25]).tobytes()
    second_later = (1_000_000).to_bytes(8, "big")
    assert first == ["柳川".encode(), b"\0\1", b"x", None, point, second_later]
    assert second == [None, b"\xff\xfe", b"x", None, None, None]
    assert third[:4] == [b"", b"\0\3", b"x", None]
    assert third[5] == (500_000).to_bytes(8, "big")


def test_an_array_holds_one_cell_of_each_column() -> None:
    columns = [binary_copy.texts(["a", None]), binary_copy.texts(["b", "cd"])]
    ((first,), (second,)) = fields_of(binary_copy.stream([binary_copy.text_arrays(columns, 2)]))
    head = b"".join(n.to_bytes(4, "big") for n in (1, 1, 25, 2, 1))
    assert first == head + b"\0\0\0\1a\0\0\0\1b"
    assert second == head + b"\xff\xff\xff\xff\0\0\0\2cd"


def test_no_rows_are_a_stream_too() -> None:
    nothing = [binary_copy.texts([]), binary_copy.numbers([], "i4")]
    assert fields_of(binary_copy.stream(nothing)) == []
