"""Counting: the cells of a tile in some days, of some classes, for a viewer."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridmap.area import Range
from gridmap.heat import cells
from gridmap.heat.cells import (
    ALL_CLASSES,
    CELLS,
    CLASS_BITS,
    CLASSES,
    TILE_CELL_BITS,
    TILE_ZOOM,
    Ints,
    Wanted,
)
from gridmap.heat.coarse import FAR_ZOOM, PLACE_BITS, PLACES
from gridmap.heat.columns import Columns, Span
from gridmap.heat.delta import EMPTY, Delta
from gridmap.heat.sums import Sums
from gridmap.heat.together import together

_MOST_JOINED = 20
"""That of a province and those of its prefectures, which together take as much again."""

_MOST_COUNTS = 300
"""Far tiles, 32 KB each: what all walls look at, and some days of a playback."""


@dataclass(frozen=True)
class Asked:
    """What is counted: days since 2020-01-01 (both included), classes, and the viewer's ranges."""

    first: int
    last: int
    classes: Wanted
    ranges: tuple[Range, ...]

    def key(self) -> tuple[Hashable, ...]:
        """By which the same question is known again."""
        return self.first, self.last, self.classes.tobytes(), self.ranges


class Afar(NamedTuple):
    """Which of a county's cells of level 12 lie in a far tile, and the cell (Morton) of each."""

    columns: Columns
    inside: Ints
    cell: Ints


@dataclass(frozen=True)
class Moment:
    """All that had happened at one moment: the columns by county, and what changed since them."""

    counties: dict[int, Columns]
    delta: Delta = EMPTY
    _held: dict[tuple[int, int, int], list[tuple[Columns, int, int]]] = field(
        default_factory=dict, repr=False
    )

    _afar: dict[tuple[int, int, int], list[Afar]] = field(default_factory=dict, repr=False)
    _joined: dict[tuple[Columns, ...], Sums | None] = field(default_factory=dict, repr=False)
    _counts: dict[tuple[Hashable, ...], Ints] = field(default_factory=dict, repr=False)

    def tiles(self, z: int, x: int, y: int) -> list[tuple[Columns, int, int]]:
        """Which z9 tiles lie in a tile: columns, index in them, first cell here; remembered."""
        if (known := self._held.get((z, x, y))) is None:
            known = list(_in_tile(self.counties, z, x, y))
            if len(self._held) < 10_000:
                self._held[z, x, y] = known
        return known

    def afar(self, z: int, x: int, y: int) -> list[Afar]:
        """What of each county lies in a far tile; remembered."""
        if (known := self._afar.get((z, x, y))) is None:
            known = list(_cells_of_counties(self.tiles(z, x, y), z))
            if len(self._afar) < 1_000:
                self._afar[z, x, y] = known
        return known

    def remembered(self, z: int, x: int, y: int, asked: Asked) -> Ints:
        """What the columns of this build count in a tile, once for all who ask the same."""
        key = (z, x, y, *asked.key())
        if (known := self._counts.get(key)) is None:
            if len(self._counts) >= _MOST_COUNTS:
                self._counts.clear()
            known = self._counts[key] = _counted(self, z, x, y, asked)
        return known

    def together(self, counties: tuple[Columns, ...]) -> Sums | None:
        """The sums of some counties as one, None where they hold nothing; remembered."""
        if counties not in self._joined:
            if len(self._joined) >= _MOST_JOINED:
                self._joined.clear()
            self._joined[counties] = together(one.townships for one in counties)
        return self._joined[counties]


def _cells_of_counties(tiles: list[tuple[Columns, int, int]], z: int) -> Iterator[Afar]:
    """The counties of some z9 tiles, and in which cells of a far tile their cells lie."""
    finer = z + TILE_CELL_BITS - TILE_ZOOM
    place = np.arange(PLACES)
    within = place >> PLACE_BITS - 2 * finer if finer > 0 else place * 0
    for columns, of_county in groupby(tiles, lambda one: one[0]):
        held = [(index * PLACES + place, base | within) for _, index, base in of_county]
        inside, cell = (np.concatenate(parts) for parts in zip(*held, strict=True))
        yield Afar(columns, inside, cell)


def _in_tile(
    counties: dict[int, Columns], z: int, x: int, y: int
) -> Iterator[tuple[Columns, int, int]]:
    up, down = max(z - TILE_ZOOM, 0), max(TILE_ZOOM - z, 0)
    for columns in counties.values():
        keys = columns.tiles.astype(np.int64)
        column, row = keys & (1 << TILE_ZOOM) - 1, keys >> TILE_ZOOM
        bases = _bases(column, row, z)
        for index in np.flatnonzero((column >> down == x >> up) & (row >> down == y >> up)):
            yield columns, int(index), int(bases[index])


def _bases(column: Ints, row: Ints, z: int) -> Ints:
    """The first cell (Morton, of the 64 × 64 of a tile at ``z``) of z9 tiles within it."""
    up = max(TILE_ZOOM - z, 0)
    low = (1 << up) - 1
    inside = cells.morton(column & low, row & low)
    finer = TILE_CELL_BITS - up
    return inside << 2 * finer if finer >= 0 else inside >> -2 * finer


