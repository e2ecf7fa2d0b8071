"""What a build counts in a far tile is remembered; what came since is added each time."""

from dataclasses import replace

import numpy as np
import pytest

from gridmap.heat import Moment, in_cells
from gridmap.heat.cells import ALL_CLASSES, CLASSES
from gridmap.heat.columns import Loose, packed
from gridmap.heat.count import Asked
from gridmap.heat.delta import EMPTY

WHOLE = Asked(10, 19, ALL_CLASSES, (("", None),))
ZOOMS = [0, 6, 8, 9]


@pytest.fixture
def moment() -> Moment:
    """Five incidents in the corner of the world, in two grids, of two classes."""
    zeros = np.zeros(5, np.int64)
    day, kind, area = np.array([10, 11, 12, 18, 30]), np.array([1, 2, 1, 2, 1]), zeros.copy()
    area[3:] = 1
    loose = Loose(zeros, day, kind, area)
    return Moment({1: packed(loose, ("99/01/01/1/", "99/01/01/2/"))})


def total(moment: Moment, z: int, asked: Asked) -> int:
    """All that a tile counts."""
    return int(in_cells(moment, z, 0, 0, asked).sum())


@pytest.mark.parametrize("z", ZOOMS)
def test_what_has_changed_is_added_however_often_it_is_asked(moment: Moment, z: int) -> None:
    assert [total(moment, z, WHOLE) for _ in range(2)] == [4, 4]
    came = (1, 0, 0, 19, 1, 1, "99/01/01/1/")
    later = replace(moment, delta=EMPTY.more([came]))
    assert [total(later, z, WHOLE) for _ in range(2)] == [5, 5]
    assert total(replace(later, delta=later.delta.more([came])), z, WHOLE) == 6
    assert total(moment, z, WHOLE) == 4


@pytest.mark.parametrize("z", ZOOMS)
def test_another_question_has_an_answer_of_its_own(moment: Moment, z: int) -> None:
    first = np.arange(CLASSES) == 1
    others = {
        4: WHOLE,
        3: replace(WHOLE, last=17),
        2: replace(WHOLE, classes=first),
        1: replace(WHOLE, ranges=(("99/01/01/2/", "99/01/01/20"),)),
    }
    assert {total(moment, z, asked) for asked in others.values()} == set(others)
    assert {n: total(moment, z, asked) for n, asked in others.items()} == {n: n for n in others}
