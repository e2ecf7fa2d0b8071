"""Silent places: by what is expected of them, not by days alone."""

import pytest

from gridmap.rules.silence import Silence, silence


@pytest.mark.parametrize(
    ("days", "per_day", "expected"),
    [
        (0, 1.0, Silence.heard),
        (2, 1.0, Silence.heard),
        (4, 1.0, Silence.quiet),
        (5, 1.0, Silence.silent),
        (40, 0.05, Silence.heard),
        (70, 0.05, Silence.quiet),
        (100, 0.05, Silence.silent),
        (None, 0.05, Silence.never),
        (None, 0.001, Silence.heard),
        (364, 0.0, Silence.heard),
    ],
)
def test_a_gap_is_measured_against_the_rate(
    days: float | None, per_day: float, expected: Silence
) -> None:
    assert silence(days, per_day, looked_back_days=365) == expected
