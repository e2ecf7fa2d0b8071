"""The text of a Shapefile's table (DBF), read raw to see which encoding it is in.

A .cpg file beside it, or the table's own language byte, is often wrong both ways.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gridmap.errors import FileRefused
from gridmap.files.encoding import encoding_of

_FIELD_BYTES = 32


def dbf_encoding(path: Path) -> str:
    """``"utf-8"`` or ``"gb18030"``, by strict decoding of every text cell and field name.

    Raises FileRefused where the table is damaged.
    """
    try:
        return _encoding(path)
    except (struct.error, ValueError, IndexError, OSError):
        raise FileRefused("Shapefile 的属性表（.dbf）已损坏") from None


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_FIELD_BYTES)
        count, head_bytes, row_bytes = struct.unpack("<IHH", head[4:12])
        fields = file.read(head_bytes - _FIELD_BYTES)
    columns = list(_text_columns(fields))
    names = [name for name, _, _ in columns]
    if encoding_of(names) != "utf-8":
        return "gb18030"
    count = min(count, (path.stat().st_size - head_bytes) // row_bytes)
    if not count or not columns:
        return "utf-8"
    rows = np.memmap(path, np.uint8, "r", head_bytes, (count, row_bytes))
    for _, start, width in columns:
        column = np.ascontiguousarray(rows[:, start : start + width]).view(f"S{width}").ravel()
        cells = (bytes(cell).rstrip(b" \0") for cell in column if not bytes(cell).isascii())
        if encoding_of(cells, width) != "utf-8":
            return "gb18030"
    return "utf-8"


def _text_columns(fields: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and width in the row of every character field."""
    start = 1
    for at in range(0, len(fields) - _FIELD_BYTES + 1, _FIELD_BYTES):
        field = fields[at : at + _FIELD_BYTES]
        if field[0] == 0x0D:
            return
        # A character field may be wider than one byte can say; its decimals hold the rest.
        width = field[16] + (field[17] << 8 if field[11:12] == b"C" else 0)
        if field[11:12] == b"C":
            yield field[:11].split(b"\0")[0], start, width
        start += width
