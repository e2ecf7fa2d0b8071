"""What every kind of import says of itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from gridmap.files.batch import Batch
from gridmap.operations.imports.request import Counts, Importing, Loading

Cells = list[str | None]


@dataclass(frozen=True)
class Prepared:
    """A batch as it will be staged; all lists have the batch's length.

    ``bad`` holds the positions that cannot be loaded, with their reason; ``fields`` are the
    columns that the kind's load reads as ``fields[1]``, ``fields[2]`` … Where the rows lie is
    ``shapes`` (None: nowhere) or ``points`` (n, 2) in EPSG:4326 (NaN: nowhere).
    """

    keys: Sequence[str]
    fields: Sequence[Sequence[str | None]]
    paths: Sequence[str]
    counties: Sequence[int]
    shapes: NDArray[Any] | None = None
    points: NDArray[np.float64] | None = None
    bad: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Something about the file as a whole, with its place where it has one; ``kind`` and
    ``codes`` say the same as the text, for those who put it in their own words."""

    text: str
    lon: float | None = None
    lat: float | None = None
    area_m2: float | None = None
    kind: str = ""
    codes: tuple[str, ...] = ()


class Columns:
    """A batch's cells by field; a field without a column has empty cells."""

    def __init__(self, batch: Batch, mapping: Mapping[str, str]) -> None:
        self.batch = batch
        self.mapping = mapping
        self.length = len(batch.numbers)

    def __getitem__(self, name: str) -> Cells:
        column = self.mapping.get(name)
        return self.batch.columns[column] if column else [None] * self.length

    @property
    def points(self) -> NDArray[np.float64]:
        """Points (n, 2) in EPSG:4326; NaN where a row names no place."""
        if self.batch.points is not None:
            return self.batch.points
        return np.full((self.length, 2), np.nan)


Prepare = Callable[[Columns], Prepared]


@dataclass(frozen=True)
class Kind:
    """A kind of import.

    ``wanted`` holds the known column names of each field, ``required`` those without which no
    row can be loaded. ``begin`` reads what preparing needs and returns the preparer of batches;
    ``check`` looks at everything staged; ``load`` writes it under the importer's viewer: where
    rows stand for themselves (``by_rows``) also part by part, while others are still being read.
    """

    id: str
    title: str
    wanted: Mapping[str, Sequence[str]]
    required: tuple[str, ...]
    begin: Callable[[Connection, Importing], Prepare]
    load: Callable[[Loading], Counts]
    check: Callable[[Connection, Importing], list[Problem]] = lambda connection, importing: []
    by_rows: bool = False


def require(
    columns: Columns, *names: str, instead_of_shape: Sequence[str | None] = ()
) -> dict[int, str]:
    """The positions whose cell of a required field is empty, with the reason.

    So are those of a map file, or of a table with WKT, that have no geometry, unless their cell
    of ``instead_of_shape`` is filled.
    """
    bad: dict[int, str] = {}
    shapes = columns.batch.geometries
    missing = [] if shapes is None else np.flatnonzero(shapely.is_missing(shapes)).tolist()
    for position in missing:
        if not instead_of_shape or not instead_of_shape[position]:
            bad[position] = "没有几何图形"
    for name in names:
        cells = columns[name]
        for position, cell in enumerate(cells if not all(cells) else ()):
            if not cell:
                bad.setdefault(position, f"缺少 {name}")
    return bad
