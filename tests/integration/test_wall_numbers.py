"""What a wall counts, against the period before; in the tiny world, by hand."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database
from gridmap.ids import uuid7
from gridmap.queries import (
    wall_attention,
    wall_kinds,
    wall_latest,
    wall_numbers,
    wall_places,
    wall_since,
    wall_whistles,
)
from gridmap.queries.filters import Filters
from gridmap.queries.wall_span import Span, span_of
from tests import world
from tests.conftest import NOW, ZONE

TODAY = date(2026, 6, 11)
HOUR = timedelta(hours=1)


@pytest.fixture
def wall(database: Database) -> Iterator[Connection]:
    """The tiny world with seven incidents, as somebody before a wall may read it."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        for hours, state, due in (
            (1, "taken_in", 48),
            (2, "taken_in", -1),
            (3, "resolved", 48),
            (20, "taken_in", 48),
            (25, "taken_in", 48),
            (26, "resolved", 48),
            (50, "under_way", -30),
        ):
            add(connection, NOW - hours * HOUR, state, NOW + due * HOUR)
        add(connection, NOW - HOUR, "taken_in", NOW, path=world.B1)
    with database.transaction(Viewer("wall", "local:administrator")) as connection:
        yield connection


def add(
    connection: Connection, at: datetime, state: str, due: datetime, path: str = world.A1
) -> UUID:
    """An incident of a hazard, resolved half an hour after it came if at all."""
    id = uuid7(at)
    connection.execute(
        text(
            "INSERT INTO incident (county, id, path, number, point, category, severity, title,"
            " occurred_at, received_at, state, due_at, resolved_at)"
            " VALUES (1, :id, :path, :number, ST_SetSRID(ST_MakePoint(104.605, 35.405), 4326), 32,"
            " 2, 'never shown', :at, :at, :state, :due, :resolved)"
        ),
        {
            "id": id,
            "path": path,
            "number": str(id),
            "at": at,
            "state": state,
            "due": due,
            "resolved": at + HOUR / 2 if state == "resolved" else None,
        },
    )
    return id


def days(first: date = TODAY, last: date = TODAY) -> tuple[Filters, Span]:
    """A range and its span at the moment of the tests."""
    wanted = Filters(first, last)
    return wanted, span_of(wanted, NOW, ZONE)


def counted(wall: Connection, within: str, span: Span) -> dict[str, Any]:
    """The three pairs of numbers."""
    found = wall_numbers.numbers(wall, within, span)
    return {name: found[name] for name in ("taken_in", "resolved", "overdue")}


def test_today_is_held_against_yesterday_at_the_same_time(wall: Connection) -> None:
    _, span = days()
    # 14:32 here: three of A1 today, and one of B1; yesterday two before 14:32, one after it
    assert counted(wall, world.COUNTY, span) == {
        "taken_in": [4, 2],
        "resolved": [1, 1],
        "overdue": [2, 1],
    }
    assert counted(wall, world.A1, span)["taken_in"] == [3, 2]
    assert counted(wall, world.A2, span)["taken_in"] == [0, 0]


def test_a_past_day_is_whole_and_so_is_the_one_before(wall: Connection) -> None:
    yesterday = TODAY - timedelta(days=1)
    _, span = days(yesterday, yesterday)
    assert counted(wall, world.COUNTY, span)["taken_in"] == [3, 1]


def test_kinds_stand_by_hour_today_and_by_day_in_longer_ranges(wall: Connection) -> None:
    today = wall_kinds.kinds(wall, world.COUNTY, *days())
    hazards = today["kinds"][1]
    assert (today["slot"], len(today["slots"]), today["current"]) == ("hour", 24, 14)
    assert {hour: n for hour, n in enumerate(hazards["now"]) if n} == {11: 1, 12: 1, 13: 2}
    assert {hour: n for hour, n in enumerate(hazards["before"]) if n} == {12: 1, 13: 1, 18: 1}
    assert (hazards["sum"], hazards["sum_before"]) == (4, 2)
    week = wall_kinds.kinds(wall, world.COUNTY, *days(TODAY - timedelta(days=6)))
    assert week["slot"] == "day"
    assert week["kinds"][1]["now"] == [0, 0, 0, 0, 1, 3, 4]


def test_the_villages_of_a_county_are_listed_with_their_reason(wall: Connection) -> None:
    _, span = days()
    rows = wall_attention.ranking(wall, world.COUNTY, span, now=NOW)["rows"]
    assert [(row["place"], row["reasons"][0]["why"]) for row in rows] == [
        (["柳川镇", "松岭村"], "overdue")
    ]
    assert rows[0]["reasons"][0]["n"] == 2


def test_the_latest_are_category_place_and_time(wall: Connection) -> None:
    rows = wall_latest.latest(wall, world.COUNTY, now=NOW)["rows"]
    assert len(rows) == 8
    assert rows[0]["place"] in (["柳川镇", "松岭村", "001"], ["石门镇", "石湾村", "001"])
    assert rows[-1]["at"].startswith("2026-06-09T")
    assert "never shown" not in str(rows)


def test_no_whistle_is_an_empty_list_and_not_an_error(wall: Connection) -> None:
    found = wall_whistles.whistles(wall, world.COUNTY, now=NOW)
    assert found == {"total": 0, "rows": []}


def test_what_has_changed_since_a_look_is_counted_and_placed(wall: Connection) -> None:
    found = wall_since.changes(wall, world.COUNTY, NOW - 4 * HOUR, now=NOW)
    assert (found["taken_in"], found["resolved"], found["raised"]) == (4, 1, 0)
    assert [(one["path"], one["n"]) for one in found["places"]] == [(world.A1, 3), (world.B1, 1)]
    assert wall_since.changes(wall, world.COUNTY, NOW, now=NOW)["places"] == []


def test_a_place_knows_what_is_above_and_below(wall: Connection) -> None:
    found = wall_places.place(wall, world.COUNTY, now=NOW)
    assert [one["name"] for one in found["chain"]] == ["示例省", "示例市", "青崖县"]
    assert [one["name"] for one in found["below"]] == ["柳川镇", "石门镇"]
    grid = wall_places.place(wall, world.A1, now=NOW)
    assert (grid["chain"][-1]["name"], grid["below"]) == ("001", [])


def test_a_wall_opens_with_the_smallest_area_that_holds_what_it_may_see(
    wall: Connection,
) -> None:
    assert wall_places.home(wall) == world.COUNTY
