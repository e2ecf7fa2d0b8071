"""Signs over hot spots: of constructed troubles, and the same as from counts in plain SQL."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, text

from gridmap.layers import measures
from gridmap.layers.measure import THIN_BELOW, Figure, Question
from gridmap.queries.filters import Filters
from gridmap.rules import emerging, hot_spots
from tests import world
from tests.conftest import ZONE

SIDE, HOMES, DEPTH = 12, 20, 6
PERIODS, DAYS = 10, 60
FIRST = date(2026, 4, 1)
TROUBLES = {
    "persistent": (2, 2, [10] * PERIODS),
    "growing": (9, 2, [2 * (n + 1) for n in range(PERIODS)]),
    "fading": (2, 9, [20 - 2 * n for n in range(PERIODS)]),
    "new": (9, 9, [0] * 8 + [10, 12]),
}
"""Sign → the middle of three by three grids, and the incidents of each of them by period."""


def path_of(column: int, row: int) -> str:
    return f"{world.COUNTY}101/201/{100 + row * SIDE + column}/"


def happen(connection: Connection, path: str, day: date, n: int) -> None:
    """So many incidents at the two ends of a local day."""
    for at in (f"{day} 00:00:00+08", f"{day} 23:59:59+08"):
        connection.execute(
            text(
                "INSERT INTO incident (county, id, path, number, category, severity, occurred_at,"
                " received_at, state) SELECT 1, gen_random_uuid(), :path,"
                " 'X' || gen_random_uuid(), 1, 1, CAST(:at AS timestamptz),"
                " CAST(:at AS timestamptz), 'filed' FROM generate_series(1, :n)"
            ),
            {"path": path, "at": at, "n": n // 2},
        )


@pytest.fixture
def troubled(connection: Connection) -> Connection:
    """A square of grids with as many households each, quiet but for four places."""
    world.build(connection)
    for row in range(SIDE):
        for column in range(SIDE):
            path = path_of(column, row)
            world.add_grid(connection, path, world.square(column, row=row + 1))
            connection.execute(
                text(
                    "INSERT INTO household (county, id, code, path, address, entered_by,"
                    " entered_at) SELECT 1, gen_random_uuid(), :path || n, :path, '', '',"
                    " CAST('2025-01-01' AS timestamptz) FROM generate_series(1, :homes) AS n"
                ),
                {"path": path, "homes": HOMES},
            )
    for column, row, counts in TROUBLES.values():
        for period, n in enumerate(counts):
            for i in range(9):
                at = path_of(column - 1 + i % 3, row - 1 + i // 3)
                # on the first day of some periods, on the last of others
                day = FIRST + timedelta(days=6 * period + (0 if period % 2 else 5))
                happen(connection, at, day, n)
    return connection


def spots(connection: Connection, days: int = DAYS, **filters: Any) -> dict[str, Figure]:
    measure = measures()["hot"]
    asked = Filters(FIRST, FIRST + timedelta(days=days - 1), **filters)
    return measure.figures(connection, measure, Question("", DEPTH, asked, ZONE))


def test_what_becomes_of_a_hot_spot_is_told_at_its_place(troubled: Connection) -> None:
    found = spots(troubled)
    near = defaultdict(set)
    for sign, (column, row, _) in TROUBLES.items():
        assert found[path_of(column, row)].sign == sign
        lon, lat = found[path_of(column, row)].at or (0, 0)
        assert (lon, lat) == pytest.approx(world.middle(column + 0.5, row + 1.5), abs=0.005)
        for i in range(9):
            near[sign].add(path_of(column - 1 + i % 3, row - 1 + i // 3))
    for path, figure in found.items():
        assert figure.sign is None or path in near[figure.sign]
        assert (figure.at is None) == (figure.sign is None)


_COUNTS = """
SELECT path, (CAST(occurred_at AT TIME ZONE :zone AS date) - CAST(:first AS date)) / 6 AS period,
       count(*) AS n
  FROM incident GROUP BY 1, 2
"""


def test_signs_are_those_of_counts_in_plain_sql(troubled: Connection) -> None:
    found = spots(troubled)
    paths = list(found)
    counts = np.zeros((PERIODS, len(paths)))
    for row in troubled.execute(text(_COUNTS), {"zone": ZONE, "first": FIRST}):
        counts[row.period, paths.index(row.path)] = row.n
    middles = [np.divmod(int(path.split("/")[-2]) - 100, SIDE) for path in paths]
    places = [world.middle(column + 0.5, row + 1.5) for row, column in middles]
    neighbors = hot_spots.nearest(*(np.array(one) for one in zip(*places, strict=True)))
    z = np.array([hot_spots.gi_star(one * 1000 * 30 / 6 / HOMES, neighbors) for one in counts])
    told = emerging.signs(z, np.array([hot_spots.confidence(one) for one in z]))
    enough = counts.sum(axis=0) >= THIN_BELOW
    expected = [one.value if one and n else None for one, n in zip(told, enough, strict=True)]
    assert [found[path].sign for path in paths] == expected
    assert set(expected) == {None, *TROUBLES}


def test_a_short_range_and_what_is_filtered_away_have_no_signs(troubled: Connection) -> None:
    for found in (spots(troubled, 29), spots(troubled, severities=(4,))):
        assert {one.sign for one in found.values()} == {None}


def test_too_few_cases_have_no_sign(connection: Connection, troubled: Connection) -> None:
    """Half of a trouble of four cases a place is hot for its surroundings' sake, and is few."""
    troubled.execute(text("DELETE FROM incident"))
    column, row, _ = TROUBLES["new"]
    for i in range(9):
        at = path_of(column - 1 + i % 3, row - 1 + i // 3)
        happen(troubled, at, FIRST + timedelta(days=DAYS - 1), 4)
    found = spots(troubled)
    assert found[path_of(column, row)].class_ == 6
    assert found[path_of(column, row)].sign is None
