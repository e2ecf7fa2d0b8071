"""Fitting the scales of the safety index: how far regions really differ, luck taken away.

By the method of moments (Marshall 1991 for rates, Kleinman 1973 for shares): of the variance
between regions that which chance alone would make is subtracted; what is left is their own.
"""

import math
from collections.abc import Mapping, Sequence

from gridmap.rules.index_dimensions import DIMENSIONS, Dimension, Nature
from gridmap.rules.safety_index import SCALE_SD, Formula, Scale, Tally

FEWEST_REGIONS = 8
"""From fewer regions and months no scale is fitted: the former one stays."""
FEWEST_CASES = 1.0
"""Nor where fewer than so many cases, on average, are counted in each: that would fit luck."""
LEAST_SD_SHARE = 0.1
"""However alike regions are, a scale reaches so much of the mean for each standard deviation."""


def fitted(formula: Formula, tallies: Sequence[Mapping[str, Tally]]) -> dict[str, Scale]:
    """The formula with scales that fit what was counted in many regions and months.

    Weights stay; so does the scale of a dimension with too little data, or without differences.
    """
    return {
        id: _fitted(DIMENSIONS[id], scale, [one[id] for one in tallies if one[id].of > 0])
        for id, scale in formula.items()
    }


def _fitted(dimension: Dimension, scale: Scale, tallies: Sequence[Tally]) -> Scale:
    n, of = sum(one.n for one in tallies), sum(one.of for one in tallies)
    mean = n / of if of else 0.0
    ceiling = math.inf if dimension.most is None else 1.0
    enough = len(tallies) >= FEWEST_REGIONS and n >= FEWEST_CASES * len(tallies)
    if not enough or not 0 < mean < ceiling:
        return scale
    sd = max(math.sqrt(_own_variance(dimension, tallies, mean, of)), LEAST_SD_SHARE * mean)
    # the middle of a scale is what is usual, so it must not be cut off on one side
    half = min(SCALE_SD / 2 * sd, mean, ceiling - mean)
    low, high = (_rounded(end * dimension.per) for end in (mean - half, mean + half))
    if low == high:
        return scale
    zero, full = (high, low) if dimension.less_is_better else (low, high)
    return Scale(scale.weight, zero, full)


def _own_variance(dimension: Dimension, tallies: Sequence[Tally], mean: float, of: float) -> float:
    """What is left of the variance between regions without that of chance; 0 or more."""
    between = sum(one.of * (one.n / one.of - mean) ** 2 for one in tallies) / of
    by_chance = {
        Nature.rate: mean,
        Nature.share: mean * (1 - mean),
        Nature.whole: 0.0,
    }[dimension.nature]
    return max(0.0, between - by_chance * len(tallies) / of)


def _rounded(value: float) -> float:
    """Two significant digits, and none after the first decimal: numbers that people can say."""
    return round(float(f"{value:.2g}") if value < 10 else round(value), 2)
