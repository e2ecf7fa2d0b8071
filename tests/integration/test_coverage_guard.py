"""The database refuses, at commit, a change that leaves a gap or an overlap in a whole township."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from tests import world

TOWNSHIP = f"{world.COUNTY}101/"


@pytest.fixture(autouse=True)
def _world(database: Database) -> None:
    """The township of A1 and A2, marked as whole, framed by both."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        # the frame has the vertices where the grids meet on the border
        connection.execute(
            text(
                "INSERT INTO coverage (township, county, path, whole, frame)"
                " SELECT v.region, 1, v.path, true, (SELECT ST_Multi(ST_Union(g.shape))"
                "   FROM grid_version AS g WHERE guard.within(g.path, v.path))"
                " FROM region_version AS v WHERE v.path = :path"
            ),
            {"path": TOWNSHIP},
        )


def change(database: Database, sql: str, **parameters: object) -> None:
    """A change in a transaction of its own."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text(sql), parameters)


def test_the_check_runs_on_rows_and_not_on_nothing(database: Database) -> None:
    change(database, "UPDATE grid_version SET number = '099' WHERE path = :path", path=world.A1)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert connection.scalar(text("SELECT version FROM coverage")) == 3


@pytest.mark.parametrize(
    "shape",
    [
        world.square(0, 0.9),
        world.square(0, 1.1),
        "MULTIPOLYGON(((104.6 35.4,104.61 35.4,104.61 35.4000001,104.61 35.41,104.6 35.41,"
        "104.6 35.4)))",
    ],
    ids=["gap", "overlap", "a vertex that the neighbor does not have"],
)
def test_a_gap_an_overlap_or_a_lonely_vertex_is_refused(database: Database, shape: str) -> None:
    sql = "UPDATE grid_version SET shape = ST_GeomFromText(:shape, 4326) WHERE path = :path"
    with pytest.raises(IntegrityError, match="gap or an overlap"):
        change(database, sql, shape=shape, path=world.A1)


def test_a_grid_that_is_taken_away_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError, match="gap or an overlap"):
        change(database, "DELETE FROM grid_version WHERE path = :path", path=world.A2)


def test_a_frame_that_moves_is_refused(database: Database) -> None:
    sql = "UPDATE coverage SET frame = ST_Multi(ST_GeomFromText(:shape, 4326))"
    with pytest.raises(IntegrityError, match="gap or an overlap"):
        change(database, sql, shape=world.square(0, 3))


def test_moving_an_edge_on_both_sides_is_accepted(database: Database) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        for path, shape in ((world.A1, world.square(0, 1.5)), (world.A2, world.square(1.5, 0.5))):
            connection.execute(
                text("UPDATE grid_version SET shape = ST_GeomFromText(:s, 4326) WHERE path = :p"),
                {"s": shape, "p": path},
            )
        frame = "SELECT ST_Multi(ST_Union(shape)) FROM grid_version WHERE guard.within(path, :t)"
        connection.execute(text(f"UPDATE coverage SET frame = ({frame})"), {"t": TOWNSHIP})


def test_another_township_is_not_asked(database: Database) -> None:
    change(
        database,
        "UPDATE grid_version SET shape = ST_GeomFromText(:s, 4326) WHERE path = :p",
        s=world.square(2, 0.5),
        p=world.B1,
    )
