"""When things happen: weeks, feasts, floods, frost, sowing and wages."""

from datetime import date, timedelta

import numpy as np

from gridmap.synth.arrays import Floats, Ints

LAST_DAY = date(2026, 11, 23)
"""What the seasons are reckoned from; loading may shift the days."""
DAYS = 730
_SPRING_FESTIVALS = [date(2025, 1, 29), date(2026, 2, 17)]
_SEASONS: dict[int, tuple[float, list[tuple[float, float, float]]]] = {
    **dict.fromkeys((32, 33, 68), (0.35, [(1.6, 5, 52)])),
    3: (0.6, [(1, 95, 35)]),
    4: (0.08, [(2, 112, 26), (0.5, 172, 18)]),
    34: (0.6, [(0.9, 355, 35)]),
    37: (0.5, [(1, 218, 35)]),
    70: (0.4, [(1, 105, 40), (0.8, 250, 25)]),
}
"""Category → weight all year round, and bells: height, day of the year, width in days."""


def rhythm(rng: np.random.Generator) -> Floats:
    """Weight of each day, from the first: weeks, slow growth, Spring Festival's quiet."""
    day = np.arange(DAYS)
    weekday = (LAST_DAY.weekday() - (DAYS - 1 - day)) % 7
    week = np.array([1.25, 1.1, 1.05, 1.0, 1.05, 0.75, 0.62])[weekday]
    quiet = np.ones(DAYS)
    for feast in _SPRING_FESTIVALS:
        since = day - _number(feast)
        quiet[(since >= -1) & (since < 6)] = 0.45
    return np.asarray(week * quiet * (0.88 + 0.24 * day / DAYS) * rng.gamma(40, 1 / 40, DAYS))


def season(category: int, rng: np.random.Generator) -> Floats:
    """Weight of each day, from the first, for a category; 1 where it knows no season."""
    days = [LAST_DAY - timedelta(days=DAYS - 1 - k) for k in range(DAYS)]
    of_year = np.array([day.timetuple().tm_yday for day in days])
    if category in (35, 36):
        return 0.12 + _bump(of_year, 213, 24) + _storms(of_year, rng)
    if category == 5:
        return _wages()
    base, bumps = _SEASONS.get(category, (1.0, []))
    weight = np.full(DAYS, base)
    for height, middle, width in bumps:
        weight += height * _bump(of_year, middle, width)
    return weight


def _storms(of_year: Ints, rng: np.random.Generator) -> Floats:
    """A few days of July and August on which everything comes at once."""
    storm = np.zeros(DAYS)
    for peak in rng.uniform(186, 240, 7):
        storm += np.exp(-(((of_year - peak) / 1.6) ** 2)) * rng.uniform(4, 14)
    return storm


def _wages() -> Floats:
    """Wages are asked for in the weeks before Spring Festival."""
    weight = np.full(DAYS, 0.35)
    for feast in _SPRING_FESTIVALS:
        weight += 4.5 * np.exp(-(((np.arange(DAYS) - _number(feast) + 16) / 13) ** 2))
    return weight


def _bump(of_year: Ints, middle: float, width: float) -> Floats:
    """A bell of height 1 around a day of the year, which is a circle."""
    off = np.abs(of_year - middle)
    return np.asarray(np.exp(-((np.minimum(off, 365 - off) / width) ** 2)))


def _number(day: date) -> int:
    return DAYS - 1 - (LAST_DAY - day).days
