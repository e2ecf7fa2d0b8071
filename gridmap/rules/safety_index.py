"""The safety index: nine dimensions of a region and month in points, and their weighted mean.

A formula gives each dimension a weight and a scale: the value that is worth 0 points and the value
that is worth 100, the same for every region and month. The scale says as well what is usual: its
middle is the usual value, and it reaches two standard deviations of the regions to either side.

Small numbers are mostly luck. So a value is first drawn toward the usual one, by as much as it is
uncertain: the posterior mean of a gamma–Poisson model for rates (Clayton and Kaldor 1987, Marshall
1991) and of a beta–binomial one for shares (Kleinman 1973). A county of 100,000 households keeps
its rate, a village of 80 with one bad month does not fall to the bottom; and the posterior variance
is the uncertainty that is shown. What is counted whole, visits and staffing, is taken as it is.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gridmap.errors import InvalidInput
from gridmap.rules.index_dimensions import DIMENSIONS, Dimension, Nature

Z = 1.96
"""Half the width of a 95 % interval, in standard deviations."""
SCALE_SD = 4
"""A scale is as long as so many standard deviations between regions."""
LEAST_PRESENT = 0.5
"""With less of the weight there is no index: the rest would not be like the others' whole."""
LIMITS = (35.0, 45.0, 55.0, 65.0)
"""Points between the five grades: 50 is usual; the mean of nine strays less than each of them."""
GRADES = (("差", "poor"), ("低", "low"), ("中", "fair"), ("良", "good"), ("优", "excellent"))
"""What official forms say, the worst first: words, never colors."""
SURE_GRADES = 1
"""An interval that stays within so many grades of the index's own leaves its grade some meaning."""


@dataclass(frozen=True)
class Scale:
    """A dimension's part of a formula: its weight, and the values worth 0 and 100 points."""

    weight: int
    zero: float
    full: float


Formula = Mapping[str, Scale]


@dataclass(frozen=True)
class Tally:
    """What was counted, and of how much; ``of`` 0 means that there is no data."""

    n: float
    of: float


@dataclass(frozen=True)
class Points:
    """A dimension of a region: its plain value in its unit, and its points with their interval."""

    value: float
    points: float
    low: float
    high: float


@dataclass(frozen=True)
class Score:
    """A region's index with its 95 % interval, None without enough data; and its dimensions."""

    index: float | None
    low: float | None
    high: float | None
    dimensions: Mapping[str, Points | None]


def score(tallies: Mapping[str, Tally], formula: Formula) -> Score:
    """The index of a region from what was counted there.

    A dimension without data, or of no weight, is left out of the mean, and the weights of the
    others count for more; where less than half of the weight is left, there is no index.
    """
    found = {
        id: _points(DIMENSIONS[id], tallies.get(id, Tally(0, 0)), scale)
        for id, scale in formula.items()
    }
    kept = [(formula[id].weight, one) for id, one in found.items() if one and formula[id].weight]
    whole = sum(scale.weight for scale in formula.values())
    weight = sum(part for part, _ in kept)
    shown = {id: one[0] if one else None for id, one in found.items()}
    if not whole or weight < LEAST_PRESENT * whole:
        return Score(None, None, None, shown)
    mean = sum(part * one.points for part, (one, _) in kept) / weight
    sd = math.sqrt(sum((part * one_sd) ** 2 for part, (_, one_sd) in kept)) / weight
    return Score(mean, _clipped(mean - Z * sd), _clipped(mean + Z * sd), shown)


def _points(dimension: Dimension, tally: Tally, scale: Scale) -> tuple[Points, float] | None:
    """The points, and their standard deviation before they are cut off at 0 and 100."""
    if tally.of <= 0:
        return None
    value, sd = posterior(dimension, tally, scale)
    length = scale.full - scale.zero
    points, points_sd = 100 * (value - scale.zero) / length, 100 * sd / abs(length)
    low, high = _clipped(points - Z * points_sd), _clipped(points + Z * points_sd)
    plain = tally.n / tally.of * dimension.per
    return Points(plain, _clipped(points), low, high), points_sd


