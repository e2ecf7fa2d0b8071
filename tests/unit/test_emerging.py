"""What becomes of a hot spot, on series of which anybody would say so."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from gridmap.rules import emerging
from gridmap.rules.emerging import Sign, signs, trend

PERIODS = 10


def of(series: list[float]) -> Sign | None:
    """The sign of one place by its Gi*; hot at two standard deviations."""
    z = np.array(series, float)[:, None]
    (found,) = signs(z, np.where(z >= 2, 1, np.where(z <= -2, -1, 0)))
    return found


@pytest.mark.parametrize(
    ("series", "sign"),
    [
        ([0, 0.1, -0.2, 0.3, 0, 0.2, -0.1, 0.1, 0, 3], Sign.NEW),
        ([0, 0.1, -0.2, 0.3, 0, 0.2, -0.1, 2.1, 2.4, 3], Sign.NEW),
        ([1.0, 1.2, 1.4, 1.8, 2.0, 2.3, 2.6, 3.0, 3.5, 4.1], Sign.GROWING),
        ([2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9], Sign.GROWING),
        ([3, 2.8, 3.1, 2.9, 3.2, 2.7, 3, 3.1, 2.8, 3], Sign.PERSISTENT),
        ([3, 2.8, 3.1, 1.2, 3.2, 2.7, 3, 3.1, 2.8, 3], Sign.PERSISTENT),
        ([4.1, 3.8, 3.5, 3.2, 3.0, 2.7, 2.5, 2.4, 2.2, 2.0], Sign.FADING),
        ([4, 3.8, 4.1, 3.9, 4, 3.7, 4, 3.8, 0.2, 0.1], Sign.FADING),
        # hot now and then, once long ago, cold, or never
        ([3, 0, 3, 0, 3, 0, 0, 3, 0, 3], None),
        ([3, 0, 0, 0, 0, 0, 0, 0, 0, 0], None),
        ([3, 2.8, 3.1, 2.9, 3.2, 2.7, 3, 3.1, 2.8, 0], None),
        ([-3] * 10, None),
        ([0] * 10, None),
        ([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9], None),
    ],
)
def test_series_of_which_anybody_would_say_so(series: list[float], sign: Sign | None) -> None:
    assert of(series) is sign


def test_each_place_is_told_by_its_own_series() -> None:
    rising, steady = np.linspace(2, 4, PERIODS), np.tile([3, 2.8], PERIODS // 2)
    z = np.column_stack([steady, rising, rising[::-1], np.zeros(PERIODS)])
    found = signs(z, (z >= 2).astype(np.int64))
    assert found == [Sign.PERSISTENT, Sign.GROWING, Sign.FADING, None]


def test_the_trend_is_that_of_mann_and_kendall() -> None:
    """S is Kendall's tau times the number of pairs; its spread as in Kendall's book."""
    draw = np.random.default_rng(7)
    values = draw.normal(size=(PERIODS, 200))
    s = np.array([kendalltau(range(PERIODS), one).statistic for one in values.T]) * 45
    expected = (s - np.sign(s)) / np.sqrt(125)
    assert trend(values) == pytest.approx(expected)
    shuffled = trend(draw.normal(size=(PERIODS, 20_000)))
    assert np.mean(np.abs(shuffled) >= 1.645) == pytest.approx(0.09, abs=0.02)


def test_a_range_is_cut_into_equal_periods_if_it_is_long_enough() -> None:
    assert emerging.periods(29) == []
    assert emerging.periods(30) == [(0, 5), (6, 11), (12, 17), (18, 23), (24, 29)]
    assert [len(emerging.periods(days)) for days in (47, 60, 365)] == [7, 10, 10]


@pytest.mark.parametrize("days", [30, 31, 47, 60, 365, 366, 3_700])
def test_periods_leave_no_day_out_and_take_none_twice(days: int) -> None:
    found = emerging.periods(days)
    assert [day for first, last in found for day in range(first, last + 1)] == list(range(days))
    lengths = {last - first for first, last in found}
    assert max(lengths) - min(lengths) <= 1
    assert len(found) <= emerging.MOST_PERIODS
