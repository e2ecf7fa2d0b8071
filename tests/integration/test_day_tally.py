"""Days kept as sums: they are the table's after every change, and walls say the same by them."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap.access import Viewer
from gridmap.database import Database, connect, psycopg2_url
from gridmap.operations import keeping
from gridmap.queries import day_tally, wall_attention, wall_kinds, wall_numbers
from gridmap.queries.filters import Filters
from gridmap.queries.wall_span import Span, span_of
from tests.conftest import NOW, ZONE, Server

WALL = Viewer("wall", "local:administrator")
COUNTY = "99/01/01/"
_TRUTH = """
SELECT CASE WHEN starts_with(i.path, :county) THEN :county ELSE i.path END AS path,
       CAST(at AT TIME ZONE 'Asia/Shanghai' AS date) AS day, k.kind, sum(came), sum(ended)
  FROM incident AS i JOIN category AS k ON k.number = i.category,
       LATERAL (VALUES (i.received_at, 1, 0), (i.resolved_at, 0, 1)) AS d (at, came, ended)
 WHERE i.merged_into IS NULL AND at IS NOT NULL GROUP BY 1, 2, 3
"""
_KEPT = """
SELECT path, day, kind, sum(taken_in), sum(resolved) FROM day_tally GROUP BY 1, 2, 3
HAVING sum(taken_in) <> 0 OR sum(resolved) <> 0
"""
_SOME = "id IN (SELECT id FROM incident ORDER BY md5(CAST(id AS text)) OFFSET {} LIMIT 400)"
_CHANGES = (
    f"UPDATE incident SET received_at = received_at - interval '9 hours' WHERE {_SOME.format(0)}",
    f"UPDATE incident SET resolved_at = NULL, state = 'under_way' WHERE {_SOME.format(100)}",
    "UPDATE incident SET resolved_at = received_at + interval '3 days', state = 'resolved'"
    f" WHERE resolved_at IS NULL AND received_at < '2026-06-01' AND {_SOME.format(300)}",
    f"UPDATE incident SET category = 65 WHERE {_SOME.format(400)}",
    f"UPDATE incident SET path = '99/01/' WHERE {_SOME.format(700)}",
    f"UPDATE incident SET path = '' WHERE {_SOME.format(900)}",
    "UPDATE incident SET merged_into = (SELECT id FROM incident ORDER BY id LIMIT 1)"
    f" WHERE {_SOME.format(1200)} AND id <> (SELECT id FROM incident ORDER BY id LIMIT 1)",
    f"DELETE FROM incident WHERE {_SOME.format(2000)} AND merged_into IS NULL"
    " AND id NOT IN (SELECT merged_into FROM incident WHERE merged_into IS NOT NULL)",
    "INSERT INTO incident (county, id, path, number, point, category, severity, occurred_at,"
    " received_at, state) SELECT county, gen_random_uuid(), path, 'T' || number, point, category,"
    f" severity, occurred_at, received_at, 'taken_in' FROM incident WHERE {_SOME.format(3000)}",
)


@pytest.fixture
def owner(own_sample: str) -> Iterator[Connection]:
    """The owner of a copy of the sample, whom no policy binds."""
    engine = create_engine(psycopg2_url(own_sample), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def county(server: Server, own_sample: str) -> Iterator[Database]:
    """The copy as the application reaches it."""
    made = connect(own_sample, server.secrets)
    yield made
    made.dispose()


def _as_the_table(connection: Connection) -> None:
    truth = connection.execute(text(_TRUTH), {"county": COUNTY}).all()
    assert truth
    assert set(connection.execute(text(_KEPT)).all()) == set(truth)


def test_sums_are_those_of_the_table_after_every_kind_of_change(
    owner: Connection, county: Database
) -> None:
    _as_the_table(owner)
    for change in _CHANGES:
        assert owner.execute(text(change)).rowcount > 10, change
        _as_the_table(owner)
        owner.commit()
    owner.execute(text(f"DELETE FROM incident WHERE {_SOME.format(5000)}"))
    owner.rollback()
    keeping.merge_sums(county)
    _as_the_table(owner)
    rows = text("SELECT count(*), count(DISTINCT (path, day, kind)) FROM day_tally")
    assert len(set(owner.execute(rows).one())) == 1


def _spans() -> Iterator[tuple[Filters, Span]]:
    draw = random.Random(11)
    for days in (1, 2, 7, 30, 365, *draw.sample(range(2, 400), 4)):
        last = date(2026, 6, 11) - timedelta(days=draw.choice([0, 0, 1, 40]))
        wanted = Filters(last - timedelta(days=days - 1), last)
        yield wanted, span_of(wanted, NOW, ZONE)


Ask = Callable[[Connection, str, Filters, Span], dict[str, Any]]
_ANSWERS: dict[str, Ask] = {
    "numbers": lambda c, within, _, span: wall_numbers.numbers(c, within, span),
    "kinds": wall_kinds.kinds,
    "attention": lambda c, within, _, span: wall_attention.ranking(c, within, span, now=span.end),
}


@pytest.mark.parametrize("within", ["", "99/", "99/01/", COUNTY])
@pytest.mark.parametrize("name", _ANSWERS)
def test_a_wall_says_the_same_by_sums_and_one_by_one(
    sample: Database, monkeypatch: pytest.MonkeyPatch, within: str, name: str
) -> None:
    ask = _ANSWERS[name]
    with sample.transaction(WALL) as connection:
        asked = list(_spans())
        by_sums = [ask(connection, within, *one) for one in asked]
        assert all(day_tally.tallies(connection, within, span) for _, span in asked)
        monkeypatch.setattr(day_tally, "tallies", lambda *_, **__: None)
        counted = [ask(connection, within, *one) for one in asked]
    assert by_sums == counted


def test_below_a_county_of_a_part_and_of_a_past_moment_sums_say_nothing(sample: Database) -> None:
    wanted, span = next(_spans())
    past = span_of(wanted, NOW, ZONE, past=True)
    with sample.transaction(WALL) as connection:
        assert day_tally.tallies(connection, COUNTY, span)
        assert day_tally.tallies(connection, COUNTY, past) is None
        assert day_tally.tallies(connection, "99/01/01/101/", span) is None
    with sample.transaction(Viewer("account", "nobody")) as connection:
        assert day_tally.tallies(connection, COUNTY, span) is None
