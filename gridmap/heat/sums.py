"""Counts of places and classes summed up over time: what figures of wide areas are taken from.

A range of days is the difference of two sums, less or more four weeks at most at each of its
ends, however many years lie between.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridmap.heat import levels
from gridmap.heat.cells import ALL_CLASSES, Ints, Wanted

BLOCK_DAYS = 56
MOST_EDGES = 32
"""Of more periods than that each is so short that its incidents are counted sooner."""

_MOST_NEWEST = 4
"""Ranges end today, yesterday, or where a comparison ends."""

Numbers = NDArray[np.unsignedinteger]


class _Level(NamedTuple):
    """The areas of a level: which keys lie in one, and where each run of the same area begins.

    ``area`` numbers the path of each run: where areas are spread over counties it comes again.
    ``of_key`` is the number of each key's area; that after the last one stands for none.
    """

    paths: tuple[str, ...]
    kept: NDArray[np.bool_]
    first: Ints
    area: Ints
    of_key: Ints

    def joined(self, by_key: NDArray[Any], how: np.ufunc, nothing: int) -> Ints:
        """What the keys (columns) of each area come to, by sum or maximum."""
        found = np.full((len(by_key), len(self.paths)), nothing, np.int64)
        if not len(self.first):
            return found
        kept = by_key if self.kept.all() else by_key[:, self.kept]
        runs: Ints = how.reduceat(kept, self.first, axis=1, dtype=np.int64)
        if len(self.paths) == len(self.first):
            return runs
        put: Callable[..., None] = how.at
        put(found, (slice(None), self.area), runs)
        return found


@dataclass(frozen=True, eq=False)
class Sums(ABC):
    """Incidents by key, which is a place and a class; ``sums[b]`` is what each key had before
    block b of days. ``starts[d]`` is the first entry of day d, and an entry is the key of its
    incident. ``paths`` are those of the places, at most ``depth`` deep.
    """

    paths: tuple[str, ...]
    depth: int
    first_day: int
    sums: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    entry: Numbers
    _levels: dict[int, _Level] = field(default_factory=dict, init=False, repr=False)
    _whole: dict[int, Ints] = field(default_factory=dict, init=False, repr=False)
    _newest: dict[int, NDArray[np.int32]] = field(default_factory=dict, init=False, repr=False)

    @property
    @abstractmethod
    def kind(self) -> Numbers:
        """The class of each key."""

    @property
    @abstractmethod
    def place(self) -> Numbers:
        """The number of each key's place."""

    def answers(self, edges: Sequence[int] | Ints, depth: int) -> bool:
        """Whether the areas of a level can be told from these sums, for so many periods."""
        return depth <= self.depth and len(edges) <= MOST_EDGES

    def counts(self, edges: Ints, wanted: Wanted, depth: int) -> tuple[Sequence[str], Ints]:
        """The areas of a level, and the incidents of each (row) by period.

        ``edges`` are the first days of the periods, and the day after the last one.
        """
        level = self._level(depth)
        of_class = None if wanted is ALL_CLASSES else np.take(wanted, self.kind)
        before = [self._before(int(edge), depth, of_class) for edge in edges]
        by_edge: Ints = np.stack(before, axis=1)
        return level.paths, by_edge[:, 1:] - by_edge[:, :-1]

    def last_days(
        self, first: int, last: int, wanted: Wanted, depth: int
    ) -> tuple[Sequence[str], Ints]:
        """The areas of a level, and the last of some days on which each had an incident, or −1."""
        if (newest := self._newest.get(last)) is None:
            if len(self._newest) >= _MOST_NEWEST:
                self._newest.clear()
            newest = self._newest[last] = self.newest(last)
        level = self._level(depth)
        held = np.where(np.take(wanted, self.kind) & (newest >= first), newest, -1)
        return level.paths, level.joined(held[None], np.maximum, -1)[0]

    def newest(self, day: int) -> NDArray[np.int32]:
        """When each key had its last incident up to a day; −1 for none."""
        entries = self._between(self.first_day, day + 1)
        found = np.full(self.sums.shape[1], -1, np.int32)
        # of equal places the last is kept: that of the newest day
        found[entries] = self.first_day + self.days()[: len(entries)]
        return found

    def days(self) -> NDArray[np.int32]:
        """The day of each entry, counted from the first."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))

    def _between(self, first: int, end: int) -> Numbers:
        """The key of each incident of some days; ``end`` is the day after the last."""
        days = len(self.starts) - 1
        low, high = (min(max(day - self.first_day, 0), days) for day in (first, end))
        return self.entry[int(self.starts[low]) : int(self.starts[high])]

    def _before(self, day: int, depth: int, wanted: NDArray[np.bool_] | None) -> Ints:
        """How many each area had before a day: from the block that begins nearest."""
        level = self._level(depth)
        block = (day - self.first_day + BLOCK_DAYS // 2) // BLOCK_DAYS
        block = min(max(block, 0), len(self.sums) - 1)
        begin = self.first_day + block * BLOCK_DAYS
        keys = self._between(min(begin, day), max(begin, day))
        if wanted is not None:
            keys = keys[wanted[keys]]
        between = np.bincount(level.of_key[keys], minlength=len(level.paths) + 1)[:-1]
        before = self._before_block(block, depth, wanted)
        found: Ints = before + between if begin < day else before - between
        return found

    def _before_block(self, block: int, depth: int, wanted: NDArray[np.bool_] | None) -> Ints:
        """How many each area had before a block; what is asked for most is kept for all blocks."""
        if wanted is not None:
            found: Ints = self._level(depth).joined((self.sums[block] * wanted)[None], np.add, 0)[0]
            return found
        if (known := self._whole.get(depth)) is None:
            known = self._whole[depth] = self._level(depth).joined(self.sums, np.add, 0)
        row: Ints = known[block]
        return row

    def _level(self, depth: int) -> _Level:
        if (known := self._levels.get(depth)) is None:
            paths, group = levels.ancestors(self.paths, depth)
            of_key = group[self.place]
            kept = of_key >= 0
            first = np.flatnonzero(np.diff(of_key[kept], prepend=-1))
            held, area = np.unique(of_key[kept][first], return_inverse=True)
            # numbered as they come, so that in order they are the runs where each area is one
            names = tuple(paths[n] for n in held.tolist())
            number = np.append(np.full(len(paths), len(held)), len(held))
            number[held] = np.arange(len(held))
            known = _Level(names, kept, first, area, number[of_key])
            self._levels[depth] = known
        return known
