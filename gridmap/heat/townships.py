"""What figures of wide areas count: a county's incidents by township, summed up over time.

How many there were before each block of eight weeks is kept for every township and class. A
range of days is then the difference of two such sums, less or more four weeks at most at each
of its ends, however many years lie between. Townships are here the deepest level of which a
county has few; what it is called is the installation's own affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridmap import area
from gridmap.heat import levels
from gridmap.heat.cells import CLASS_BITS, CLASSES, Ints, Wanted

BLOCK_DAYS = 56
MOST = 1 << 16 - CLASS_BITS
"""A township and a class are one number of 16 bits."""

MOST_EDGES = 32
"""Of more periods than that each is so short that its incidents are counted sooner."""


class _Level(NamedTuple):
    """The areas of a level: their paths, where each begins among the keys, which keys have one."""

    paths: tuple[str, ...]
    first: Ints
    kept: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Townships:
    """One county's incidents. ``key`` are its townships and classes (10 bits) in order.

    ``sums[b]`` counts what each key had before block b of days; ``starts[d]`` is the first
    entry of day d, and an entry is the position of its incident's key. ``paths`` are the
    townships', or of incidents that lie in none, their own.
    """

    paths: tuple[str, ...]
    depth: int
    first_day: int
    starts: NDArray[np.uint32]
    sums: NDArray[np.uint32]
    key: NDArray[np.uint16]
    entry: NDArray[np.uint16]
    _levels: dict[int, _Level] = field(default_factory=dict, init=False, repr=False)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All numbers by the names of their fields."""
        return {
            "starts": self.starts,
            "sums": self.sums,
            "key": self.key,
            "entry": self.entry,
        }

    def answers(self, edges: Ints, depth: int) -> bool:
        """Whether the areas of a level can be told from these sums, for so many periods."""
        return depth <= self.depth and len(edges) <= MOST_EDGES

    def counts(self, edges: Ints, wanted: Wanted, depth: int) -> tuple[Sequence[str], Ints]:
        """The areas of a level, and the incidents of each (row) by period.

        ``edges`` are the first days of the periods, and the day after the last one.
        """
        level = self._level(depth)
        before = np.stack([self._before(int(edge) - self.first_day) for edge in edges])
        by_key = np.diff(before, axis=0) * np.take(wanted, self._kinds)
        if not len(level.first):
            return (), np.zeros((0, len(edges) - 1), np.int64)
        kept = by_key if level.kept.all() else by_key[:, level.kept]
        found: Ints = np.add.reduceat(kept, level.first, axis=1).T
        return level.paths, found

    @cached_property
    def _kinds(self) -> NDArray[np.uint16]:
        """The class of each key."""
        return self.key & np.uint16(CLASSES - 1)

    def _before(self, day: int) -> Ints:
        """How many of each key there were before a day: from the block that begins nearest."""
        days = len(self.starts) - 1
        day = min(max(day, 0), days)
        block = min((day + BLOCK_DAYS // 2) // BLOCK_DAYS, len(self.sums) - 1)
        begin = min(block * BLOCK_DAYS, days)
        entries = self.entry[int(self.starts[min(begin, day)]) : int(self.starts[max(begin, day)])]
        between = np.bincount(entries, minlength=len(self.key))
        before: Ints = self.sums[block] + (between if begin < day else -between)
        return before

    def _level(self, depth: int) -> _Level:
        if (known := self._levels.get(depth)) is None:
            paths, group = levels.ancestors(self.paths, depth)
            of_key = group[self.key >> CLASS_BITS]
            kept = of_key >= 0
            group = of_key[kept]
            first = np.flatnonzero(np.diff(group, prepend=-1))
            held = tuple(paths[n] for n in group[first].tolist())
            known = self._levels[depth] = _Level(held, first, kept)
        return known


def summed(day: Ints, number: Ints, kind: Ints, paths: tuple[str, ...]) -> Townships:
    """Incidents summed up: the day, the number of the path and the class of each."""
    depth = _depth(paths)
    townships, township = levels.cut(paths, depth)
    key, entry = np.unique(township[number] << CLASS_BITS | kind, return_inverse=True)
    first = int(day.min()) if len(day) else 0
    days = int(day.max()) - first + 1 if len(day) else 0
    blocks = -(-days // BLOCK_DAYS)
    slot = (day - first) // BLOCK_DAYS * len(key) + entry
    by_block = np.bincount(slot, minlength=blocks * len(key)).reshape(blocks, len(key))
    sums = np.zeros((blocks + 1, len(key)), np.uint32)
    np.cumsum(by_block, axis=0, out=sums[1:])
    order = np.lexsort((entry, day))
    starts = np.searchsorted(day[order], np.arange(first, first + days + 1))
    return Townships(
        townships,
        depth,
        first,
        starts.astype(np.uint32),
        sums,
        key.astype(np.uint16),
        entry[order].astype(np.uint16),
    )


def _depth(paths: tuple[str, ...]) -> int:
    """The deepest level of which the paths have few areas."""
    deepest = max(map(area.level, paths), default=0)
    return next(d for d in range(deepest, -1, -1) if len(levels.cut(paths, d)[0]) <= MOST)
