"""Change between two periods: up mirrors down, few cases say nothing, length is taken out."""

import pytest

from gridmap.rules import change


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(100, 100, 3), (124, 100, 3), (130, 100, 4), (160, 100, 5), (230, 100, 6), (40, 100, 0)],
)
def test_a_change_has_its_class(now: int, before: int, expected: int) -> None:
    assert change.class_of(now, before, scale=1) == expected


def test_steps_up_mirror_steps_down() -> None:
    for more, less in ((130, 100), (160, 100), (300, 100)):
        up, down = (change.class_of(a, b, scale=1) for a, b in ((more, less), (less, more)))
        assert up + down == 2 * change.SAME


def test_a_doubling_of_three_cases_is_none() -> None:
    assert change.class_of(6, 3, scale=1) == change.SAME
    assert change.class_of(620, 300, scale=1) == 6


def test_unequal_periods_are_brought_to_one_length() -> None:
    assert change.class_of(30, 365, scale=30 / 365) == change.SAME
    assert change.few(4, 40, scale=0.1)
    assert not change.few(4, 50, scale=0.1)
