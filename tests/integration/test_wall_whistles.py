"""Who was whistled for and has not come, as a wall may read it: departments, and no person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database
from gridmap.ids import uuid7
from gridmap.operations import keys
from gridmap.operations.keys import NewKey
from gridmap.queries import accounts, wall_whistles
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import Office, open_office

MINUTE = timedelta(minutes=1)
TOWN = f"{world.COUNTY}101/"


@pytest.fixture
def office(database: Database, database_url: str) -> Office:
    """The tiny world with its people, one incident in A1 and the same one in B1."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        for path in (world.A1, world.B1):
            connection.execute(
                text(
                    "INSERT INTO incident (county, id, path, number, point, category, severity,"
                    " title, occurred_at, received_at, state) VALUES (1, :id, :path, :path,"
                    " ST_SetSRID(ST_MakePoint(104.605, 35.405), 4326), 32, 2, 'never shown', :at,"
                    " :at, 'under_way')"
                ),
                {"id": uuid7(NOW), "path": path, "at": NOW - 60 * MINUTE},
            )
    return open_office(database_url)


def call(
    connection: Connection, name: str, *, arrived: int | None = None, due: int = 10, **where: str
) -> None:
    """A department of the county (or ``over`` an area) called to the incident ``at`` a path.

    Minutes are counted from now.
    """
    connection.execute(
        text(
            "INSERT INTO errand (county, id, path, incident, kind, words, department, asked_by,"
            " asked_at, due_at, arrived_at, arrived_by) SELECT county, :id, path, id, 'whistle',"
            " 'never shown', :department, 'never shown', :asked, :due, :arrived,"
            " CASE WHEN CAST(:arrived AS timestamptz) IS NULL THEN NULL ELSE 'never shown' END"
            " FROM incident WHERE path = :path"
        ),
        {
            "id": uuid7(NOW),
            "department": world.add_department(connection, where.get("over", world.COUNTY), name),
            "path": where.get("at", world.A1),
            "asked": NOW - 30 * MINUTE,
            "due": NOW + due * MINUTE,
            "arrived": None if arrived is None else NOW + arrived * MINUTE,
        },
    )


@pytest.fixture
def called(database: Database, office: Office) -> Database:
    """Three departments called to A1, of which one came five minutes ago, and one to B1."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        call(connection, "青崖县公安局", due=20)
        call(connection, "青崖县民政局")
        call(connection, "青崖县司法局", arrived=-5)
        call(connection, "青崖县水务局", at=world.B1)
    return database


@pytest.fixture
def screen(database: Database, server: Server, office: Office) -> Viewer:
    """The screen of township 101."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        new = NewKey("screen", TOWN, page="/wall")
        keys.make_kiosk(connection, new, server.circumstances(), source="")
        (row,) = accounts.keys(connection, "kiosk")
    return Viewer("kiosk", str(row.id))


def missing(connection: Connection, **asked: Any) -> dict[str, list[str]]:
    """Who is missing at each place that a wall of the county lists."""
    asked = {"now": NOW} | asked
    rows = wall_whistles.whistles(connection, world.COUNTY, **asked)["rows"]
    return {row["path"]: row["missing"] for row in rows}


def test_a_screen_reads_who_is_missing_in_its_area(called: Database, screen: Viewer) -> None:
    with called.transaction(screen) as connection:
        found = wall_whistles.whistles(connection, world.COUNTY, now=NOW)
        (row,) = found["rows"]
        assert (row["path"], row["called"], row["arrived"]) == (world.A1, 3, 1)
        # whose time ends first stands first, and the county's own name is not said again
        assert row["missing"] == ["民政局", "公安局"]
        assert "never shown" not in str(found)


@pytest.fixture(params=["local:administrator", "commander", "officer", "worker"])
def person(request: pytest.FixtureRequest, office: Office) -> Viewer:
    """Somebody before a wall, with a wall's rights."""
    name = str(office[request.param]) if request.param in office.viewers else request.param
    return Viewer("wall", name)


def test_whoever_stands_before_a_wall_reads_it_too(called: Database, person: Viewer) -> None:
    with called.transaction(person) as connection:
        assert missing(connection).get(world.A1) == ["民政局", "公安局"]


def test_whoever_may_see_no_whistle_reads_no_name_of_one(called: Database, office: Office) -> None:
    with called.transaction(Viewer("wall", str(office["nobody"]))) as connection:
        assert missing(connection) == {}


def test_at_a_past_moment_those_are_missing_who_had_not_come_by_then(
    called: Database, screen: Viewer
) -> None:
    with called.transaction(screen) as connection:
        before = missing(connection, now=NOW - 10 * MINUTE, past=True)
        assert before == {world.A1: ["司法局", "民政局", "公安局"]}
        assert missing(connection, now=NOW - 5 * MINUTE, past=True) == {
            world.A1: ["民政局", "公安局"]
        }
        assert missing(connection, now=NOW - 40 * MINUTE, past=True) == {}


def test_nobody_is_missing_where_all_are_in(
    database: Database, office: Office, screen: Viewer
) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        call(connection, "青崖县公安局", arrived=-1)
    with database.transaction(screen) as connection:
        assert missing(connection) == {world.A1: []}


@pytest.fixture
def far(database: Database, office: Office) -> Iterator[Connection]:
    """Departments of several areas at one place, as a commander's wall reads them."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        call(connection, "青崖县公安局", due=1)
        call(connection, "石门镇卫生院", due=2, over=f"{world.COUNTY}102/")
        call(connection, "青崖县公安局", due=3, at=world.B1)
        call(connection, "示例市公安局", due=4, at=world.B1, over="99/01/")
    with database.transaction(Viewer("wall", str(office["commander"]))) as connection:
        yield connection


def test_a_name_keeps_its_area_where_that_says_something(far: Connection) -> None:
    assert missing(far) == {
        # it comes from another township
        world.A1: ["公安局", "石门镇卫生院"],
        # the county's and the prefecture's would be called alike
        world.B1: ["青崖县公安局", "示例市公安局"],
    }
