"""Storing many rows at once, column by column: under a viewer's rights, or copied by the owner."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import isnan
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, text

from gridmap.files import binary_copy
from gridmap.files.binary_copy import Cells

ROWS_AT_ONCE = 20_000

Columns = Mapping[str, tuple[str, Any]]
"""Name → (type, values in order).

A ``uuid`` may be its bytes, a ``geometry`` is points (n, 2) in degrees, a ``text[]`` are lists.
"""
Store = Callable[[Connection, str, Columns], None]


def row_count(columns: Columns) -> int:
    """How many rows columns have."""
    return len(next(iter(columns.values()))[1])


def insert_columns(
    connection: Connection,
    table: str,
    columns: Columns,
    *,
    expressions: Mapping[str, str] | None = None,
    tail: str = "",
) -> None:
    """Inserts rows given as columns, under the viewer's own rights.

    ``expressions`` gives target columns that are computed from those (as SQL on ``u``);
    columns whose name begins with an underscore serve such expressions only.
    """
    targets = {
        name: f"CAST(u.{name} AS {kind})" if kind in _SENT_AS_TEXT else f"u.{name}"
        for name, (kind, _) in columns.items()
        if not name.startswith("_")
    }
    targets |= dict(expressions or {})
    arrays = ", ".join(
        f"CAST(:{name} AS {'text' if kind in _SENT_AS_TEXT else kind}[])"
        for name, (kind, _) in columns.items()
    )
    statement = text(
        f"INSERT INTO {table} ({', '.join(targets)}) SELECT {', '.join(targets.values())}"
        f" FROM unnest({arrays}) AS u ({', '.join(columns)}) {tail}"
    )
    for start in range(0, row_count(columns), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        connection.execute(
            statement,
            {name: _array_literal(kind, values[part]) for name, (kind, values) in columns.items()},
        )


def copies(table: str, columns: Columns) -> Iterator[Callable[[Connection], None]]:
    """What copies rows given as columns, part by part; for whom row security does not hold back.

    Taking a part makes its stream, calling it sends that: both can be done at the same time.
    """
    copy = f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT binary)"
    for start in range(0, row_count(columns), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        cells = [_BINARY[kind](values[part]) for kind, values in columns.values()]
        yield partial(_copy, copy, binary_copy.as_file(cells))


def _copy(statement: str, rows: io.BytesIO, connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor:
        cursor.copy_expert(statement, rows, binary_copy.READ_BYTES)


def _array_literal(kind: str, values: Sequence[Any]) -> str:
    """The text form of a PostgreSQL array: parsed once, where a list of constants is not."""
    cells = _CELLS.get(kind, _quoted)
    return "{" + ",".join(["NULL" if value is None else cells(value) for value in values]) + "}"


def _quoted(value: Any) -> str:
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _point_text(place: Any) -> str:
    lon, lat = map(float, place)
    return "NULL" if isnan(lon) else f'"SRID=4326;POINT({lon!r} {lat!r})"'


_SENT_AS_TEXT = ("geometry", "text[]")
_CELLS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("smallint", "integer", "real", "float8"), str),
    "uuid": lambda value: value.hex() if isinstance(value, bytes) else str(value),
    "boolean": lambda value: "t" if value else "f",
    "bytea": lambda value: f'"\\\\x{value.hex()}"',
    "timestamptz": lambda value: f'"{value}"',
    "geometry": _point_text,
    "text[]": lambda values: _quoted(_array_literal("text", values)),
}
"""How a value of each type is written inside an array; all else is quoted text."""


def _text_arrays(lists: Sequence[Sequence[str]]) -> Cells:
    """Few different lists stand in many rows."""
    made = {key: binary_copy.text_array(key) for key in set(map(tuple, lists))}
    return binary_copy.blobs([made[tuple(one)] for one in lists])


def _uuids(values: Sequence[bytes | UUID | None]) -> Cells:
    return binary_copy.blobs(
        [value.bytes if isinstance(value, UUID) else value for value in values]
    )


def _moments(values: Sequence[Any]) -> Cells:
    return binary_copy.moments(
        np.array([np.nan if value is None else value.timestamp() for value in values])
    )


_BINARY: dict[str, Callable[[Any], Cells]] = {
    "smallint": lambda values: binary_copy.numbers(values, "i2"),
    "integer": lambda values: binary_copy.numbers(values, "i4"),
    "real": lambda values: binary_copy.numbers(values, "f4"),
    "float8": lambda values: binary_copy.numbers(values, "f8"),
    "boolean": lambda values: binary_copy.numbers(values, "u1"),
    "text": binary_copy.texts,
    "bytea": binary_copy.blobs,
    "uuid": _uuids,
    # the binary form of jsonb is a version, 1, and its text
    "jsonb": lambda values: binary_copy.texts([value and f"\1{value}" for value in values]),
    "timestamptz": _moments,
    "geometry": binary_copy.points,
    "text[]": _text_arrays,
}
"""How the values of each type are sent in binary form."""


POINT = "ST_SetSRID(ST_MakePoint(u._lon, u._lat), 4326)"
"""A point (EPSG:4326) from the columns ``_lon`` and ``_lat``."""
