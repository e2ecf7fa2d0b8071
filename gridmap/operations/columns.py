"""Inserting many rows at once, column by column, under the viewer's own rights."""

from collections.abc import Callable, Mapping, Sequence
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
            statement,
            {name: _array_literal(kind, values[part]) for name, (kind, values) in columns.items()},
        )


def _array_literal(kind: str, values: Sequence[Any]) -> str:
    """The text form of a PostgreSQL array: parsed once, where a list of constants is not."""
    cells = _CELLS.get(kind, _quoted)
    return "{" + ",".join(["NULL" if value is None else cells(value) for value in values]) + "}"


def _quoted(value: Any) -> str:
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


_CELLS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("smallint", "integer", "real", "float8", "uuid"), str),
    "boolean": lambda value: "t" if value else "f",
    "bytea": lambda value: f'"\\\\x{value.hex()}"',
    "timestamptz": lambda value: f'"{value}"',
}
"""How a value of each type is written inside an array; all else is quoted text."""


POINT = "ST_SetSRID(ST_MakePoint(u._lon, u._lat), 4326)"
"""A point (EPSG:4326) from the columns ``_lon`` and ``_lat``."""