def posterior(dimension: Dimension, tally: Tally, scale: Scale) -> tuple[float, float]:
    """The value drawn toward the usual one, and its standard deviation, in the unit's terms."""
    per = dimension.per
    if dimension.nature is Nature.whole:
        return tally.n / tally.of * per, 0.0
    mean = (scale.zero + scale.full) / 2 / per
    variance = ((scale.full - scale.zero) / SCALE_SD / per) ** 2
    if dimension.nature is Nature.rate:
        known = mean / variance
        a, b = mean * known + tally.n, known + tally.of
        return a / b * per, math.sqrt(a) / b * per
    known = mean * (1 - mean) / variance - 1
    share = (mean * known + tally.n) / (known + tally.of)
    return share * per, math.sqrt(share * (1 - share) / (known + tally.of + 1)) * per


def _clipped(points: float) -> float:
    return min(100.0, max(0.0, points))


def grade(index: float) -> int:
    """The grade, 0 (the worst) to 4, of an index as it is shown, in whole points."""
    return bisect_right(LIMITS, float(whole_points(index)))


def unsure(index: float, low: float, high: float) -> bool:
    """Whether the interval reaches past the grades next to the index's own.

    So little was counted there that it may well be two grades off: a map gives it no color.
    """
    own = grade(index)
    return own - grade(low) > SURE_GRADES or grade(high) - own > SURE_GRADES


def whole_points(points: float) -> int:
    """Points as they are shown; a half goes up."""
    return math.floor(points + 0.5)


def ranks(scores: Mapping[str, Score]) -> dict[str, tuple[int, int]]:
    """Each region's best and worst rank that the intervals allow; those without an index have none.

    Regions whose intervals overlap are not told apart: luck alone may have ordered them.
    """
    known = {
        id: (one.low, one.high)
        for id, one in scores.items()
        if one.low is not None and one.high is not None
    }
    lows = sorted(low for low, _ in known.values())
    highs = sorted(high for _, high in known.values())
    return {
        id: (1 + len(lows) - bisect_right(lows, high), len(highs) - bisect_left(highs, low))
        for id, (low, high) in known.items()
    }


_SCALE = re.compile(r"(\d{1,3})[\s;；,，、]+(\d+(?:\.\d+)?)[\s→>,，、-]+(\d+(?:\.\d+)?)")


def parsed_scale(dimension: Dimension, given: str) -> list[float]:
    """Weight, 0 points, 100 points from words such as ``15；12 → 2``; InvalidInput if not so."""
    found = _SCALE.fullmatch(given)
    if found is None or int(found[1]) > 100:
        raise InvalidInput(
            "“{name}”应写成“权重（0 到 100）；0 分的值 → 100 分的值”，收到“{given}”。",
            name=dimension.zh,
            given=given,
        )
    zero, full = float(found[2]), float(found[3])
    if dimension.most is not None and max(zero, full) > dimension.most:
        raise InvalidInput("“{name}”是份额，不能超过 {most}。", name=dimension.zh, most=100)
    if dimension.less_is_better and zero <= full:
        raise InvalidInput("“{name}”越少越好：0 分的值要大于 100 分的值。", name=dimension.zh)
    if not dimension.less_is_better and zero >= full:
        raise InvalidInput("“{name}”越多越好：0 分的值要小于 100 分的值。", name=dimension.zh)
    return [int(found[1]), zero, full]


def written_scale(value: Iterable[float]) -> str:
    """The same as words."""
    weight, zero, full = value
    return f"{weight:g}；{zero:g} → {full:g}"


def formula_of(value: Mapping[str, Iterable[float]]) -> dict[str, Scale]:
    """The formula that a policy's value declares, in the order of the dimensions."""
    made = {}
    for id in DIMENSIONS:
        weight, zero, full = value[id]
        made[id] = Scale(int(weight), zero, full)
    return made


def check_weights(value: Mapping[str, Iterable[float]]) -> None:
    """Raises InvalidInput where every weight is 0: nothing would be left to sum."""
    if not any(scale.weight for scale in formula_of(value).values()):
        raise InvalidInput("九项的权重不能都是 0。")