def in_cells(moment: Moment, z: int, x: int, y: int, asked: Asked) -> Ints:
    """Incidents in each of a tile's 64 × 64 cells, by Morton code; ``z`` is at most 14."""
    counts = (
        moment.remembered(z, x, y, asked) if z < TILE_ZOOM else _counted(moment, z, x, y, asked)
    )
    return _with_delta(counts, moment.delta, z, x, y, asked)


def _counted(moment: Moment, z: int, x: int, y: int, asked: Asked) -> Ints:
    """What the columns alone say."""
    counts = np.zeros(CELLS, np.int64)
    record, base = _gathered(moment, z, x, y, asked)
    if len(record):
        if z > TILE_ZOOM:
            record = record[_in_quarter(record, z, x, y)]
        if asked.classes is not ALL_CLASSES:
            wanted = asked.classes[record & CLASSES - 1]
            record, base = record[wanted], None if base is None else base[wanted]
        counts += np.bincount(_cells(record, base, z), minlength=CELLS)
    if z <= FAR_ZOOM:
        counts += _from_afar(moment, z, x, y, asked)
    return counts


def _in_quarter(record: NDArray[np.uint32], z: int, x: int, y: int) -> NDArray[np.bool_]:
    """Which records of a z9 tile lie in a tile below it."""
    here = int(cells.morton(_low(x, z), _low(y, z))[()])
    depth = 2 * (z - TILE_ZOOM)
    inside: NDArray[np.bool_] = record >> (CLASS_BITS + 2 * cells.CELL_BITS - depth) == here
    return inside


def _low(n: int, z: int) -> Ints:
    """The bits of a tile's column or row below the z9 tile that holds it."""
    return np.array(n & (1 << z - TILE_ZOOM) - 1, np.int64)


def _cells(record: NDArray[np.uint32], base: Ints | None, z: int) -> Ints:
    """The Morton code within the tile of each record's cell."""
    finer = TILE_CELL_BITS - (TILE_ZOOM - z)
    if z >= TILE_ZOOM:
        shift = 2 * (cells.CELL_BITS - (z - TILE_ZOOM) - TILE_CELL_BITS)
        return (record >> (CLASS_BITS + shift) & CELLS - 1).astype(np.int64)
    assert base is not None
    if finer <= 0:
        return base
    return base | record >> (CLASS_BITS + 2 * (cells.CELL_BITS - finer))


def _gathered(
    moment: Moment, z: int, x: int, y: int, asked: Asked
) -> tuple[NDArray[np.uint32], Ints | None]:
    """The records of the tile's days and areas, and for each the cell of its z9 tile's corner."""
    parts: list[NDArray[np.uint32]] = []
    bases: list[int] = []
    for columns, index, base in moment.tiles(z, x, y):
        spans = columns.spans(asked.ranges)
        if z <= FAR_ZOOM and columns.is_whole(spans):
            continue
        begin, end = columns.slices(index, asked.first, asked.last) if spans else (0, 0)
        if begin < end:
            parts.append(_of_viewer(columns, begin, end, spans))
            bases.append(base)
    if not parts:
        return np.zeros(0, np.uint32), None
    lengths = [len(part) for part in parts]
    record = np.concatenate(parts) if len(parts) > 1 else parts[0]
    return record, np.repeat(np.array(bases, np.int64), lengths) if z < TILE_ZOOM else None


def _from_afar(moment: Moment, z: int, x: int, y: int, asked: Asked) -> Ints:
    """Incidents in a far tile's cells, of the counties that are seen whole."""
    found = np.zeros(CELLS, np.int64)
    for columns, inside, cell in moment.afar(z, x, y):
        if columns.is_whole(columns.spans(asked.ranges)):
            size = len(columns.tiles) * PLACES
            counts = columns.coarse.counts(asked.first, asked.last, asked.classes, size)
            np.add.at(found, cell, counts[inside])
    return found


def _of_viewer(columns: Columns, begin: int, end: int, spans: list[Span]) -> NDArray[np.uint32]:
    record = columns.record[begin:end]
    if columns.is_whole(spans):
        return record
    return record[columns.in_spans(columns.area[begin:end], spans)]


def _with_delta(counts: Ints, delta: Delta, z: int, x: int, y: int, asked: Asked) -> Ints:
    if not len(delta.path):
        return counts
    shift = cells.CELL_ZOOM - z
    cx, cy = delta.column("cx"), delta.column("cy")
    here = delta.only((cx >> shift == x) & (cy >> shift == y) & of_days(delta, asked))
    here = here.within(asked.ranges)
    fine = shift - TILE_CELL_BITS
    side = (1 << TILE_CELL_BITS) - 1
    cell = cells.morton(here.column("cx") >> fine & side, here.column("cy") >> fine & side)
    counts = counts.copy()
    np.add.at(counts, cell, here.column("n"))
    return counts


def of_days(delta: Delta, asked: Asked) -> NDArray[np.bool_]:
    """Which changes are of the days and classes that are asked for."""
    day = delta.column("day")
    return (day >= asked.first) & (day <= asked.last) & asked.classes[delta.column("class")]
