"""What has changed since the columns were built, in memory: a few thousand rows of ± 1."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridmap import area
from gridmap.area import Range
from gridmap.heat.cells import Ints
from gridmap.snapshot import Snapshot

FIELDS = ("xid", "cx", "cy", "day", "class", "n")


@dataclass(frozen=True)
class Delta:
    """Changes as columns; ``path`` numbers the distinct ``paths`` in the order of their coming."""

    numbers: Ints
    """One row per change: transaction, cell x and y (level 20), day, class, ± 1."""

    path: Ints
    paths: tuple[str, ...]

    def column(self, name: str) -> Ints:
        """One of the columns of numbers by its name."""
        found: Ints = self.numbers[FIELDS.index(name)]
        return found

    def more(self, rows: Iterable[tuple[Any, ...]]) -> "Delta":
        """With rows of (transaction, cx, cy, day, class, n, path) after those it has."""
        rows = list(rows)
        if not rows:
            return self
        numbers = np.array([row[:-1] for row in rows], np.int64).T
        known = {path: n for n, path in enumerate(self.paths)}
        path = np.array([known.setdefault(row[-1], len(known)) for row in rows], np.int64)
        return Delta(
            np.concatenate([self.numbers, numbers], axis=1),
            np.concatenate([self.path, path]),
            tuple(known),
        )

    def only(self, kept: np.ndarray[Any, np.dtype[np.bool_]]) -> "Delta":
        """Some of the changes."""
        return Delta(self.numbers[:, kept], self.path[kept], self.paths)

    def without(self, seen: Snapshot) -> "Delta":
        """The changes that a snapshot has not seen."""
        xid = self.column("xid")
        return self.only((xid >= seen.xmax) | np.isin(xid, seen.open))

    def within(self, ranges: tuple[Range, ...]) -> "Delta":
        """The changes in ranges of paths."""
        if ranges == (area.bounds(area.EVERYTHING),):
            return self
        inside = np.array([area.covers(ranges, path) for path in self.paths], bool)
        return self.only(inside[self.path]) if len(self.path) else self


EMPTY = Delta(np.zeros((len(FIELDS), 0), np.int64), np.zeros(0, np.int64), ())
