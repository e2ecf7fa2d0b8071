"""Desks and their rota, departments near a place, checking in on the spot, answers."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import day_bounds
from gridmap.database import Database
from gridmap.errors import Conflict, GridmapError, InvalidInput, NotAllowed, NotFound
from gridmap.operations import desks, errands
from gridmap.operations.casework.steps import CASEWORK
from gridmap.operations.desks import NewDesk, NewShift
from gridmap.queries import desks as asked
from gridmap.queries.locate import Spot
from tests import world
from tests.conftest import NOW, ZONE, Server
from tests.integration.offices import TOWNSHIP, acting, open_office
from tests.integration.test_casework import Desk

TODAY = day_bounds(NOW.date(), NOW.date(), ZONE)


class Hall(Desk):
    """The tiny world's center, with a fire department to sit there."""

    center: UUID

    def desk(self, who: str = "officer", **changes: Any) -> UUID:
        new: dict[str, Any] = {
            "department": self.office.fire,
            "center": self.center,
            "kind": "rotating",
            "phone": "0000-119",
        }
        viewer = self.office[who]
        with self.database.transaction(viewer) as connection:
            made = NewDesk(**(new | changes))
            return desks.put_desk(connection, made, acting(self.given, viewer, self.now))

    def shift(self, desk: UUID, name: str, first: int, last: int, who: str = "officer") -> UUID:
        day = NOW.replace(hour=0, minute=0)
        new = NewShift(desk, name, day + timedelta(hours=first), day + timedelta(hours=last))
        viewer = self.office[who]
        with self.database.transaction(viewer) as connection:
            return desks.put_shift(connection, new, acting(self.given, viewer, self.now))

    def today(self, who: str = "officer", within: str = "") -> list[dict[str, Any]]:
        begin, end = TODAY
        with self.database.transaction(self.office[who]) as connection:
            return asked.today(connection, within=within, begin=begin, end=end, now=self.now)

    def whistle(self) -> UUID:
        self.take("officer", "whistle", departments=[str(self.office.fire)])
        with self.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            found: UUID = connection.execute(text("SELECT id FROM errand")).scalar_one()
            return found

    def arrive(self, who: str, errand: UUID, spot: Spot | None = None) -> dict[str, Any]:
        given = acting(self.given, self.office[who], self.now)
        return errands.arrive(self.database, county=1, id=errand, spot=spot, circumstances=given)

    def answer(self, who: str, errand: UUID, words: str = "已断电", outcome: str = "done") -> None:
        given = acting(self.given, self.office[who], self.now)
        errands.answer(
            self.database, county=1, id=errand, words=words, outcome=outcome, circumstances=given
        )


