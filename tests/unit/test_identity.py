"""The check digit of identity numbers; the number is the standard's own example."""

import pytest

from gridmap.rules.identity import is_identity_number


def test_the_standards_example_is_right() -> None:
    assert is_identity_number("11010519491231002X")


@pytest.mark.parametrize(
    "wrong", ["110105194912310021", "11010519491231002", "11010519491231020X", "", "1" * 18]
)
def test_a_digit_lost_or_swapped_is_noticed(wrong: str) -> None:
    assert not is_identity_number(wrong)
