"""Fitting the class limits of measures from a year of data; they change only when asked to."""

from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection, text

from gridmap.layers import figures, measures
from gridmap.layers.measure import Measure, Question
from gridmap.queries import holders
from gridmap.queries.filters import Filters

FITTED_DAYS = 365
_QUANTILES = (0.2, 0.45, 0.7, 0.9)
_LEAST_AREAS = 3
_KEEP = """
INSERT INTO class_break (measure, depth, version, limits)
SELECT :measure, :depth, COALESCE(max(version), 0) + 1, CAST(:limits AS float8[])
  FROM class_break WHERE measure = :measure AND depth = :depth
"""


def fit(connection: Connection, *, last_day: date, zone: str) -> int:
    """Fits the limits of every rate on every level from the year up to a day; returns how many.

    Limits are quantiles of the areas that are not thin, rounded to two digits, so that the
    classes are named by numbers that people can say. A new version is added, none replaced.
    """
    year = Filters(last_day - timedelta(days=FITTED_DAYS - 1), last_day)
    depths = [level.depth for level in holders.levels(connection)]
    fitted = 0
    for measure in measures().values():
        for depth in [*depths, len(depths) + 1] if measure.denominator else []:
            fitted += _fit_one(connection, measure, Question("", depth, year, zone))
    return fitted


def _fit_one(connection: Connection, measure: Measure, asked: Question) -> int:
    found = figures.rates(connection, measure, asked).values()
    rates = [one.rate for one in found if one.rate is not None and not one.thin]
    if len(rates) < _LEAST_AREAS:
        # with so few areas quantiles say nothing; halves and doubles of the mean do
        rates = [float(np.mean(rates)) * factor for factor in (0.5, 1, 2, 4)] if rates else []
    if not rates:
        return 0
    limits = nice_limits(rates)
    connection.execute(text(_KEEP), {"measure": measure.id, "depth": asked.depth, "limits": limits})
    return 1


def nice_limits(rates: list[float]) -> list[float]:
    """Four rising limits of two significant digits from the quantiles of some rates."""
    rising: list[float] = []
    for value in np.quantile(rates, _QUANTILES):
        limit = two_digits(float(value))
        if rising and limit <= rising[-1]:
            limit = two_digits(rising[-1] * 1.25)
        rising.append(limit)
    return rising


def two_digits(value: float) -> float:
    """A positive number rounded to two significant digits."""
    return float(f"{value:.1e}") if value > 0 else 0.1
