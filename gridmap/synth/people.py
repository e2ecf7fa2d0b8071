"""Who lives in the households: invented people with their tags and numbers that nobody has."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridmap.synth import words
from gridmap.synth.arrays import Ints

_SIZES = [0.14, 0.27, 0.25, 0.19, 0.1, 0.05]
"""Share of households of one to six persons."""


@dataclass(frozen=True)
class People:
    """Persons sorted by household; tags are bit masks over words.HOUSEHOLD_TAGS."""

    household_tags: Ints
    household: Ints
    position: Ints
    name: list[str]
    phone: list[str | None]
    tags: Ints


def invent_people(count: int, rng: np.random.Generator) -> People:
    """The people of that many households: invented names, numbers that nobody has."""
    size = rng.choice(np.arange(1, 7), count, p=_SIZES)
    chance = rng.random((5, count))
    alone = (size == 1) & (chance[0] < 0.5)
    poor, disabled = chance[1] < 0.07, chance[2] < 0.04
    away = (size > 1) & (chance[3] < 0.3)
    left = away & (size > 3) & (chance[4] < 0.45)
    household = np.repeat(np.arange(count), size)
    position = np.arange(len(household)) - np.searchsorted(household, household)
    last = position == size[household] - 1
    tags = (alone + 4 * disabled)[household] * (position == 0)
    tags += 8 * away[household] * (position == 1) + 16 * left[household] * last
    surname = rng.integers(0, len(words.SURNAMES), count)[household]
    married = (position == 1) | (rng.random(len(household)) < 0.1)
    surname = np.where(married, rng.integers(0, len(words.SURNAMES), len(household)), surname)
    has_phone = (position < 2) & ~((size[household] == 1) & (tags > 0))
    return People(
        household_tags=alone + 2 * poor + 4 * disabled + 8 * away + 16 * left,
        household=household,
        position=position + 1,
        name=invent_names(surname, rng),
        phone=_phones(has_phone),
        tags=tags,
    )


def invent_names(surname: Ints, rng: np.random.Generator) -> list[str]:
    """A full name for each surname (an index into words.SURNAMES)."""
    given = np.array(
        [*words.GIVEN_LAST, *(a + b for a in words.GIVEN_FIRST for b in words.GIVEN_LAST)]
    )
    full = np.char.add(np.array(words.SURNAMES)[:, None], given[None, :])
    common = (rng.random(len(surname)) ** 1.5 * given.size).astype(np.int64)
    names: list[str] = full[surname, given.size - 1 - common].tolist()
    return names


def _phones(has_phone: NDArray[np.bool_]) -> list[str | None]:
    ring = [words.SAMPLE_MOBILE.format(number=n) for n in range(10_000)]
    number = np.where(has_phone, np.cumsum(has_phone) % len(ring), -1)
    return [ring[n] if n >= 0 else None for n in number.tolist()]


def tag_lists(masks: Ints) -> list[list[str]]:
    """The tags of each mask; the first is always the mark of a made-up person."""
    known = [
        [words.SAMPLE_TAG, *(t for k, t in enumerate(words.HOUSEHOLD_TAGS) if mask >> k & 1)]
        for mask in range(1 << len(words.HOUSEHOLD_TAGS))
    ]
    return [known[mask] for mask in masks.tolist()]
