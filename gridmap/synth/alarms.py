"""The warnings that are open on the last day."""

from dataclasses import dataclass

import numpy as np

from gridmap.synth import words
from gridmap.synth.happenings import DAY_S, Happenings
from gridmap.synth.seasons import DAYS

_RECENT_DAYS = 21
_COLORS = [0.5, 0.31, 0.15, 0.04]
"""Shares of blue, yellow, orange, red."""


@dataclass(frozen=True)
class Warning:
    """An open warning on a grid, or on the incident of that number."""

    grid: int
    incident: int | None
    color: int
    why: str
    since: int
    answered_day: int


def warn(happened: Happenings, count: int, rng: np.random.Generator) -> list[Warning]:
    """About ``count`` open warnings that arose from recent incidents, few of them red."""
    recent = np.flatnonzero(happened.received > (DAYS - _RECENT_DAYS) * DAY_S)
    color = rng.choice([1, 2, 3, 4], min(count, len(recent)), p=_COLORS)
    made: list[Warning] = []
    taken: set[int] = set()
    for shade in color.tolist():
        reasons = [(kinds, why) for c, kinds, why in words.WARNINGS if c == shade]
        kinds, why = reasons[int(rng.integers(len(reasons)))]
        fits = recent[np.isin(happened.category[recent], kinds)]
        cause = int(rng.choice(fits if len(fits) else recent))
        if (grid := int(happened.grid[cause])) in taken:
            continue
        taken.add(grid)
        since = int(min(happened.received[cause] + rng.integers(5, 240) * 60, DAYS * DAY_S - 60))
        age = DAYS - 1 - since // DAY_S
        answered = int(rng.integers(0, age + 1)) if age and rng.random() < 0.65 else -1
        whole_grid = rng.random() < 0.45
        made.append(Warning(grid, None if whole_grid else cause, shade, why, since, answered))
    return sorted(made, key=lambda warning: warning.since)
