"""How much more or less happened in one period than in another, as one of seven classes.

Periods may be unequally long: the earlier count is first brought to the length of the later one.
The ratio is pulled towards 1 as that of :mod:`gridmap.rules.attention`, so that a doubling from
three cases to six is not called one.
"""

from bisect import bisect_right

from gridmap.rules.attention import FEW, growth

LIMITS = (1 / 2, 2 / 3, 4 / 5, 5 / 4, 3 / 2, 2.0)
"""Between the classes: by how much more or less, the same steps up as down."""
SAME = 3
"""The class in which nothing has changed that is worth a color."""


def few(now: int, before: int, *, scale: float) -> bool:
    """Whether both periods have too few cases to say anything."""
    return max(now, before * scale) < FEW


def class_of(now: int, before: int, *, scale: float) -> int:
    """0 (half or less) to 6 (double or more); ``scale`` is days of now over days of before."""
    return bisect_right(LIMITS, growth(now, before, usual=scale))
