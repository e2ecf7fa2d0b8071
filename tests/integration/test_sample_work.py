"""The made-up county has been worked in: no desk of it is empty, and its clocks are true."""

import mapbox_vector_tile
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import connect
from gridmap.layers import base, layers
from gridmap.operations import sample, sample_work
from gridmap.operations.casework import clock
from gridmap.queries import case, queues
from gridmap.queries.filters import Filters
from tests.conftest import NOW, ZONE, Server


def test_the_sample_was_worked_in_and_goes_again(server: Server, own_sample: str) -> None:
    database, given = connect(own_sample, server.secrets), server.circumstances()
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert sample_work.wanted(connection)
        sample_work.load(connection, given)
        assert not sample_work.wanted(connection)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        asked = queues.Asked("center")
        found = queues.queue(connection, asked, LOCAL_ADMINISTRATOR, now=NOW, zone=ZONE)
        assert all(found["counts"][queue] for queue in ("center", "overdue", "whistled", "done"))
        for table in ("desk", "shift", "visit", "visit_plan", "errand"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) > 5, table
        # what is kept now stands above all that the sample brought
        assert connection.scalar(text("SELECT max(at) FROM visit")) < NOW
        for row in connection.execute(
            text(
                "SELECT county, id FROM incident WHERE limit_min IS NOT NULL"
                " ORDER BY number DESC LIMIT 40"
            )
        ):
            kept = case.found(connection, row.county, row.id)
            assert abs(clock.read(connection, kept, given).used_min - kept.used_min) <= 1
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        for id in ("whistles", "handovers"):
            tile = base.Tile(9, 404, 202, Filters(NOW.date(), NOW.date()), ZONE)
            content = base.tile(connection, layers()[id], tile)
            found = mapbox_vector_tile.decode(content)[id]["features"] if content else []
            declared = set(layers()[id].fields)
            assert found, id
            assert all(set(one["properties"]) == declared for one in found)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        sample.remove(connection, given)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        for table in ("incident", "errand", "visit", "desk", "account"):
            left = text(f"SELECT count(*) FROM {table} WHERE path LIKE '99/%'")
            assert connection.scalar(left) == 0, table
    database.dispose()
