"""Repair: what is certain is done, what is not is named with its place."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmap.geo.repair import repair

SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)]
HOLE = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]


def test_orientation_and_repeated_points() -> None:
    dirty = shapely.Polygon([*SQUARE[:1], *SQUARE][::-1], [HOLE])
    mended, reason = repair(dirty)
    assert reason is None
    assert isinstance(mended, shapely.Polygon)
    assert shapely.is_ccw(mended.exterior)
    assert not shapely.is_ccw(mended.interiors[0])
    assert len(mended.exterior.coords) == 5
    assert mended.equals(dirty)


def test_a_shell_given_after_its_hole() -> None:
    mended, reason = repair(shapely.Polygon(HOLE, [SQUARE]))
    assert reason is None
    assert mended is not None
    assert mended.equals(shapely.Polygon(SQUARE, [HOLE]))


def test_a_part_without_area_goes_and_the_others_stay() -> None:
    nothing = shapely.Polygon([(9, 9), (9, 9), (9, 9), (9, 9)])
    mended, reason = repair(shapely.MultiPolygon([shapely.Polygon(SQUARE), nothing]))
    assert reason is None
    assert mended is not None
    assert mended.equals(shapely.Polygon(SQUARE))


@pytest.mark.parametrize(
    ("wkt", "words"),
    [
        ("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))", "自相交（1，1）"),
        ("MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0)), ((1 1, 2 1, 2 2, 1 2, 1 1)))", "之内"),
        ("MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0)), ((2 2, 6 2, 6 6, 2 6, 2 2)))", "自相交"),
        ("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (8 8, 9 8, 9 9, 8 8))", "洞在边界之外"),
        ("POLYGON ((0 0, 0 0, 0 0, 0 0))", "面积为零"),
        ("POINT (1 1)", "应为面"),
        ("POLYGON EMPTY", "没有几何图形"),
    ],
)
def test_what_is_not_certain_is_refused_with_its_reason(wkt: str, words: str) -> None:
    mended, reason = repair(shapely.from_wkt(wkt))
    assert mended is None
    assert reason is not None
    assert words in reason


def test_nothing_is_nothing() -> None:
    assert repair(None) == (None, "没有几何图形")


@given(st.integers(3, 40), st.integers(0, 2**32 - 1))
def test_a_valid_area_keeps_its_points(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    radius = rng.uniform(1, 2, count)
    area = shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    mended, reason = repair(area)
    if area.is_valid:
        assert reason is None
        assert mended is not None
        assert mended.normalize() == area.normalize()
    else:
        assert mended is None
