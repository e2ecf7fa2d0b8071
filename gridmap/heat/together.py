"""The sums of all counties as one: a province is then one difference and not a hundred."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridmap.heat.sums import BLOCK_DAYS, Numbers, Sums
from gridmap.heat.townships import Townships


@dataclass(frozen=True, eq=False)
class Together(Sums):
    """Several counties' townships; the keys are theirs, one county's after the other's."""

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


def together(parts: Iterable[Townships]) -> Sums | None:
    """Joins counties; None where they hold nothing."""
    held = [part for part in parts if len(part.key)]
    if len(held) < 2:
        return held[0] if held else None
    first = min(part.first_day for part in held)
    day = np.concatenate([part.first_day - first + part.days() for part in held])
    key = _side_by_side([part.entry for part in held], [len(part.key) for part in held])
    starts = np.zeros(int(day.max()) + 2, np.uint32)
    np.cumsum(np.bincount(day), out=starts[1:])
    return Together(
        tuple(path for part in held for path in part.paths),
        min(part.depth for part in held),
        first,
        _sums(held, first),
        starts,
        key[np.argsort(day.astype(np.uint16), kind="stable")],
        np.concatenate([part.kind for part in held]).astype(np.uint16),
        _side_by_side([part.place for part in held], [len(part.paths) for part in held]),
    )


def _side_by_side(numbers: Sequence[NDArray[Any]], sizes: Sequence[int]) -> NDArray[np.uint32]:
    """Each county's own numbers, after all that the counties before it have."""
    before = np.cumsum([0, *sizes])[:-1]
    each = [one + np.uint32(n) for one, n in zip(numbers, before.tolist(), strict=True)]
    return np.concatenate(each).astype(np.uint32)


def _sums(parts: Sequence[Townships], first: int) -> NDArray[np.uint32]:
    """All sums by the same blocks: before a county's first there is nothing, after its last all."""
    shifts = [(part.first_day - first) // BLOCK_DAYS for part in parts]
    blocks = max(shift + len(part.sums) for shift, part in zip(shifts, parts, strict=True))
    found = [
        np.pad(part.sums, ((shift, 0), (0, 0)))[
            np.minimum(np.arange(blocks), shift + len(part.sums) - 1)
        ]
        for shift, part in zip(shifts, parts, strict=True)
    ]
    return np.concatenate(found, axis=1)
