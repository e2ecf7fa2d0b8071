"""Safe, or only unheard? A place is silent where nobody reports or visits for too long.

Reports and visits that come by themselves, at a rate by the number of households, leave a gap of
``days`` with a chance of exp(−rate × days): a gap that hardly ever happens is worth a look.
"""

import math
from enum import IntEnum

UNLIKELY, VERY_UNLIKELY = 0.05, 0.01


class Silence(IntEnum):
    """How long a place has been silent, against what is expected of it."""

    heard = 0
    quiet = 1
    silent = 2
    never = 3


def silence(days: float | None, expected_per_day: float, *, looked_back_days: int) -> Silence:
    """The silence of a place last heard of ``days`` ago; None: not in the days looked back on.

    A place of which so little is expected that no silence would show is held for heard.
    """
    chance = math.exp(-expected_per_day * (looked_back_days if days is None else days))
    if chance >= UNLIKELY:
        return Silence.heard
    if days is None:
        return Silence.never
    return Silence.silent if chance < VERY_UNLIKELY else Silence.quiet
