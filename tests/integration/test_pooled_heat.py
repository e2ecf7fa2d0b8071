"""Heat for whoever may not list incidents: closed atoms alone, of counties that are seen whole."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database, connect, psycopg2_url
from gridmap.errors import NotAllowed
from gridmap.heat.cells import EPOCH
from gridmap.layers import base, layers
from gridmap.operations import heat_atoms
from gridmap.operations.heat_columns import HEAT
from gridmap.queries import catalog
from gridmap.queries.filters import Filters
from tests.conftest import NOW, ZONE, Server

OF_COUNTY = Viewer("account", "01900000-0000-7000-8000-0000000000c1")
OF_TOWNSHIP = Viewer("account", "01900000-0000-7000-8000-0000000000c2")
YEAR = Filters(date(2025, 6, 11), date(2026, 6, 10))


@pytest.fixture(scope="module")
def county(server: Server, sample_template: str) -> Iterator[Database]:
    """The made-up county with its blocks closed; two officers of departments."""
    with server.clone(sample_template) as url:
        engine = create_engine(psycopg2_url(url), poolclass=NullPool)
        with engine.begin() as connection:
            for viewer, path in ((OF_COUNTY, "99/01/01/"), (OF_TOWNSHIP, "99/01/01/101/")):
                connection.execute(
                    text(
                        "INSERT INTO guard.appointment (viewer, role, path)"
                        " VALUES (:viewer, 'department_officer', :path)"
                    ),
                    {"viewer": str(viewer), "path": path},
                )
        database = connect(url, server.secrets)
        assert heat_atoms.close(database, now=NOW, zone=ZONE) > 20
        yield database
        database.dispose()


def tile(county: Database, viewer: Viewer, filters: Filters = YEAR, z: int = 8) -> Any:
    asked = base.Tile(z, 404 >> 9 - z, 202 >> 9 - z, filters, ZONE)
    with county.transaction(viewer) as connection:
        return base.tile(connection, layers()["heat"], asked)


def total(content: bytes) -> float:
    features = mapbox_vector_tile.decode(content)["heat"]["features"] if content else []
    return float(sum(one["properties"]["n"] for one in features))


def test_an_officer_of_a_department_sees_sums_and_no_incident(county: Database) -> None:
    exact, pooled = (total(tile(county, who)) for who in (LOCAL_ADMINISTRATOR, OF_COUNTY))
    assert 0.8 * exact < pooled < 1.15 * exact
    with county.transaction(OF_COUNTY) as connection:
        assert connection.scalar(text("SELECT count(*) FROM incident")) == 0
        assert connection.scalar(text("SELECT min(n) FROM heat_atom")) >= 3
        offered = catalog.catalog(connection, now=NOW, zone=ZONE)["layers"]
    found = {one["id"]: one for one in offered}
    assert found["heat"]["filters"] == ["time", "kind"]
    assert "30" in found["heat"]["about"]["zh"]
    assert "incidents" not in found


def test_a_part_of_a_county_is_not_shown_what_the_whole_one_has(county: Database) -> None:
    assert tile(county, OF_TOWNSHIP) == b""


def test_days_within_a_block_make_no_difference(county: Database) -> None:
    block = (NOW.date() - EPOCH).days // 30 - 3
    first = EPOCH + timedelta(days=30 * block)
    whole, part = (
        Filters(first, first + timedelta(days=29)),
        Filters(first + timedelta(days=7), first + timedelta(days=8)),
    )
    counted = total(tile(county, OF_COUNTY, whole))
    assert counted >= 3
    # at the same pace for so many days; rounded cell by cell
    assert total(tile(county, OF_COUNTY, part)) == pytest.approx(counted * 2 / 30, rel=0.05)


def test_kinds_can_be_chosen_and_nothing_finer(county: Database) -> None:
    hazards = Filters(YEAR.first, YEAR.last, kinds=("hazard",))
    assert 0 < total(tile(county, OF_COUNTY, hazards)) < total(tile(county, OF_COUNTY))
    with pytest.raises(NotAllowed, match="细类"):
        tile(county, OF_COUNTY, Filters(YEAR.first, YEAR.last, severities=(4,)))


def test_what_is_closed_stays_whatever_comes_later(server: Server, own_sample: str) -> None:
    database = connect(own_sample, server.secrets)
    assert heat_atoms.close(database, now=NOW - timedelta(days=200), zone=ZONE)
    count = text("SELECT count(*), COALESCE(sum(n), 0) FROM heat_atom WHERE block <= :last")
    with database.transaction(HEAT) as connection:
        last = connection.scalar(text("SELECT max(block) FROM heat_closed"))
        before = connection.execute(count, {"last": last}).one()
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("DELETE FROM incident WHERE heat_day % 2 = 0"))
    assert heat_atoms.close(database, now=NOW, zone=ZONE)
    assert heat_atoms.close(database, now=NOW, zone=ZONE) == 0
    with database.transaction(HEAT) as connection:
        assert connection.execute(count, {"last": last}).one() == before
        assert connection.execute(count, {"last": 10_000}).one()[0] > before[0]
    for change in ("UPDATE heat_atom SET n = 9", "DELETE FROM heat_atom"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            database.transaction(HEAT) as connection,
        ):
            connection.execute(text(change))
    database.dispose()
