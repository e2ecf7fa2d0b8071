"""Made-up land of several counties goes into an empty installation, and only there."""

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.errors import Conflict
from gridmap.operations import sample, sample_work
from gridmap.operations.synth import fill
from gridmap.synth import generate, scales
from gridmap.synth.ground import Sizes
from tests.conftest import Server
from tests.integration.runs import Home, run

SMALL = Sizes(
    townships=3,
    grids=40,
    villages=9,
    households=600,
    incidents=500,
    cells_per_grid=20,
    finest_m=800.0,
)


def test_two_counties_are_filled_each_with_its_own_people_and_events(
    server: Server, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scales, "CHEAP", SMALL)
    monkeypatch.setitem(scales._COUNTIES, "prefecture", [2])
    told: list[int] = []
    guards = text(
        "SELECT (SELECT count(*) FROM pg_class WHERE relforcerowsecurity),"
        " (SELECT array_agg(indexdef ORDER BY indexdef) FROM pg_indexes),"
        " (SELECT array_agg(rule ORDER BY rule) FROM ("
        "  SELECT conrelid::regclass || pg_get_constraintdef(oid) AS rule FROM pg_constraint) AS c)"
    )
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        before = connection.execute(guards).one()
    given = server.circumstances()
    rows = fill(
        database,
        generate(1, scale="prefecture"),
        given,
        lambda n, _: told.append(n),
        administrative_url=database_url,
    )
    assert len(told) == 2
    assert told[1] == rows
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert connection.execute(guards).one() == before
        counted = connection.execute(
            text(
                "SELECT county, count(*) AS n, count(*) FILTER (WHERE path = '') AS lost"
                " FROM incident GROUP BY county ORDER BY county"
            )
        ).all()
        per_county = text("SELECT count(*) FROM person GROUP BY county HAVING count(*) > 600")
        assert len(connection.execute(per_county).all()) == 2
        assert connection.scalar(text("SELECT count(DISTINCT depth) FROM class_break")) >= 3
        drawn = text("SELECT county, count(*) FROM simplified WHERE layer = 'grids' GROUP BY 1")
        assert {county for county, n in connection.execute(drawn) if n} == {1, 2}
    assert [(row.county, row.lost) for row in counted] == [(1, 0), (2, 0)]
    assert all(row.n == SMALL.incidents for row in counted)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        sample_work.load(connection, given)
        worked = text("SELECT DISTINCT county FROM event WHERE kind = 'IncidentAccepted'")
        assert connection.scalars(worked).all() == [1]
    with pytest.raises(Conflict, match="空的数据库"):
        fill(database, iter(()), given, administrative_url=database_url)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        sample.remove(connection, given)
        assert connection.scalar(text("SELECT count(*) FROM household")) == 0


_SMALL = f"""
import sys, gridmap.cli
from gridmap.synth import scales
from gridmap.synth.ground import Sizes
scales.CHEAP = {SMALL}
scales._COUNTIES["prefecture"] = [1]
sys.modules["gridmap.cli.synth"].ahead = lambda make: make()
"""


def test_made_up_land_is_filled_in_before_anything_was_started(bare: Home) -> None:
    code, said = run(bare, "synth", "--scale", "prefecture", patch=_SMALL)
    assert code == 0, said
    assert said[-1].startswith("已生成并载入")
    code, said = run(bare, "synth", "--scale", "prefecture", patch=_SMALL)
    assert (code, said) == (1, ["gridmap: 数据库里已有数据；生成的数据只能装进空的数据库。"])
    assert not bare.left()
