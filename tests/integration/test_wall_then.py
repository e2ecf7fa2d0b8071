"""A wall at a past moment says what it said then: all is taken back, and asked for as of then."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database
from gridmap.ids import uuid7
from gridmap.queries import (
    wall_attention,
    wall_latest,
    wall_numbers,
    wall_replay,
    wall_warnings,
    wall_whistles,
)
from gridmap.queries.filters import Filters
from gridmap.queries.wall_span import span_of
from tests import world
from tests.conftest import NOW, ZONE

HOUR = timedelta(hours=1)
THEN = NOW - 6 * HOUR
"""08:32 on the day of the tests: one moment of that morning."""

MORNING = [
    # came, due, resolved: hours from then
    (-2, 30, 1),
    (-3, -1, 2),
    (-4, -2, None),
    (-5, 30, -1),
    (1, 2, None),
    (2, 3, 4),
]


@pytest.fixture
def database_at(database: Database) -> Database:
    """The tiny world at a morning: what came, was warned of and whistled for before and after."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        for n, (came, due, resolved) in enumerate(MORNING):
            at = THEN + came * HOUR
            connection.execute(
                text(
                    "INSERT INTO incident (county, id, path, number, point, category, severity,"
                    " title, occurred_at, received_at, state, due_at, resolved_at) VALUES (1, :id,"
                    " :path, :id, ST_SetSRID(ST_MakePoint(104.605, 35.405), 4326), 32, 2,"
                    " 'never shown', :at, :at, :state, :due, :resolved)"
                ),
                {
                    "id": uuid7(at),
                    "path": world.A1 if n % 2 else world.B1,
                    "at": at,
                    "due": THEN + due * HOUR,
                    "resolved": THEN + resolved * HOUR if resolved else None,
                    "state": "resolved" if resolved else "taken_in",
                },
            )
        warned(connection, since=-1, answered=1, closed=3)
        warned(connection, since=-2, answered=-1, closed=None)
        warned(connection, since=-3, answered=-2, closed=-1)
        warned(connection, since=1, answered=None, closed=None)
        whistled(connection, asked=-1, arrived=1)
        whistled(connection, asked=1, arrived=None)
    return database


def warned(connection: Connection, *, since: int, answered: int | None, closed: int | None) -> None:
    """A red warning in A1; hours from then."""
    hours = {"since": since, "answered": answered, "closed": closed}
    connection.execute(
        text(
            "INSERT INTO warning (county, id, path, point, subject_kind, subject_id, color, since,"
            " why, answered_at, answered_by, closed_at) VALUES (1, :id, :path,"
            " ST_SetSRID(ST_MakePoint(104.605, 35.405), 4326), 'grid', :id, 4, :since, 'never"
            " shown', :answered, CASE WHEN :answered IS NULL THEN NULL ELSE 'x' END, :closed)"
        ),
        {"id": uuid7(THEN + since * HOUR), "path": world.A1}
        | {name: None if h is None else THEN + h * HOUR for name, h in hours.items()},
    )


def whistled(connection: Connection, *, asked: int, arrived: int | None) -> None:
    """A department called in for the oldest incident of A1; hours from then."""
    connection.execute(
        text(
            "INSERT INTO errand (county, id, path, incident, kind, department, asked_by, asked_at,"
            " due_at, arrived_at, arrived_by) SELECT county, :id, path, id, 'whistle', :department,"
            " 'x', :asked, :due, :arrived,"
            " CASE WHEN CAST(:arrived AS timestamptz) IS NULL THEN NULL ELSE 'x' END"
            " FROM incident WHERE path = :path ORDER BY received_at LIMIT 1"
        ),
        {
            "id": uuid7(THEN + asked * HOUR),
            "department": world.add_department(connection, world.COUNTY, f"部门{asked}"),
            "path": world.A1,
            "asked": THEN + asked * HOUR,
            "due": THEN + (asked + 1) * HOUR,
            "arrived": THEN + arrived * HOUR if arrived else None,
        },
    )


