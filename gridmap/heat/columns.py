"""The columns of one county: sorted by (z9 tile, day, place, class, area), indexed by tile and day.

Equal incidents give equal bytes, so that a merge can be compared with a build from the table.
The areas are the distinct paths in order: all that lie within an area are one range of numbers.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridmap.area import Range
from gridmap.heat import coarse, levels, townships
from gridmap.heat.cells import CLASSES, Ints, Records
from gridmap.heat.coarse import Coarse, Periods
from gridmap.heat.townships import Townships

MOST_AREAS = 1 << 16
Span = tuple[int, int]


class Loose(NamedTuple):
    """Records that are not yet in order: tile, day and packed record of each, and its area."""

    tile: Ints
    day: Ints
    record: Ints
    area: Ints


@dataclass(frozen=True, eq=False)
class Columns:
    """One county's incidents. ``starts[t × days + d]`` is the first record of a tile's day."""

    tiles: NDArray[np.uint32]
    first_day: int
    days: int
    starts: NDArray[np.uint32]
    record: Records
    area: NDArray[np.uint16]
    coarse: Coarse
    townships: Townships
    paths: tuple[str, ...]
    _spans: dict[tuple[Range, ...], list[Span]] = field(default_factory=dict, repr=False)
    _ancestors: dict[int, tuple[tuple[str, ...], Ints]] = field(default_factory=dict, repr=False)

    def slices(self, tile: int, first: int, last: int) -> Span:
        """Where a tile's records of some days lie; ``tile`` is an index into ``tiles``."""
        low, high = max(first - self.first_day, 0), min(last - self.first_day + 1, self.days)
        if low >= high:
            return 0, 0
        at = tile * self.days
        return int(self.starts[at + low]), int(self.starts[at + high])

    def positions(self, days: Ints) -> Ints:
        """Where the records of each tile (row) begin that are of each of some days or later."""
        within = np.clip(days - self.first_day, 0, self.days)
        at = np.arange(len(self.tiles))[:, None] * self.days + within
        found: Ints = self.starts[at].astype(np.int64)
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All numbers by name: what a file holds and a check compares."""
        own = {name: getattr(self, name) for name in ("tiles", "starts", "record", "area")}
        parts: dict[str, Periods | Townships] = {
            "days": self.coarse.days,
            "halves": self.coarse.halves,
            "townships": self.townships,
        }
        return own | {
            f"{part}.{name}": numbers
            for part, held in parts.items()
            for name, numbers in held.arrays().items()
        }

    def is_whole(self, spans: list[Span]) -> bool:
        """Whether spans of areas are all that there are."""
        return spans == [(0, len(self.paths))]

    def spans(self, ranges: tuple[Range, ...]) -> list[Span]:
        """The numbers of the areas within ranges of paths, as spans; remembered."""
        if (known := self._spans.get(ranges)) is None:
            found = ((_at(self.paths, low), _at(self.paths, high)) for low, high in ranges)
            known = [span for span in found if span[0] < span[1]]
            if len(self._spans) < 1000:  # viewers are many, their areas few
                self._spans[ranges] = known
        return known

    def in_spans(self, number: NDArray[Any], spans: list[Span]) -> NDArray[np.bool_]:
        """Which numbers of areas lie in spans of them."""
        inside = np.zeros(len(number), bool)
        for low, high in spans:
            inside |= (number >= low) & (number < high)
        return inside

    def ancestors(self, depth: int) -> tuple[tuple[str, ...], Ints]:
        """The areas of a level, and for each path the number of its own, or −1; remembered."""
        if (known := self._ancestors.get(depth)) is None:
            known = self._ancestors[depth] = levels.ancestors(self.paths, depth)
        return known


def _at(paths: tuple[str, ...], bound: str | None) -> int:
    return len(paths) if bound is None else bisect_left(paths, bound)


def packed(loose: Loose, paths: tuple[str, ...]) -> Columns:
    """Columns of records in any order; ``paths`` are sorted, areas are numbers of them."""
    if len(paths) > MOST_AREAS:
        raise OverflowError(f"a county has {len(paths)} areas, {MOST_AREAS} can be numbered")
    tiles, rank = np.unique(loose.tile, return_inverse=True)
    first = int(loose.day.min()) if len(loose.day) else 0
    days = int(loose.day.max()) - first + 1 if len(loose.day) else 0
    slot = rank * days + (loose.day - first)
    order = np.lexsort((_low(loose), slot))
    starts = np.zeros(len(tiles) * days + 1, np.uint32)
    starts[1:] = np.cumsum(np.bincount(slot, minlength=len(tiles) * days))
    return Columns(
        tiles.astype(np.uint32),
        first,
        days,
        starts,
        loose.record[order].astype(np.uint32),
        loose.area[order].astype(np.uint16),
        coarse.summed(rank, loose.day, loose.record),
        townships.summed(loose.day, loose.area, loose.record & CLASSES - 1, paths),
        paths,
    )


def unpacked(columns: Columns) -> Loose:
    """The records again, one by one."""
    starts = columns.starts.astype(np.int64)
    slot = np.repeat(np.arange(len(starts) - 1), starts[1:] - starts[:-1])
    days = max(columns.days, 1)
    return Loose(
        columns.tiles.astype(np.int64)[slot // days],
        slot % days + columns.first_day,
        columns.record.astype(np.int64),
        columns.area.astype(np.int64),
    )


def merged(
    columns: Columns | None, change: Loose, n: Ints, paths: tuple[str, ...]
) -> Columns | None:
    """Columns with changes added: ``n`` of each is +1 or −1, its area a number of ``paths``.

    None where more would be taken away than is there: then only the table knows.
    """
    old = _renumbered(columns, paths) if columns else None
    parts = [old, change] if old else [change]
    loose = Loose._make(np.concatenate(column) for column in zip(*parts, strict=True))
    weight = np.concatenate([np.ones(len(old.day), np.int64), n]) if old else n
    order = np.lexsort((_low(loose), loose.day, loose.tile))
    loose = Loose._make(column[order] for column in loose)
    starts = _first_of_equals(loose)
    counts = np.add.reduceat(weight[order], starts) if len(starts) else weight[:0]
    if (counts < 0).any():
        return None
    kept = Loose._make(np.repeat(column[starts], counts) for column in loose)
    return _without_unused(kept, paths)


def _first_of_equals(loose: Loose) -> Ints:
    """Where each run of equal records begins."""
    other = np.ones(len(loose.day), bool)
    other[1:] = np.any([column[1:] != column[:-1] for column in loose], axis=0)
    return np.flatnonzero(other)


def _without_unused(loose: Loose, paths: tuple[str, ...]) -> Columns:
    """Areas that have no incident left lose their number, as if they had never had one."""
    used, area = np.unique(loose.area, return_inverse=True)
    return packed(loose._replace(area=area), tuple(paths[n] for n in used))


def _renumbered(columns: Columns, paths: tuple[str, ...]) -> Loose:
    loose = unpacked(columns)
    number = np.searchsorted(np.array(paths, object), np.array(columns.paths, object))
    return loose._replace(area=number.astype(np.int64)[loose.area])


def _low(loose: Loose) -> Ints:
    return loose.record << 16 | loose.area