@pytest.fixture
def hall(server: Server, database: Database, database_url: str) -> Hall:
    """The tiny world; its centers have places."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        for path, column in ((TOWNSHIP, 0.6), (world.COUNTY, 3.0)):
            lon, lat = world.middle(column)
            connection.execute(
                text(
                    "UPDATE center SET point = ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)"
                    " WHERE path = :path"
                ),
                {"lon": lon, "lat": lat, "path": path},
            )
    made = Hall(database, open_office(database_url), server.circumstances())
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        made.center = connection.execute(
            text("SELECT id FROM center WHERE path = :path"), {"path": TOWNSHIP}
        ).scalar_one()
    return made


def test_who_sits_there_now_is_whom_to_call(hall: Hall) -> None:
    desk = hall.desk()
    (empty,) = hall.today()
    assert empty["department"] == "消防救援大队"
    assert empty["call"] == {"name": None, "phone": "0000-119"}
    hall.shift(desk, "示例早班", 0, 4)
    hall.shift(desk, "示例午班", 4, 9)
    (full,) = hall.today()
    assert [(one["name"], one["now"]) for one in full["shifts"]] == [
        ("示例早班", False),
        ("示例午班", True),
    ]
    assert full["call"] == {"name": "示例午班", "phone": "0000-119"}
    hall.now += timedelta(hours=4)
    assert hall.today()[0]["call"]["name"] is None


def test_a_desk_is_seen_in_its_area_alone(hall: Hall) -> None:
    hall.desk()
    assert hall.today(within=f"{world.COUNTY}102/") == []
    assert hall.today("stone") == []
    assert len(hall.today("county", TOWNSHIP)) == 1


def test_a_department_has_one_desk_at_a_center(hall: Hall) -> None:
    assert hall.desk() == hall.desk(kind="on_call")
    assert [one["kind"] for one in hall.today()] == ["on_call"]


@pytest.mark.parametrize(
    ("who", "error"),
    [("commander", NotAllowed), ("worker", NotAllowed), ("auditor", NotAllowed)],
)
def test_only_the_center_arranges_its_desks(
    hall: Hall, who: str, error: type[GridmapError]
) -> None:
    with pytest.raises(error):
        hall.desk(who)
    desk = hall.desk()
    with pytest.raises((NotAllowed, NotFound)):
        hall.shift(desk, "示例", 0, 4, who)


def test_what_makes_no_desk_and_no_shift_is_refused(hall: Hall) -> None:
    with pytest.raises(InvalidInput):
        hall.desk(kind="sometimes")
    with pytest.raises(NotFound):
        hall.desk(department=hall.center)
    with pytest.raises(InvalidInput):
        hall.shift(hall.desk(), "示例", 4, 4)


def test_a_shift_and_a_desk_can_be_taken_away(hall: Hall) -> None:
    desk = hall.desk()
    shift = hall.shift(desk, "示例午班", 4, 9)
    viewer = hall.office["officer"]
    with hall.database.transaction(viewer) as connection:
        desks.remove_shift(connection, shift, acting(hall.given, viewer))
    assert hall.today()[0]["shifts"] == []
    with hall.database.transaction(viewer) as connection:
        desks.remove_desk(connection, desk, acting(hall.given, viewer))
    assert hall.today() == []


def test_a_called_department_checks_in_on_the_spot(hall: Hall) -> None:
    errand = hall.whistle()
    lon, lat = world.middle(0.5)
    hall.now += timedelta(minutes=30)
    facts = hall.arrive("fire", errand, Spot(lon + 0.001, lat))
    assert (facts["late"], facts["department"]) == (False, "消防救援大队")
    # a thousandth of a degree of longitude at 35.4 degrees north
    assert facts["meters"] == pytest.approx(90.8, abs=1)
    assert hall.kinds()[-1] == "DepartmentArrived"
    with pytest.raises(Conflict):
        hall.arrive("fire", errand)


def test_who_comes_after_the_limit_is_late(hall: Hall) -> None:
    errand = hall.whistle()
    hall.now += timedelta(minutes=135)
    with hall.database.transaction(hall.office["fire"]) as connection:
        assert [one["late"] for one in asked.errands(connection, now=hall.now, hide=unseen)] == [
            True
        ]
    facts = hall.arrive("officer", errand)
    assert (facts["late"], facts["late_min"], facts["meters"]) == (True, 15, None)


def test_an_answer_closes_the_errand(hall: Hall) -> None:
    errand = hall.whistle()
    with pytest.raises(InvalidInput):
        hall.answer("fire", errand, " ")
    with pytest.raises(InvalidInput):
        hall.answer("fire", errand, outcome="perhaps")
    hall.answer("fire", errand)
    assert hall.kinds()[-1] == "DepartmentAnswered"
    with pytest.raises(Conflict):
        hall.answer("fire", errand)
    with hall.database.transaction(hall.office["fire"]) as connection:
        assert asked.errands(connection, now=hall.now, hide=unseen) == []


def unseen(_county: int, _incident: UUID, _words: str) -> str:
    raise AssertionError("all of these incidents are seen")


@pytest.mark.parametrize("who", ["worker", "commander", "stone", "nobody", "auditor"])
def test_nobody_else_checks_in_for_it(hall: Hall, who: str) -> None:
    errand = hall.whistle()
    with pytest.raises((NotFound, NotAllowed)):
        hall.arrive(who, errand)
    with pytest.raises((NotFound, NotAllowed)):
        hall.answer(who, errand)


def _department(hall: Hall, url: str, path: str, name: str) -> UUID:
    from sqlalchemy import create_engine

    from gridmap.database import psycopg2_url
    from gridmap.ids import uuid7

    id = uuid7(datetime(2025, 1, 1, tzinfo=UTC))
    engine = create_engine(psycopg2_url(url))
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO department VALUES (:id, :name, 1, :path, :name)"),
            {"id": id, "path": path, "name": name},
        )
    engine.dispose()
    return id


def test_departments_are_listed_by_jurisdiction_and_distance(hall: Hall, database_url: str) -> None:
    water = _department(hall, database_url, world.COUNTY, "水务局")
    _department(hall, database_url, f"{world.COUNTY}102/", "石门镇派出所")
    hall.desk()
    with hall.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        county = connection.execute(
            text("SELECT id FROM center WHERE path = :path"), {"path": world.COUNTY}
        ).scalar_one()
    hall.desk("county", department=water, center=county)
    lon, lat = world.middle(0.5)
    shape = f"SRID=4326;POINT({lon} {lat})"
    with hall.database.transaction(CASEWORK) as connection:
        assert asked.place_of(connection, shape, now=hall.now) == f"{TOWNSHIP}201/"
        found = asked.near(connection, shape, world.A1, now=hall.now)
    assert [(one["name"], one["has_jurisdiction"]) for one in found] == [
        ("消防救援大队", True),
        ("水务局", True),
    ]
    assert found[0]["meters"] == pytest.approx(90.8, abs=1)
    assert found[0]["meters"] < found[1]["meters"]
    # in the other township its police have jurisdiction, too, and no desk yet
    with hall.database.transaction(CASEWORK) as connection:
        found = asked.near(connection, shape, world.B1, now=hall.now)
    assert [(one["name"], one["meters"] is None) for one in found][-1] == ("石门镇派出所", True)
