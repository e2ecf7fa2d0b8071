"""A department that was called in and does not come is told of, once, to itself and the center."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.operations import errands
from gridmap.operations.casework.late import tell_late
from gridmap.operations.limits import CLOCK
from gridmap.operations.telling import TELLER, tell
from tests import world
from tests.conftest import Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk


@pytest.fixture
def desk(server: Server, database: Database, database_url: str) -> Desk:
    """One report, to which the fire department was called an hour ago with half an hour's time."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    made = Desk(database, open_office(database_url), server.circumstances())
    tell(database, acting(made.given, TELLER))
    made.take("officer", "whistle", departments=[str(made.office.fire)], arrive_within_min=30)
    tell(database, acting(made.given, TELLER))
    return made


def watched(desk: Desk, minutes: int) -> int:
    """Looks for who is late, so many minutes after the whistle."""
    now = desk.now + timedelta(minutes=minutes)
    found = tell_late(desk.database, acting(desk.given, CLOCK, now))
    tell(desk.database, acting(desk.given, TELLER, now))
    return found


def errand(desk: Desk) -> UUID:
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        found: UUID = connection.execute(text("SELECT id FROM errand")).scalar_one()
        return found


def told(desk: Desk) -> dict[str, int]:
    """Login → how many urgent notices of lateness."""
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        rows = connection.execute(
            text(
                "SELECT a.login, count(*) AS n FROM notice AS n"
                "  JOIN account AS a ON a.id = n.account"
                " WHERE n.kind = 'DepartmentLate' AND n.urgent GROUP BY a.login"
            )
        )
        return {row.login: row.n for row in rows}


def test_the_department_and_the_center_are_told_once(desk: Desk) -> None:
    assert watched(desk, 29) == 0
    assert watched(desk, 30) == 1
    assert watched(desk, 31) == 0
    assert told(desk) == {"fire": 1, "officer": 1}
    assert desk.kinds().count("DepartmentLate") == 1


def test_who_came_is_not_late(desk: Desk) -> None:
    errands.arrive(
        desk.database,
        county=1,
        id=errand(desk),
        spot=None,
        circumstances=acting(desk.given, desk.office["fire"], desk.now),
    )
    assert watched(desk, 31) == 0
    assert told(desk) == {}


def test_an_answer_is_as_good(desk: Desk) -> None:
    errands.answer(
        desk.database,
        county=1,
        id=errand(desk),
        words="电话里办好了",
        outcome="done",
        circumstances=acting(desk.given, desk.office["fire"], desk.now),
    )
    assert watched(desk, 31) == 0


def test_what_is_done_needs_nobody(desk: Desk) -> None:
    desk.take("worker", "begin")
    desk.take("worker", "resolve", outcome="resolved", words="好了")
    assert watched(desk, 31) == 0


def test_a_second_whistle_is_told_of_by_itself(desk: Desk) -> None:
    assert watched(desk, 31) == 1
    desk.now += timedelta(minutes=40)
    desk.take("officer", "whistle", departments=[str(desk.office.fire)], arrive_within_min=10)
    assert watched(desk, 9) == 0
    assert watched(desk, 10) == 1
    assert told(desk) == {"fire": 2, "officer": 2}
