"""The sums of all counties as one: a province is then one difference and not a hundred."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gridmap.heat.sums import BLOCK_DAYS, Numbers, Sums
from gridmap.heat.townships import Townships


@dataclass(frozen=True, eq=False)
class Together(Sums):
    """Several counties' townships; the keys are theirs, one county's after the other's.

    ``offset`` is the first key of each county.
    """

    parts: tuple[Townships, ...]
    offset: tuple[int, ...]
    kinds: NDArray[np.uint16]
    places: NDArray[np.uint32]

    @property
    def kind(self) -> Numbers:
        """The class of each key."""
        return self.kinds

    @property
    def place(self) -> Numbers:
        """The number of each key's township."""
        return self.places

    def between(self, first: int, end: int) -> Numbers:
        """The key of each incident of some days; ``end`` is the day after the last."""
        entries = [part.between(first, end) for part in self.parts]
        of_part = np.repeat(np.array(self.offset, np.uint32), [len(one) for one in entries])
        return np.concatenate(entries) + of_part

    def newest(self, day: int) -> NDArray[np.int32]:
        """When each key had its last incident up to a day; −1 for none."""
        return np.concatenate([part.newest(day) for part in self.parts])


# one for the build in use, and one for that before it, which an answer may still be made from
@lru_cache(maxsize=2)
def together(parts: tuple[Townships, ...]) -> Together:
    """Joins counties; the last ones joined are remembered."""
    held = [part for part in parts if len(part.key)]
    sizes = [len(part.key) for part in held]
    offset = np.cumsum([0, *sizes])
    places = np.cumsum([0, *(len(part.paths) for part in held)])
    first = min((part.first_day for part in held), default=0)
    return Together(
        tuple(path for part in held for path in part.paths),
        min((part.depth for part in held), default=0),
        first,
        _side_by_side(held, first),
        tuple(held),
        tuple(offset[:-1].tolist()),
        _joined([part.kind for part in held], np.uint16),
        _joined([part.place + n for part, n in zip(held, places, strict=False)], np.uint32),
    )


def _side_by_side(parts: Sequence[Townships], first: int) -> NDArray[np.uint32]:
    """All sums by the same blocks: before a county's first there is nothing, after its last all."""
    shifts = [(part.first_day - first) // BLOCK_DAYS for part in parts]
    blocks = max((s + len(part.sums) for s, part in zip(shifts, parts, strict=True)), default=1)
    found = [
        np.pad(part.sums, ((shift, 0), (0, 0)))[
            np.minimum(np.arange(blocks), shift + len(part.sums) - 1)
        ]
        for shift, part in zip(shifts, parts, strict=True)
    ]
    return np.concatenate(found, axis=1) if found else np.zeros((1, 0), np.uint32)


def _joined(columns: Sequence[Numbers], kind: type[np.unsignedinteger]) -> Numbers:
    return np.concatenate(columns).astype(kind) if columns else np.zeros(0, kind)
