"""What becomes of a hot spot: new, growing, persistent or fading, by comparing equal periods.

The range that is asked about is cut into equal periods, each with its own Gi* (``hot_spots``);
the trend of a place's Gi* over the periods is that of Mann (1945) and Kendall (1975). The four
signs gather the categories of ArcGIS's Emerging Hot Spot Analysis:

- new: hot in the last period, and before that only in a run that leads up to it and is shorter
  than half of the periods ("new", "consecutive");
- growing: hot in the last period and in at least half of all, rising ("intensifying");
- persistent: hot in the last period and in at least nine of ten, with no trend ("persistent");
- fading: hot in at least half of the periods, and falling, or not hot in the last two
  ("diminishing", "historical").

What is hot now and then ("sporadic", "oscillating") has no sign, nor has any cold spot.
"""

from enum import Enum
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MOST_PERIODS, FEWEST_PERIODS = 10, 5
"""Ten are what the method asks for; with fewer than five no trend can be told from luck."""
SHORTEST_PERIOD_DAYS = 6
HALF, NEARLY_ALWAYS = 0.5, 0.9
_TREND = 1.645
"""Standard deviations of 90 % confidence, on either side."""


class Sign(Enum):
    """What becomes of a hot spot."""

    NEW = "new"
    GROWING = "growing"
    PERSISTENT = "persistent"
    FADING = "fading"


def periods(days: int) -> list[tuple[int, int]]:
    """The first and last day (from 0) of each equal period of a range; none where it is too short.

    Where the days do not divide evenly, periods differ by one day.
    """
    count = min(MOST_PERIODS, days // SHORTEST_PERIOD_DAYS)
    if count < FEWEST_PERIODS:
        return []
    ends = [days * n // count for n in range(count + 1)]
    return [(first, next_first - 1) for first, next_first in pairwise(ends)]


def trend(values: Values) -> Values:
    """Mann and Kendall's statistic of each column, in standard deviations; time runs down.

    Ties leave the variance as it is, which is on the careful side.
    """
    n = len(values)
    s = np.sum([np.sign(after - before) for before, after in combinations(values, 2)], axis=0)
    found: Values = (s - np.sign(s)) / np.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return found


def signs(z: Values, sure: NDArray[np.int64]) -> list[Sign | None]:
    """The sign of each place (column) from its Gi* and their confidence by period (row)."""
    hot = sure > 0
    share, last = hot.mean(axis=0), hot[-1]
    # how long it has been hot without a break, counted from the end
    run = np.cumprod(hot[::-1], axis=0).sum(axis=0)
    goes = trend(z)
    rises, falls = goes >= _TREND, goes <= -_TREND
    often = share >= HALF
    new = last & (run == hot.sum(axis=0)) & ~often
    growing = last & often & rises
    fading = often & (falls | ~(last | hot[-2]))
    persistent = last & (share >= NEARLY_ALWAYS) & ~rises & ~falls
    found: list[Sign | None] = [None] * z.shape[1]
    for sign, where in zip(Sign, (new, growing, persistent, fading), strict=True):
        for place in np.flatnonzero(where):
            found[place] = sign
    return found
