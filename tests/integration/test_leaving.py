"""Who leaves: the account ends with the duties, and nothing that was held is left with nobody."""

from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database, psycopg2_url
from gridmap.errors import NotAllowed
from gridmap.operations.casework.left import pass_to_centers
from gridmap.operations.limits import CLOCK
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import TOWNSHIP, acting, open_office
from tests.integration.test_absence import HANDED_ON, NEIGHBOR, STONE, WORKER, House


@pytest.fixture
def house(server: Server, database: Database, database_url: str) -> House:
    """The tiny world with its officers and one report."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    return House(database, open_office(database_url), server.circumstances())


def administratively(url: str, sql: str, **values: Any) -> Any:
    """What only somebody beyond the application could do."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        done = connection.execute(text(sql), values)
        return done.all() if done.returns_rows else None


def closed(house: House, url: str, login: str) -> bool:
    (row,) = administratively(
        url, "SELECT closed_at FROM account WHERE login = :login", login=login
    )
    return row.closed_at is not None


def test_the_account_ends_with_the_duties_and_the_trail_says_by_whom(
    house: House, database_url: str
) -> None:
    assert house.leaves()["account"] == "closed"
    assert closed(house, database_url, "worker")
    assert not closed(house, database_url, "neighbor")
    (row,) = administratively(database_url, "SELECT * FROM audit WHERE what = 'account_closed'")
    assert row.who == str(house.office["officer"])
    assert str(row.subject_id) == house.office["worker"].name


def test_an_account_with_another_role_is_for_its_keeper_to_close(
    house: House, database_url: str
) -> None:
    administratively(
        database_url,
        "INSERT INTO guard.appointment (viewer, role, path) VALUES (:who, 'planner', :path)",
        who=str(house.office["worker"]),
        path=TOWNSHIP,
    )
    assert house.leaves() == HANDED_ON | {"account": "kept"}
    assert not closed(house, database_url, "worker")


def test_no_account_is_no_hindrance(house: House, database_url: str) -> None:
    administratively(database_url, "DELETE FROM account WHERE login = 'worker'")
    assert house.leaves() == HANDED_ON | {"account": "none"}


@pytest.mark.parametrize("who", ["worker", "commander", "planner", "fire", "nobody"])
def test_the_database_closes_no_account_for_who_gives_no_duties(
    house: House, database_url: str, who: str
) -> None:
    staff = house.staff(WORKER)
    with (
        pytest.raises(ProgrammingError, match="not allowed"),
        house.database.transaction(house.office[who]) as connection,
    ):
        connection.execute(
            text("SELECT * FROM guard.close_leaver(:staff, :now)"), {"staff": staff, "now": NOW}
        )
    with pytest.raises(NotAllowed):
        house.leaves(who=who) if who != "nobody" else house.leaves(STONE, WORKER)
    assert not closed(house, database_url, "worker")


_GIVE = """
UPDATE incident SET holder_center = NULL, holder_duty = (
    SELECT d.id FROM duty AS d JOIN staff AS s ON s.id = d.staff WHERE s.name = :name)
"""


def test_what_lies_in_another_centers_area_goes_to_that_center(
    house: House, database_url: str
) -> None:
    administratively(database_url, _GIVE, name=STONE)
    assert house.leaves(STONE, NEIGHBOR, "county") == HANDED_ON | {"incidents": 0, "elsewhere": 1}
    (row,) = administratively(
        database_url,
        "SELECT i.holder_duty, c.name FROM incident AS i"
        "  JOIN center AS c ON c.id = i.holder_center",
    )
    assert tuple(row) == (None, "柳川镇综治中心")
    assert house.kinds()[-1] == "IncidentInherited"
    house.take("officer", "accept")


def test_what_a_crash_left_behind_is_passed_on_by_the_clock(
    house: House, database_url: str
) -> None:
    given = acting(house.given, CLOCK, house.now)
    assert pass_to_centers(house.database, given) == 0
    administratively(
        database_url,
        "UPDATE duty SET during = tstzrange(lower(during), :now) WHERE path = :path",
        now=house.now,
        path=world.A1,
    )
    assert pass_to_centers(house.database, given) == 1
    assert pass_to_centers(house.database, given) == 0
    house.take("officer", "accept")


def test_who_left_stands_in_for_nobody(house: House, database_url: str) -> None:
    house.away()
    house.leaves(NEIGHBOR, WORKER)
    (row,) = administratively(
        database_url, "SELECT upper(during) <= :now AS over FROM stand_in", now=house.now
    )
    assert row.over
