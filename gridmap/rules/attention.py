"""Which areas need attention most, and why: what nobody answered, what is late, what grows.

Growth is a rate ratio between two Poisson counts, pulled towards 1 by a prior of ``PRIOR`` cases
(the mean of a gamma posterior), so that one case more in a small place never leads the list.
"""

from dataclasses import dataclass
from math import log2

PRIOR = 10.0
"""Cases of evidence that growth must outweigh."""
LEAST_GROWTH = 1.25
FEW = 5
"""Under this many cases nothing is said about growth."""

_OF_COLOR = {4: 100.0, 3: 20.0, 2: 6.0, 1: 2.0}
"""An unanswered red stands before everything else that an area can have."""
_OF_LATE = 2.0
_OF_DOUBLING = 12.0


@dataclass(frozen=True)
class Area:
    """What is known of an area; ``unanswered`` are pairs of a color and how many warnings."""

    path: str
    unanswered: tuple[tuple[int, int], ...] = ()
    overdue: int = 0
    now: int = 0
    before: int = 0


def growth(now: int, before: int, *, usual: float) -> float:
    """By what factor an area grew beyond ``usual`` (the whole territory's), shrunk towards 1."""
    expected = before * usual
    return (now + PRIOR) / (expected + PRIOR)


def reasons(area: Area, *, usual: float) -> list[tuple[str, float]]:
    """Why an area is listed, the weightiest first: ``unanswered``, ``overdue``, ``growth``."""
    warned = sum(_OF_COLOR[color] * n for color, n in area.unanswered)
    grown = growth(area.now, area.before, usual=usual)
    found = [("unanswered", warned), ("overdue", _OF_LATE * area.overdue)]
    if grown >= LEAST_GROWTH and area.now >= FEW:
        found.append(("growth", _OF_DOUBLING * log2(grown)))
    return sorted(((why, weight) for why, weight in found if weight > 0), key=lambda one: -one[1])


def ranked(areas: list[Area], *, most: int) -> list[tuple[Area, list[str]]]:
    """The areas that have a reason, the most pressing first; ties by path."""
    usual = _usual(areas)
    scored = [(one, reasons(one, usual=usual)) for one in areas]
    scored = [pair for pair in scored if pair[1]]
    scored.sort(key=lambda pair: (-sum(weight for _, weight in pair[1]), pair[0].path))
    return [(one, [why for why, _ in found]) for one, found in scored[:most]]


def _usual(areas: list[Area]) -> float:
    now, before = sum(one.now for one in areas), sum(one.before for one in areas)
    return (now + PRIOR) / (before + PRIOR)
