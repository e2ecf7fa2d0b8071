"""Reports: located, stored once, moved with a trace."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.errors import Conflict, InvalidInput
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.intake import NewReport, move, report
from gridmap.queries.locate import InGrid, Spot
from gridmap.sealing import Sealer
from tests import world
from tests.conftest import NOW

RING = Sealer({1: bytes(32)}, bytes(32))
GIVEN = Circumstances(LOCAL_ADMINISTRATOR, NOW, "Asia/Shanghai", 200.0, RING)
ID = UUID("01900000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def _world(connection: Connection) -> None:
    world.build(connection)


def new_report(**changes: object) -> NewReport:
    spot = Spot(*world.middle(0.5), accuracy_m=12.0)
    return replace(NewReport(ID, 32, 2, spot, "电线老化"), **changes)  # type: ignore[arg-type]


def test_a_report_reaches_the_worker_and_the_event_table(connection: Connection) -> None:
    taken = report(connection, new_report(), GIVEN)
    assert taken.number == "20260611-0001"
    row = connection.execute(text("SELECT * FROM incident")).one()
    assert (row.path, row.state, row.county) == (world.A1, "taken_in", 1)
    assert row.holder_duty is not None
    event = connection.execute(text("SELECT * FROM event")).one()
    assert (event.kind, event.subject_id, event.path) == ("IncidentReported", taken.id, world.A1)
    assert event.data["how"] == "inside"


def test_the_same_report_twice_is_one_incident(connection: Connection) -> None:
    first = report(connection, new_report(), GIVEN)
    second = report(connection, new_report(), GIVEN)
    assert (second.id, second.number) == (first.id, first.number)
    assert connection.scalar(text("SELECT count(*) FROM incident")) == 1


def test_the_same_id_with_other_content_is_a_conflict(connection: Connection) -> None:
    report(connection, new_report(), GIVEN)
    with pytest.raises(Conflict):
        report(connection, new_report(words="别的事"), GIVEN)


def test_a_report_without_a_place_is_never_lost(connection: Connection) -> None:
    taken = report(connection, new_report(place=None), GIVEN)
    row = connection.execute(text("SELECT county, path, holder_duty FROM incident")).one()
    assert tuple(row) == (0, "", None)
    assert taken.located is not None
    assert taken.located.how == "installation"


def test_the_application_cannot_read_who_reported(connection: Connection) -> None:
    report(connection, new_report(reporter_phone="19900001234"), GIVEN)
    with pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("SELECT reporter_phone_sealed FROM report"))


def test_moving_over_two_borders_derives_everything_again(connection: Connection) -> None:
    taken = report(connection, new_report(), GIVEN)
    move(connection, county=1, id=taken.id, spot=Spot(*world.middle(2.5)), given=GIVEN)
    row = connection.execute(
        text(
            "SELECT i.path, s.name FROM incident i JOIN duty d ON d.id = i.holder_duty"
            " JOIN staff s ON s.id = d.staff"
        )
    ).one()
    assert tuple(row) == (world.B1, "示例丙")
    ways = connection.scalars(text("SELECT path FROM assignment ORDER BY n")).all()
    assert ways == [world.A1, world.B1]
    moved = connection.execute(
        text("SELECT path, data FROM event WHERE kind = 'IncidentMoved' ORDER BY path")
    ).all()
    assert [one.path for one in moved] == [world.A1, world.B1]
    assert moved[0].data["before"]["path"] == world.A1
    assert moved[0].data["after"]["path"] == world.B1


@pytest.mark.parametrize("change", [{"category": 99}, {"severity": 5}, {"words": "长" * 4001}])
def test_bad_input_changes_nothing(connection: Connection, change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        report(connection, new_report(**change), GIVEN)
    assert connection.scalar(text("SELECT count(*) FROM incident")) == 0


def test_a_report_for_a_named_grid_needs_no_point(connection: Connection) -> None:
    report(connection, new_report(place=InGrid("990101102201001")), GIVEN)
    row = connection.execute(text("SELECT path, point FROM incident")).one()
    assert tuple(row) == (world.B1, None)
