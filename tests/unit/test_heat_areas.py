"""Figures by area add up over the counties of a prefecture."""

import numpy as np

from gridmap.heat import Moment, by_area, by_periods, last_days
from gridmap.heat.cells import ALL_CLASSES
from gridmap.heat.columns import Columns, Loose, packed
from gridmap.heat.count import Asked
from gridmap.heat.delta import EMPTY

_EVERYWHERE = Asked(10, 19, ALL_CLASSES, (("", None),))


def _county(no: int, days: list[int]) -> Columns:
    zeros = np.zeros(len(days), np.int64)
    paths = (f"99/01/{no:02d}/1/", f"99/01/{no:02d}/2/")
    area = np.arange(len(days)) % 2
    return packed(Loose(zeros + no, np.array(days), zeros, area), paths)


def test_a_prefecture_has_what_its_counties_have() -> None:
    moment = Moment({1: _county(1, [10, 12, 17]), 2: _county(2, [9, 11, 18, 20])})
    assert by_area(moment, _EVERYWHERE, 2) == {"99/01/": 5}
    assert by_area(moment, _EVERYWHERE, 3) == {"99/01/01/": 3, "99/01/02/": 2}
    halves = by_periods(moment, _EVERYWHERE, 2, [(10, 14), (15, 19)])
    assert {path: n.tolist() for path, n in halves.items()} == {"99/01/": [3, 2]}
    assert last_days(moment, _EVERYWHERE, 2) == {"99/01/": 18}
    assert last_days(moment, _EVERYWHERE, 4) == {
        "99/01/01/1/": 17,
        "99/01/01/2/": 12,
        "99/01/02/1/": 18,
        "99/01/02/2/": 11,
    }


def test_what_came_and_went_again_is_not_the_last_in_whatever_order_it_is_told() -> None:
    went, came = ((1, 0, 0, 19, 0, n, "99/01/01/1/") for n in (-1, 1))
    last = (2, 0, 0, 12, 0, -1, "99/01/01/2/")
    for rows in ([went, came, last], [last, came, went]):
        moment = Moment({1: _county(1, [10, 12, 17])}, EMPTY.more(rows))
        assert last_days(moment, _EVERYWHERE, 4) == {"99/01/01/1/": 17}
