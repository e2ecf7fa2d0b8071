"""What the generator hands on: tables in columns, a batch at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["text", "optional", "int", "degrees", "tags", "shape"]
"""Text, text or None, whole number, lattice degree (EPSG:4326), list of text, shapely shape."""
Column = Sequence[Any] | NDArray[Any]

_PLACE: dict[str, Kind] = {"lon": "degrees", "lat": "degrees"}
_LABEL: dict[str, Kind] = {"label_lon": "degrees", "label_lat": "degrees"}

TABLES: dict[str, dict[str, Kind]] = {
    "level": {"depth": "int", "zh": "text", "en": "text", "answers": "int", "is_county": "int"},
    "region": {
        "code": "text",
        "depth": "int",
        "path": "text",
        "name": "text",
        "name_en": "text",
        "geom": "shape",
        **_LABEL,
    },
    "center": {
        "code": "text",
        "region_code": "text",
        "name": "text",
        "phone": "text",
        **_PLACE,
    },
    "department": {"code": "text", "name": "text", "path": "text"},
    "grid": {"code": "text", "path": "text", "number": "text", "geom": "shape", **_LABEL},
    "staff": {"code": "text", "name": "text", "post": "text", "phone": "text"},
    "duty": {"staff_code": "text", "grid_code": "text", "kind": "text", "from_day": "int"},
    "household": {
        "code": "text",
        "path": "text",
        **_PLACE,
        "address": "text",
        "tags": "tags",
        "building": "int",
    },
    "person": {
        "household_code": "text",
        "position": "int",
        "name": "text",
        "phone": "optional",
        "tags": "tags",
    },
    "incident": {
        "code": "text",
        "path": "text",
        **_PLACE,
        "accuracy_m": "int",
        "category": "int",
        "severity": "int",
        "channel": "text",
        "state": "text",
        "words": "text",
        "occurred_day": "int",
        "occurred_second": "int",
        "received_day": "int",
        "received_second": "int",
        "resolved_day": "int",
        "resolved_second": "int",
    },
    "warning": {
        "code": "text",
        "subject_kind": "text",
        "subject_code": "text",
        "color": "int",
        "since_day": "int",
        "since_second": "int",
        "why": "text",
        "answered_day": "int",
    },
    "guide": {"kind": "text", "rank": "int", "name": "optional", "geom": "shape"},
}
"""Every table in the order in which it can be loaded, with its columns.

A ``*_day`` counts days back from the sample's last day (0 is that day, -1 is "not yet"); a
``*_second`` is the local second of that day.
"""

ROWS_PER_BATCH = 50_000


@dataclass(frozen=True)
class Batch:
    """Some rows of one table: ``columns`` has exactly the columns of ``TABLES[table]``."""

    table: str
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def in_batches(table: str, columns: dict[str, Column]) -> Iterator[Batch]:
    """The rows of a table in batches of at most ROWS_PER_BATCH; none for no rows."""
    whole = Batch(table, {name: columns[name] for name in TABLES[table]})
    for start in range(0, len(whole), ROWS_PER_BATCH):
        part = slice(start, start + ROWS_PER_BATCH)
        yield Batch(table, {name: column[part] for name, column in whole.columns.items()})


def shapes(items: Sequence[object]) -> NDArray[np.object_]:
    """A column of shapely shapes."""
    column = np.empty(len(items), object)
    column[:] = items
    return column