TAKE_BACK = (
    "DELETE FROM errand WHERE asked_at > :then",
    "UPDATE errand SET arrived_at = NULL, arrived_by = NULL WHERE arrived_at > :then",
    "DELETE FROM warning WHERE since > :then",
    "UPDATE warning SET closed_at = NULL WHERE closed_at > :then",
    "UPDATE warning SET answered_at = NULL, answered_by = NULL WHERE answered_at > :then",
    "DELETE FROM incident WHERE received_at > :then",
    "UPDATE incident SET state = 'taken_in', resolved_at = NULL WHERE resolved_at > :then",
)
"""What brings a database back to how it was at a moment."""


@pytest.fixture
def wall(database_at: Database) -> Iterator[Connection]:
    """The morning as somebody before a wall may read it."""
    with database_at.transaction(Viewer("wall", "local:administrator")) as connection:
        yield connection


def everything(wall: Connection, at: datetime, *, past: bool) -> dict[str, Any]:
    """What each panel of a wall of today says at a moment."""
    span = span_of(Filters(date(2026, 6, 11), date(2026, 6, 11)), at, ZONE, past=past)
    within = world.COUNTY
    return {
        "numbers": wall_numbers.numbers(wall, within, span),
        "warnings": wall_warnings.warnings(wall, within, now=at, past=past) | {"points": None},
        "attention": wall_attention.ranking(wall, within, span, now=at),
        "whistles": wall_whistles.whistles(wall, within, now=at, past=past),
        "latest": wall_latest.latest(wall, within, now=at, past=past),
    }


def test_a_past_moment_is_as_a_wall_showed_it_then(database_at: Database) -> None:
    viewer = Viewer("wall", "local:administrator")
    with database_at.transaction(viewer) as wall:
        replayed = everything(wall, THEN, past=True)
        now = everything(wall, NOW, past=False)
    with database_at.transaction(LOCAL_ADMINISTRATOR) as connection:
        for statement in TAKE_BACK:
            connection.execute(text(statement), {"then": THEN})
    with database_at.transaction(viewer) as wall:
        live = everything(wall, THEN, past=False)
    assert replayed == live
    assert replayed["numbers"]["overdue"][0] == 2
    # it came an hour later; who was called later still is of now alone
    assert [one["missing"] for one in replayed["whistles"]["rows"]] == [["部门-1"]]
    assert [one["missing"] for one in now["whistles"]["rows"]] == [["部门1"]]
    assert [len(replayed[name]["rows"]) for name in ("warnings", "whistles", "latest")] == [2, 1, 4]
    assert replayed != now


def test_all_warnings_of_a_past_moment_have_their_place(wall: Connection) -> None:
    points = wall_warnings.warnings(wall, world.COUNTY, now=THEN, past=True)["points"]
    assert [(one["color"], one["answered"]) for one in points] == [(4, True), (4, False)]
    assert wall_warnings.warnings(wall, world.COUNTY, now=NOW)["points"] is None


def test_what_happened_between_two_moments_is_told_in_order(wall: Connection) -> None:
    told = wall_replay.happened(wall, world.COUNTY, THEN, THEN + 2 * HOUR)
    kinds = [(one["kind"], datetime.fromisoformat(one["at"]) - THEN) for one in told["events"]]
    assert kinds == [
        ("DepartmentArrived", HOUR),
        ("DepartmentsWhistled", HOUR),
        ("IncidentReported", HOUR),
        ("IncidentResolved", HOUR),
        ("WarningAnswered", HOUR),
        ("WarningRaised", HOUR),
        ("IncidentReported", 2 * HOUR),
        ("IncidentResolved", 2 * HOUR),
    ]
    assert told["until"] == (THEN + 2 * HOUR).isoformat()
    assert "never shown" not in str(told)
    assert wall_replay.happened(wall, world.A2, THEN, NOW)["events"] == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO event (county, id, path, kind, subject_kind, at, actor)"
        " VALUES (1, gen_random_uuid(), '', 'x', 'x', :now, 'x')",
        "UPDATE warning SET answered_at = :now",
        "DELETE FROM incident WHERE received_at > :now",
    ],
)
def test_who_replays_a_day_can_change_nothing(wall: Connection, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        wall.execute(text(statement), {"now": NOW})
