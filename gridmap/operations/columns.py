"""Inserting many rows at once, column by column, under the viewer's own rights."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

ROWS_AT_ONCE = 20_000


def insert_columns(
    connection: Connection,
    table: str,
    columns: Mapping[str, tuple[str, Sequence[Any]]],
    *,
    expressions: Mapping[str, str] | None = None,
    tail: str = "",
) -> None:
    """Inserts rows given as columns: name → (array element type, values).

    ``expressions`` gives target columns that are computed from those (as SQL on ``u``);
    columns whose name begins with an underscore serve such expressions only.
    """
    targets = {name: f"u.{name}" for name in columns if not name.startswith("_")}
    targets |= dict(expressions or {})
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, (kind, _) in columns.items())
    statement = text(
        f"INSERT INTO {table} ({', '.join(targets)}) SELECT {', '.join(targets.values())}"
        f" FROM unnest({arrays}) AS u ({', '.join(columns)}) {tail}"
    )
    length = len(next(iter(columns.values()))[1])
    for start in range(0, length, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        connection.execute(
            statement, {name: _array_literal(values[part]) for name, (_, values) in columns.items()}
        )


def _array_literal(values: Sequence[Any]) -> str:
    """The text form of a PostgreSQL array: parsed once, where a list of constants is not."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "t" if value else "f"
        case bytes():
            return f'"\\\\x{value.hex()}"'
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            return f'"{value}"'


POINT = "ST_SetSRID(ST_MakePoint(u._lon, u._lat), 4326)"
"""A point (EPSG:4326) from the columns ``_lon`` and ``_lat``."""
