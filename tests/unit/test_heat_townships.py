"""What is summed by township over time is what was there one by one, and survives a file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gridmap.heat import Moment, by_periods, files, townships
from gridmap.heat.cells import ALL_CLASSES, CLASSES, Wanted
from gridmap.heat.columns import Columns, Loose, packed
from gridmap.heat.count import Asked

PATHS = tuple(
    sorted(
        ["99/01/", "99/01/03/"]
        + [f"99/01/{town:02d}/{grid}/" for town in range(1, 8) for grid in range(9)]
    )
)
TOWNSHIP = 3
NONE = np.zeros(0, np.int64)
SOME: Wanted = np.arange(CLASSES) % 5 < 2


@pytest.fixture(scope="module")
def loose() -> Loose:
    """Nineteen hundred days of one county; two of its paths are no grid's."""
    draw = np.random.default_rng(4)
    count = 6_000
    return Loose(
        draw.integers(0, 3, count),
        draw.integers(-40, 1_860, count),
        draw.integers(0, 2_000, count) << 10 | draw.integers(0, 70, count),
        draw.integers(0, len(PATHS), count),
    )


@pytest.fixture(scope="module")
def columns(loose: Loose) -> Columns:
    return packed(loose, PATHS)


def _one_by_one(
    loose: Loose, periods: list[tuple[int, int]], wanted: Wanted, depth: int
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for day, record, number in zip(loose.day, loose.record, loose.area, strict=True):
        segments = PATHS[number].split("/")[:-1]
        if len(segments) < depth or not wanted[record & CLASSES - 1]:
            continue
        counts = found.setdefault("/".join(segments[:depth]) + "/", [0] * len(periods))
        for at, (first, last) in enumerate(periods):
            counts[at] += first <= day <= last
    return {path: counts for path, counts in found.items() if any(counts)}


@pytest.mark.parametrize("depth", [1, 2, TOWNSHIP, 4])
@pytest.mark.parametrize("wanted", [ALL_CLASSES, SOME], ids=["all", "some"])
@pytest.mark.parametrize(
    "periods",
    [
        [(-400, -41)],
        [(-400, 5_000)],
        [(100, 100)],
        [(17, 44), (45, 73), (74, 900), (901, 1_859)],
        [(start, start + 2) for start in range(0, 120, 3)],
    ],
    ids=["before all", "everything", "one day", "four", "forty"],
)
def test_sums_are_what_the_incidents_add_up_to(
    loose: Loose,
    columns: Columns,
    depth: int,
    wanted: Wanted,
    periods: list[tuple[int, int]],
) -> None:
    asked = Asked(periods[0][0], periods[-1][1], wanted, (("", None),))
    found = by_periods(Moment({1: columns}), asked, depth, periods)
    counted = {path: n.tolist() for path, n in found.items() if n.any()}
    assert counted == _one_by_one(loose, periods, wanted, depth)


def test_who_sees_a_part_is_told_of_that_part_alone(columns: Columns) -> None:
    whole = Asked(0, 1_000, ALL_CLASSES, (("", None),))
    town = "99/01/04/"
    part = replace(whole, ranges=((town, "99/01/040"),))
    of_all, of_part = (
        by_periods(Moment({1: columns}), asked, TOWNSHIP, [(0, 1_000)]) for asked in (whole, part)
    )
    assert set(of_part) == {town}
    assert of_part[town] == of_all[town]


def test_the_townships_are_the_deepest_level_with_few_areas() -> None:
    assert townships.summed(NONE, NONE, NONE, PATHS[:64]).depth == townships.ANY_DEPTH
    made = townships.summed(NONE, NONE, NONE, PATHS)
    assert made.depth == TOWNSHIP
    assert made.paths == ("99/01/", *(f"99/01/{town:02d}/" for town in range(1, 8)))


def test_a_township_without_an_incident_takes_nothing_of_its_neighbor() -> None:
    zeros = np.zeros(2, np.int64)
    made = packed(Loose(zeros, np.array([5, 6]), zeros, np.array([20, 40])), PATHS)
    asked = Asked(0, 10, ALL_CLASSES, (("", None),))
    found = by_periods(Moment({1: made}), asked, TOWNSHIP, [(0, 10)])
    counted = {path: n.tolist() for path, n in found.items() if n.any()}
    towns = ["/".join(PATHS[at].split("/")[:3]) + "/" for at in (20, 40)]
    assert counted == {town: [1] for town in towns}


def test_a_file_gives_back_what_was_written(columns: Columns, tmp_path: Path) -> None:
    again = files.read(tmp_path / files.write(tmp_path, 1, columns))
    assert again.paths == columns.paths
    assert again.townships.paths == columns.townships.paths
    for name, numbers in columns.arrays().items():
        assert np.array_equal(again.arrays()[name], numbers), name


@pytest.mark.parametrize("keep", [0, 3, 200, -1])
def test_a_file_that_was_cut_off_is_damaged(columns: Columns, tmp_path: Path, keep: int) -> None:
    file = tmp_path / files.write(tmp_path, 1, columns)
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(files.Damaged):
        files.read(file)


def test_an_empty_county_has_nothing(tmp_path: Path) -> None:
    nothing = packed(Loose(*np.zeros((4, 0), np.int64)), ())
    again = files.read(tmp_path / files.write(tmp_path, 1, nothing))
    asked = Asked(0, 10, ALL_CLASSES, (("", None),))
    assert by_periods(Moment({1: again}), asked, 2, [(0, 10)]) == {}
