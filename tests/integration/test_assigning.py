"""Assigning in bulk after boundaries have changed."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from gridmap.operations import assigning
from gridmap.operations.assigning import Reassigned
from gridmap.operations.intake import report
from tests import world
from tests.conftest import NOW
from tests.integration.test_intake import GIVEN, new_report


@pytest.fixture(autouse=True)
def _world(connection: Connection) -> None:
    world.build(connection)


def swap_workers(connection: Connection) -> None:
    """The worker of B1 takes over A1 as lead."""
    connection.execute(
        text("UPDATE duty SET during = tstzrange(lower(during), :at) WHERE path = :path"),
        {"at": NOW - timedelta(days=1), "path": world.A1},
    )
    world.add_worker(connection, world.grid_id(connection, world.A1), world.A1, "示例丁")


def test_nothing_changed_nothing_written(connection: Connection) -> None:
    report(connection, new_report(), GIVEN)
    assert assigning.assign_incidents(connection, GIVEN) == Reassigned(1, 0)
    assert connection.scalar(text("SELECT count(*) FROM assignment")) == 1


def test_a_new_worker_gets_the_open_incidents_with_a_trace(connection: Connection) -> None:
    report(connection, new_report(), GIVEN)
    swap_workers(connection)
    assert assigning.assign_incidents(connection, GIVEN) == Reassigned(1, 1)
    held = connection.scalar(
        text(
            "SELECT s.name FROM incident i JOIN duty d ON d.id = i.holder_duty"
            " JOIN staff s ON s.id = d.staff"
        )
    )
    assert held == "示例丁"
    assert connection.scalars(text("SELECT n FROM assignment ORDER BY n")).all() == [1, 2]


def test_an_ended_incident_keeps_its_place(connection: Connection) -> None:
    report(connection, new_report(), GIVEN)
    connection.execute(text("UPDATE incident SET state = 'filed'"))
    swap_workers(connection)
    assert assigning.assign_incidents(connection, GIVEN) == Reassigned(0, 0)
    assert assigning.assign_incidents(connection, GIVEN, ended_too=True) == Reassigned(1, 1)


def test_households_follow_the_boundaries_unless_bound_by_name(connection: Connection) -> None:
    lon, lat = world.middle(1.5)
    for code, bound in (("1", None), ("2", world.grid_id(connection, world.B1))):
        connection.execute(
            text(
                "INSERT INTO household (county, id, code, path, point, address, bound_grid,"
                " entered_by, entered_at) VALUES (1, gen_random_uuid(), :code, :path,"
                " ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), '示例', :bound, 'test', :now)"
            ),
            {
                "code": code,
                "path": world.A1 if bound is None else world.B1,
                "lon": lon,
                "lat": lat,
                "bound": bound,
                "now": NOW,
            },
        )
    assert assigning.assign_households(connection, GIVEN) == Reassigned(1, 1)
    found = connection.execute(text("SELECT code, path FROM household ORDER BY code")).all()
    assert [tuple(row) for row in found] == [("1", world.A2), ("2", world.B1)]
