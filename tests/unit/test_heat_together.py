"""What all counties come to at once is what their incidents come to one by one."""

from typing import NamedTuple

import numpy as np
import pytest

from gridmap.heat import Moment, by_periods, last_days
from gridmap.heat.cells import ALL_CLASSES, CLASSES, Wanted
from gridmap.heat.columns import Loose, packed
from gridmap.heat.count import Asked

EVERYWHERE = (("", None),)
SOME: Wanted = np.arange(CLASSES) % 5 < 2


class Incident(NamedTuple):
    """One incident: its path, day and class."""

    path: str
    day: int
    class_: int


class County(NamedTuple):
    """A county's paths, and between which days it has incidents."""

    paths: tuple[str, ...]
    first: int
    end: int


def grids(county: str) -> tuple[str, ...]:
    return tuple(
        sorted([county, *(f"{county}{town:02d}/{n}/" for town in range(1, 8) for n in range(9))])
    )


COUNTIES = {
    # what lies in no county stands before, between and after those of a prefecture
    0: County(("", "99/", "99/02/", "99/04/"), 3, 900),
    7: County(grids("99/01/01/"), 40, 41),
    8: County(grids("99/01/02/"), 10, 1_500),
    9: County(grids("99/03/01/"), 700, 1_860),
    10: County((), 0, 0),
}


@pytest.fixture(scope="module")
def happened() -> dict[int, list[Incident]]:
    draw = np.random.default_rng(11)
    return {
        no: [
            Incident(county.paths[at], int(day), int(class_))
            for at, day, class_ in zip(
                draw.integers(0, max(len(county.paths), 1), 300),
                draw.integers(county.first, county.end, 300),
                draw.integers(0, 70, 300),
                strict=True,
            )
        ]
        for no, county in COUNTIES.items()
        if county.paths
    }


@pytest.fixture(scope="module")
def moment(happened: dict[int, list[Incident]]) -> Moment:
    def columns(no: int) -> Loose:
        here = happened.get(no, [])
        numbers = [COUNTIES[no].paths.index(one.path) for one in here]
        nothing = np.zeros(len(here), np.int64)
        return Loose(
            nothing,
            np.array([one.day for one in here], np.int64),
            np.array([one.class_ for one in here], np.int64),
            np.array(numbers, np.int64),
        )

    return Moment({no: packed(columns(no), COUNTIES[no].paths) for no in COUNTIES})


def ancestor(path: str, depth: int) -> str | None:
    segments = path.split("/")[:-1]
    return "/".join(segments[:depth]) + "/" if len(segments) >= depth else None


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("wanted", [ALL_CLASSES, SOME], ids=["all", "some"])
@pytest.mark.parametrize(
    "periods",
    [
        [(0, 2_000)],
        [(45, 45)],
        [(30, 700), (701, 760), (761, 1_859)],
        [(-90, -1)],
        [(1_900, 1_950)],
    ],
)
def test_counts_by_period(
    happened: dict[int, list[Incident]],
    moment: Moment,
    depth: int,
    wanted: Wanted,
    periods: list[tuple[int, int]],
) -> None:
    asked = Asked(periods[0][0], periods[-1][1], wanted, EVERYWHERE)
    found = by_periods(moment, asked, depth, periods)
    expected: dict[str, list[int]] = {}
    for path, day, class_ in (one for here in happened.values() for one in here):
        place = ancestor(path, depth)
        for at, (first, last) in enumerate(periods):
            if place and wanted[class_] and first <= day <= last:
                expected.setdefault(place, [0] * len(periods))[at] += 1
    assert {path: n.tolist() for path, n in found.items() if n.any()} == expected


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("wanted", [ALL_CLASSES, SOME], ids=["all", "some"])
@pytest.mark.parametrize("days", [(0, 2_000), (0, 300), (41, 730), (1_850, 1_859), (1, 2)])
def test_last_days(
    happened: dict[int, list[Incident]],
    moment: Moment,
    depth: int,
    wanted: Wanted,
    days: tuple[int, int],
) -> None:
    found = last_days(moment, Asked(*days, wanted, EVERYWHERE), depth)
    expected: dict[str, int] = {}
    for path, day, class_ in (one for here in happened.values() for one in here):
        place = ancestor(path, depth)
        if place and wanted[class_] and days[0] <= day <= days[1]:
            expected[place] = max(day, expected.get(place, day))
    assert found == expected


def test_more_ends_of_ranges_than_are_remembered(moment: Moment) -> None:
    def last(day: int) -> dict[str, int]:
        return last_days(moment, Asked(0, day, ALL_CLASSES, EVERYWHERE), 4)

    days = range(100, 1_500, 100)
    assert [last(day) for day in days] == [last(day) for day in days]
    assert last(100) != last(1_400)
