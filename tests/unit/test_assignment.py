"""The decision among the grids that come into question."""

from typing import Any

import numpy as np
import pytest

from gridmap.rules.assignment import NOBODY, Candidates, decide


def candidates(*pairs: tuple[int, int, bool, float, float, float]) -> Candidates:
    """Pairs of (place, code rank, covers, distance, border, share)."""
    columns: list[Any] = list(zip(*pairs, strict=True)) if pairs else [()] * 6
    kinds = (np.int64, np.int64, bool, float, float, float)
    return Candidates(*(np.array(c, dtype=k) for c, k in zip(columns, kinds, strict=True)))


def test_the_grid_that_covers_the_point_answers() -> None:
    decided = decide(
        candidates((0, 5, True, 0, 40, 1), (0, 1, False, 40, 40, 0)), places=1, nearest_limit_m=200
    )
    assert decided.chosen.tolist() == [0]
    assert decided.how.tolist() == ["inside"]
    assert decided.certain.tolist() == [True]


@pytest.mark.parametrize(("border", "how"), [(0.0, "border"), (30.0, "overlap")])
def test_of_several_covering_grids_the_lowest_code_answers(border: float, how: str) -> None:
    decided = decide(
        candidates((0, 7, True, 0, border, 1), (0, 3, True, 0, border, 1)),
        places=1,
        nearest_limit_m=200,
    )
    assert decided.chosen.tolist() == [1]
    assert decided.how.tolist() == [how]
    assert decided.certain.tolist() == [False]


def test_outside_every_grid_the_nearest_within_the_limit_answers() -> None:
    decided = decide(
        candidates((0, 1, False, 90, 90, 0), (0, 2, False, 30, 30, 0), (1, 1, False, 201, 201, 0)),
        places=2,
        nearest_limit_m=200,
    )
    assert decided.chosen.tolist() == [1, NOBODY]
    assert decided.how.tolist() == ["nearest", "nobody"]


def test_under_four_fifths_of_the_circle_the_answer_is_uncertain() -> None:
    shares = [0.79, 0.8]
    decided = decide(
        candidates(*((n, 1, True, 0, 5, share) for n, share in enumerate(shares))),
        places=2,
        nearest_limit_m=200,
    )
    assert decided.certain.tolist() == [False, True]


def test_no_candidates_no_answer() -> None:
    assert decide(candidates(), places=2, nearest_limit_m=200).chosen.tolist() == [NOBODY, NOBODY]
