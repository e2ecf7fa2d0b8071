"""Away and gone: a stand-in with a date of return; leaving hands on everything in one act."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from gridmap import clock as clocks
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.errors import Conflict, GridmapError, InvalidInput, NotAllowed, NotFound
from gridmap.operations import absence, leaving
from gridmap.operations.absence import Absence
from tests import world
from tests.conftest import Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk

HANDED_ON = {"grids": 1, "incidents": 1, "account": "closed", "elsewhere": 0}
WORKER, NEIGHBOR, STONE = "示例甲", "示例乙", "示例丙"


class House(Desk):
    """The tiny world's workers by name, and what is done with their duties."""

    def staff(self, name: str) -> UUID:
        with self.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            found: UUID = connection.execute(
                text("SELECT id FROM staff WHERE name = :name"), {"name": name}
            ).scalar_one()
            return found

    def away(self, who: str = "officer", **changes: Any) -> UUID:
        new: dict[str, Any] = {
            "staff": self.staff(WORKER),
            "by_staff": self.staff(NEIGHBOR),
            "since": self.now - timedelta(hours=1),
            "until": self.now + timedelta(days=7),
            "why": "休假",
        }
        viewer = self.office[who]
        with self.database.transaction(viewer) as connection:
            made = Absence(**(new | changes))
            return absence.name_stand_in(connection, made, acting(self.given, viewer, self.now))

    def leaves(self, name: str = WORKER, to: str = NEIGHBOR, who: str = "officer") -> Any:
        given = acting(self.given, self.office[who], self.now)
        return leaving.hand_on(self.database, self.staff(name), self.staff(to), given)


@pytest.fixture
def house(server: Server, database: Database, database_url: str) -> House:
    """The tiny world with its officers and one report; its moment is the database's own.

    What a stand-in may do ends by the database's clock.
    """
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    made = House(database, open_office(database_url), server.circumstances())
    made.now = clocks.system_clock()
    return made


def test_the_stand_in_holds_the_queue_until_the_return(house: House) -> None:
    with pytest.raises(NotFound):
        house.take("neighbor", "accept")
    id = house.away()
    house.take("neighbor", "accept")
    house.take("worker", "begin")
    with house.database.transaction(house.office["officer"]) as connection:
        given = acting(house.given, house.office["officer"], house.now)
        absence.end_stand_in(connection, id, given)
    with pytest.raises(NotFound):
        house.take("neighbor", "resolve", outcome="resolved", words="好了")


def test_a_stand_in_of_the_past_holds_nothing(house: House) -> None:
    house.away(since=house.now - timedelta(days=9))
    with house.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text("UPDATE stand_in SET during = tstzrange(lower(during), :now - interval '1 s')"),
            {"now": clocks.system_clock()},
        )
    with pytest.raises(NotFound):
        house.take("neighbor", "accept")


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("worker", NotAllowed),
        ("commander", NotAllowed),
        ("planner", NotAllowed),
        ("auditor", NotAllowed),
    ],
)
def test_only_who_gives_duties_names_a_stand_in(
    house: House, who: str, error: type[GridmapError]
) -> None:
    with pytest.raises(error):
        house.away(who)
    with pytest.raises(error):
        house.leaves(who=who)


@pytest.mark.parametrize("days", [-1, 0])
def test_the_date_of_return_lies_ahead(house: House, days: int) -> None:
    with pytest.raises(InvalidInput):
        house.away(until=house.now + timedelta(days=days))
    with pytest.raises(InvalidInput):
        house.away(by_staff=house.staff(WORKER))


def test_two_cannot_stand_in_at_once(house: House) -> None:
    house.away()
    with pytest.raises(Conflict):
        house.away(by_staff=house.staff(STONE))


def test_what_is_held_is_listed_first(house: House) -> None:
    with house.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text(
                "INSERT INTO household (county, id, code, path, address, entered_by, entered_at)"
                " SELECT 1, gen_random_uuid(), n, :path, '松岭村', 'test', :now"
                " FROM generate_series(1, 3) AS n"
            ),
            {"path": world.A1, "now": world.BEGIN},
        )
    viewer = house.office["officer"]
    with house.database.transaction(viewer) as connection:
        held = leaving.holdings(
            connection, house.staff(WORKER), acting(house.given, viewer, house.now)
        )
    assert held["grids"] == [
        {"path": world.A1, "name": "柳川镇 松岭村 001", "kind": "lead", "households": 3}
    ]
    assert [one["id"] for one in held["incidents"]] == [str(house.id)]


def test_leaving_hands_on_everything_in_one_act(house: House) -> None:
    house.take("worker", "begin")
    done = house.reported()
    house.id, mine = done, house.id
    house.take("worker", "begin")
    house.take("worker", "resolve", outcome="resolved", words="好了")
    house.id = mine
    assert house.leaves() == HANDED_ON
    with pytest.raises(NotFound):
        house.take("worker", "note", words="还想写")
    house.take("neighbor", "resolve", outcome="resolved", words="接着办好了")
    assert "IncidentInherited" in house.kinds()
    with house.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        leads = connection.execute(
            text(
                "SELECT s.name, upper_inf(d.during) AS open FROM duty d"
                " JOIN staff s ON s.id = d.staff WHERE d.path = :path ORDER BY lower(d.during)"
            ),
            {"path": world.A1},
        ).all()
        assert [tuple(row) for row in leads] == [(WORKER, False), (NEIGHBOR, True)]
        (fact,) = connection.scalars(text("SELECT data FROM event WHERE kind = 'WorkerSucceeded'"))
    assert fact["facts"] == {"from": WORKER, "to": NEIGHBOR, "grids": 1, "incidents": 1}


def test_a_successor_who_was_the_grids_backup_becomes_what_the_leaver_was(house: House) -> None:
    with house.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text(
                "INSERT INTO duty (id, staff, grid, county, path, kind, during)"
                " VALUES (gen_random_uuid(), :staff, :grid, 1, :path, 'backup',"
                " tstzrange(:begin, NULL))"
            ),
            {
                "staff": house.staff(NEIGHBOR),
                "grid": world.grid_id(connection, world.A1),
                "path": world.A1,
                "begin": world.BEGIN,
            },
        )
    house.leaves()
    with house.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        kinds = connection.scalars(
            text("SELECT kind FROM duty WHERE path = :path AND upper_inf(during)"),
            {"path": world.A1},
        )
        assert list(kinds) == ["lead"]
    house.take("neighbor", "accept")


def test_another_townships_worker_is_not_the_officers_to_move(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.leaves(STONE, WORKER)
    assert house.leaves(STONE, WORKER, "county") == HANDED_ON | {"incidents": 0}
