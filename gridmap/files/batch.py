"""What every reader hands out, whatever the format: text columns, places, rejected rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]
Columns = dict[str, list[str | None]]

BATCH_ROWS = 20_000


@dataclass(frozen=True)
class FileInfo:
    """What a file says of itself, before anything of it is read.

    ``format`` is csv, xlsx, geojson, kml, gpkg, shapefile or flatgeobuf; ``rows`` is None where
    only reading would tell; ``encoding`` is None where the format leaves no choice; ``crs`` is
    what the file declares, None if nothing. ``crs_doubtful`` asks for a look at how the
    candidates fit: the file does not say, what it says cannot be, or it lies outside China.
    """

    format: str
    layers: list[str]
    columns: list[str]
    rows: int | None
    encoding: str | None
    crs: str | None
    geometry: bool
    crs_doubtful: bool


@dataclass(frozen=True)
class Reject:
    """A row that was not taken: its number in the file, why, and its cells as they stood."""

    row: int
    reason: str
    values: dict[str, str | None]


@dataclass(frozen=True)
class Batch:
    """Some rows of a file; all lists and arrays have the same length.

    ``numbers`` are the rows of the file: in a table as a spreadsheet counts them (the heading is
    row 1), in a map file the features from 1. ``columns`` is text throughout, None where empty.
    ``geometries`` (map files, WKT columns; None where a row has none) and ``points`` (n, 2)
    (tables with longitude and latitude, map files of points; NaN where a row names no place) are
    in WGS 84.
    """

    numbers: list[int]
    columns: Columns
    geometries: Geometries | None = None
    points: Floats | None = None
    rejects: list[Reject] = field(default_factory=list)

    def row(self, position: int) -> dict[str, str | None]:
        """The cells of one row."""
        return {name: cells[position] for name, cells in self.columns.items()}


@dataclass(frozen=True)
class Rows:
    """Rows as a format's reader found them, before their places are looked at."""

    numbers: list[int]
    columns: Columns
    rejects: list[Reject]
    geometries: Geometries | None = None


@dataclass(frozen=True)
class Source:
    """One open layer of a file; ``read(batch)`` yields its rows from the start each time."""

    format: str
    layers: list[str]
    columns: list[str]
    rows: int | None
    encoding: str | None
    crs: str | None
    has_geometry: bool
    read: Callable[[int], Iterator[Rows]]


def without(rows: Rows, bad: dict[int, str]) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """The rows without those at the given positions, which become rejects with their reason;
    and the mask (n,) of those kept."""
    keep = np.ones(len(rows.numbers), dtype=np.bool_)
    if not bad:
        return rows, keep
    keep[list(bad)] = False
    rejects = [
        Reject(rows.numbers[i], reason, {name: cells[i] for name, cells in rows.columns.items()})
        for i, reason in sorted(bad.items())
    ]
    kept = Rows(
        list(compress(rows.numbers, keep)),
        {name: list(compress(cells, keep)) for name, cells in rows.columns.items()},
        sorted([*rows.rejects, *rejects], key=lambda reject: reject.row),
        None if rows.geometries is None else rows.geometries[keep],
    )
    return kept, keep


def unique_names(names: Sequence[str | None]) -> list[str]:
    """Column names without blanks and doubles: an empty one gets its position, a repeated one
    a number."""
    seen: dict[str, int] = {}
    unique = []
    for position, given in enumerate(names, start=1):
        name = (given or "").strip() or f"列{position}"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return unique
