"""From a place and a moment to grid, worker, center and the reason."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from gridmap.errors import InvalidInput, NotFound
from gridmap.queries.locate import InGrid, Located, Place, Spot, locate
from tests import world
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _world(connection: Connection) -> None:
    world.build(connection)


def ask(connection: Connection, place: Place, **kwargs: object) -> Located:
    at = kwargs.get("at", NOW)
    return locate(connection, place, at=at, now=NOW, nearest_limit_m=200.0)  # type: ignore[arg-type]


def test_a_point_inside_a_grid(connection: Connection) -> None:
    found = ask(connection, Spot(*world.middle(0.9)))
    assert (found.how, found.certain, found.path) == ("inside", True, world.A1)
    assert found.worker is not None
    assert found.worker.name == "示例甲"
    assert found.center is not None
    assert found.center.name == "柳川镇综治中心"
    assert found.border is not None
    assert found.border.meters == pytest.approx(90.8, abs=0.5)  # 0.001 degrees at 35.4 north
    assert found.border.beyond is not None
    assert found.border.beyond.path == world.A2


def test_a_township_without_a_center_is_answered_for_by_the_county(connection: Connection) -> None:
    found = ask(connection, Spot(*world.middle(2.5)))
    assert found.path == world.B1
    assert found.center is not None
    assert found.center.name == "青崖县综治中心"


def test_on_a_shared_edge_the_lowest_code_answers(connection: Connection) -> None:
    found = ask(connection, Spot(104.61, 35.405))
    assert (found.how, found.path) == ("border", world.A1)


def test_a_circle_over_a_border_is_uncertain_and_keeps_the_alternative(
    connection: Connection,
) -> None:
    found = ask(connection, Spot(*world.middle(0.98), accuracy_m=60.0))
    assert (found.how, found.certain, found.path) == ("inside", False, world.A1)
    assert found.share is not None
    assert [one.version.path for one in found.alternatives] == [world.A2]
    assert found.share + found.alternatives[0].share == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("column", "how"), [(3.1, "nearest"), (3.5, "county"), (9.0, "installation")]
)
def test_outside_every_grid(connection: Connection, column: float, how: str) -> None:
    assert ask(connection, Spot(*world.middle(column))).how == how


def test_outside_the_grids_but_inside_a_township(connection: Connection) -> None:
    world.add_region(connection, f"{world.COUNTY}103/", "草滩乡", world.square(3, row=3))
    found = ask(connection, Spot(*world.middle(3.5, row=3.5)))
    assert (found.how, found.path) == ("township", f"{world.COUNTY}103/")


def test_a_late_report_goes_by_the_boundary_of_its_day(connection: Connection) -> None:
    changed = NOW - timedelta(days=2)
    a2 = world.grid_id(connection, world.A2)
    a1 = world.grid_id(connection, world.A1)
    world.end_grid(connection, a2, changed)
    world.end_grid(connection, a1, changed)
    world.add_grid(connection, world.A1, world.square(0, 2), since=changed, grid=a1)
    spot = Spot(*world.middle(1.5))
    late = ask(connection, spot, at=NOW - timedelta(days=3))
    assert late.version is not None
    assert late.version.path == world.A2
    assert late.today is not None
    assert late.today.path == world.A1
    assert late.worker is not None
    assert late.worker.name == "示例甲"
    assert ask(connection, spot).version == late.today


def test_a_named_grid(connection: Connection) -> None:
    found = ask(connection, InGrid("990101102201001"))
    assert (found.how, found.path) == ("named", world.B1)
    with pytest.raises(NotFound, match="xyz"):
        ask(connection, InGrid("xyz"))


def test_coordinates_off_the_globe_are_refused(connection: Connection) -> None:
    with pytest.raises(InvalidInput, match="经度在前"):
        ask(connection, Spot(35.4, 104.6))
