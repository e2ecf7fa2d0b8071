"""Whoever asks, and however: each viewer sees exactly the rows of its areas, and nobody more."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import StringIO
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gridmap import access, hardening
from gridmap.access import INTAKE, LOCAL_ADMINISTRATOR, STRANGER, Viewer
from gridmap.area import Range
from gridmap.database import Database, psycopg2_url, sign
from gridmap.errors import NotFound
from gridmap.layers import base, layers, measures
from gridmap.layers.measure import Figure, Question
from gridmap.queries import cards, catalog, lists, search, summary
from gridmap.queries.filters import Filters
from gridmap.queries.listings import LISTS
from gridmap.queries.lists import Asked
from tests.conftest import NOW, ZONE

YEAR = Filters(date(2025, 6, 11), date(2026, 6, 10))

BY_PATH = {
    "region_version": "boundary",
    "grid_version": "boundary",
    "coverage": "boundary",
    "simplified": "boundary",
    "center": "center",
    "department": "department",
    "duty": "duty",
    "household": "household",
    "person_private": "name",
    "incident": "incident",
    "warning": "warning",
    "event": "event",
    "account": "account",
    "api_token": "token",
    "kiosk": "kiosk",
    "stand_in": "duty",
    "audit": "audit",
    "errand": "errand",
    "desk": "desk",
    "shift": "desk",
    "visit": "visit",
    "visit_plan": "visit",
    "notice": "notice",
    "webhook": "webhook",
    "handover_line": "incident",
    "index_month": "index",
    "heat_atom": "density",
    "rate_base": "rate",
    "day_tally": "incident",
}
"""Every table with a path, and what a viewer must be allowed to read to see its rows."""

BY_PARENT = {
    "person": "SELECT FROM household AS o WHERE o.county = t.county AND o.id = t.household",
    "report": "SELECT FROM incident AS o WHERE o.county = t.county AND o.id = t.incident",
    "assignment": "SELECT FROM incident AS o WHERE o.county = t.county AND o.id = t.incident",
    "attachment": "SELECT FROM incident AS o WHERE o.county = t.county AND o.id = t.incident",
    "incident_access": "SELECT FROM incident AS o WHERE o.county = t.county AND o.id = t.incident",
    "incident_household": (
        "SELECT FROM incident AS o WHERE o.county = t.county AND o.id = t.incident"
    ),
}
"""Tables whose rows are seen where their parent is."""

ELSEWHERE = {
    *("import", "export", "download"),  # seen by their owner
    *("web_session", "sign_in_link", "reader", "delivery"),  # seen by jobs alone
    *("category", "category_rule", "calendar_day", "policy"),  # read by all, written by few
}
"""Guarded tables that lie nowhere."""

ROLES: dict[str, set[str]] = {
    "administrator": {*BY_PATH.values()} - {"name", "density"},
    "stranger": {"boundary", "center", "department", "duty"},
    "worker_of_test": {"household", "incident", "name"},
    "watcher_of_test": {"warning", "incident"},
}


@dataclass(frozen=True)
class Made:
    """A viewer of these tests and its appointments (role, path)."""

    viewer: Viewer
    appointments: frozenset[tuple[str, str]]

    def paths(self, what: str) -> list[str]:
        """Where it may read that, with what every viewer may read everywhere."""
        own = [path for role, path in self.appointments if what in ROLES[role]]
        return own + ([""] if what in ROLES["stranger"] else [])


def random_viewers(connection: Connection, count: int, seed: int) -> list[Made]:
    """Viewers with up to twenty areas of any level, nested and apart, in several roles."""
    draw = random.Random(seed)
    paths = connection.scalars(
        text("SELECT path FROM region_version UNION SELECT path FROM grid_version ORDER BY 1")
    ).all()
    made = []
    for n in range(count):
        some = draw.sample(list(paths), draw.choice([0, 1, 1, 2, 5, 20]))
        appointed = {(draw.choice([*ROLES]), path) for path in some}
        made.append(Made(Viewer("account", f"random-{n}"), frozenset(appointed)))
    made.append(Made(Viewer("account", "whole"), frozenset({("worker_of_test", "")})))
    return made


@pytest.fixture(scope="module")
def viewers(sample: Database, sample_url: str) -> list[Made]:
    """Random viewers, appointed in the shared county for the whole module."""
    engine = create_engine(psycopg2_url(sample_url), poolclass=NullPool)
    with engine.begin() as connection:
        made = random_viewers(connection, 14, seed=4)
        for role in ("worker_of_test", "watcher_of_test"):
            for what in sorted(ROLES[role]):
                connection.execute(
                    text("INSERT INTO guard.role_right VALUES (:role, :what, 'r')"),
                    {"role": role, "what": what},
                )
        for one in made:
            for role, path in sorted(one.appointments):
                connection.execute(
                    text("INSERT INTO guard.appointment VALUES (:viewer, :role, :path)"),
                    {"viewer": str(one.viewer), "role": role, "path": path},
                )
    engine.dispose()
    return made


def within(paths: list[str], column: str) -> str:
    """The areas as plain SQL over prefixes, which knows nothing of ranges."""
    return " OR ".join(f"starts_with({column}, '{path}')" for path in paths) or "false"


READABLE = {
    "report": "(t.county, t.id, t.incident, t.words)",
    "account": "(t.id, t.login, t.path)",
}
"""What the application may read of tables of which it may not read all."""


def fingerprint(table: str, where: str = "true") -> str:
    """How many rows, and which: a sum over their texts that no order changes."""
    rows = f"SELECT {READABLE.get(table, 't.*')}::text AS row FROM {table} AS t WHERE {where}"
    return f"SELECT count(*), sum(hashtextextended(row, 0)) FROM ({rows}) AS rows"


def test_every_table_with_a_place_is_guarded(sample_administrator: Connection) -> None:
    """So that a new table cannot be forgotten: here, and in what a start asserts."""
    rows = sample_administrator.execute(
        text(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced,"
            " pg_get_userbyid(c.relowner) AS owner, has_any_column_privilege("
            "   'gridmap_app', c.oid, 'SELECT') AS readable"
            " FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind IN ('r', 'p', 'm', 'v', 'f') AND EXISTS ("
            "   SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND NOT a.attisdropped"
            "   AND (a.attname = 'path' OR a.atttypid = 'geometry'::regtype))"
        )
    ).all()
    forced = {row.relname for row in rows if row.forced}
    assert forced == {*BY_PATH, "assignment"}
    open_ones = {row.relname for row in rows if not row.forced and row.readable}
    # numbers of counties, lines of the ground, and staged rows behind a barrier of their own
    assert open_ones == {"county", "guide", "own_import_row"}
    assert {row.owner for row in rows if row.forced} == {"gridmap_owner"}


def test_children_are_guarded_too(sample_administrator: Connection) -> None:
    rows = sample_administrator.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relrowsecurity AND relforcerowsecurity"
        )
    )
    assert set(rows) == {*BY_PATH, *BY_PARENT, *ELSEWHERE}


@pytest.mark.parametrize("table", ["planted", "household"])
def test_a_start_refuses_an_unguarded_table(sample_administrator: Connection, table: str) -> None:
    connection = sample_administrator
    hardening.assert_guarded(connection)
    if table == "planted":
        connection.execute(text("CREATE TABLE planted (x geometry)"))
        connection.execute(text("GRANT SELECT ON planted TO gridmap_app"))
    else:
        connection.execute(text("DROP POLICY r ON household"))
        connection.execute(text("ALTER TABLE household DISABLE ROW LEVEL SECURITY"))
    with pytest.raises(Exception, match=table):
        hardening.assert_guarded(connection)


def test_random_viewers_see_what_plain_sql_says(
    sample: Database, sample_administrator: Connection, viewers: list[Made]
) -> None:
    seen = 0
    for one in viewers:
        with sample.transaction(one.viewer) as connection:
            for table, what in BY_PATH.items():
                truth = sample_administrator.execute(
                    text(fingerprint(table, within(one.paths(what), "t.path")))
                ).one()
                assert connection.execute(text(fingerprint(table))).one() == truth, (table, one)
                seen += what not in ROLES["stranger"] and bool(truth[0])
    assert seen > 20, "these viewers see nothing: nothing was tested"


def test_random_viewers_see_children_of_what_they_see(
    sample: Database, sample_administrator: Connection, viewers: list[Made]
) -> None:
    seen = 0
    for one in viewers[:12]:
        with sample.transaction(one.viewer) as connection:
            for table, parent in BY_PARENT.items():
                what = "household" if table == "person" else "incident"
                inside = f"EXISTS ({parent} AND ({within(one.paths(what), 'o.path')}))"
                truth = sample_administrator.execute(text(fingerprint(table, inside))).one()
                assert connection.execute(text(fingerprint(table))).one() == truth, (table, one)
                seen += bool(truth[0])
    assert seen > 5


def test_the_ranges_that_queries_carry_are_those_of_the_policy(
    sample: Database, sample_administrator: Connection, viewers: list[Made]
) -> None:
    for one in viewers[-8:]:
        with sample.transaction(one.viewer) as connection:
            for what in {*BY_PATH.values()}:
                condition = access.readable(connection, what, "t.path")
                found = sample_administrator.execute(
                    text(fingerprint("grid_version", condition))
                ).one()
                truth = sample_administrator.execute(
                    text(fingerprint("grid_version", within(one.paths(what), "t.path")))
                ).one()
                assert found == truth


Ask = Callable[[Connection], Any]


def tile_of(connection: Connection, id: str) -> list[str]:
    """A layer's tile over the county, decoded: the order of its features means nothing."""
    content = base.tile(connection, layers()[id], base.Tile(9, 404, 202, YEAR, ZONE))
    found: dict[str, Any] = mapbox_vector_tile.decode(content) if content else {}
    return sorted(str(one) for part in found.values() for one in part["features"])


def figures_of(connection: Connection, id: str) -> dict[str, Figure]:
    """A measure's figures of all villages."""
    measure = measures()[id]
    return measure.figures(connection, measure, Question("", 5, YEAR, ZONE))


def questions() -> Iterator[tuple[str, Ask]]:
    """Every question of the catalog that carries the viewer's ranges."""
    for id in layers():
        yield f"tile {id}", partial(tile_of, id=id)
    for id in measures():
        yield f"figures {id}", partial(figures_of, id=id)
    for id in LISTS:
        view = Asked(YEAR, "", None, "", 1)
        yield f"list {id}", partial(lists.rows_of, layer=id, asked=view, now=NOW, zone=ZONE)
    for words in ("示例", "青崖", "lc", "9901", "号"):
        yield f"search {words}", partial(search.search, words=words, now=NOW)
    yield "summary", partial(summary.summary, wanted=YEAR, within="", zone=ZONE)
    yield "catalog", partial(catalog.catalog, now=NOW, zone=ZONE)
    yield "card", partial(cards.grid, path="99/01/01/101/201/001/", now=NOW)


@pytest.mark.parametrize(
    ("name", "ask"), list(questions()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_question_that_forgets_its_ranges_is_slow_and_still_right(
    sample: Database,
    viewers: list[Made],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    ask: Ask,
) -> None:
    one = max(viewers, key=lambda each: len(each.appointments))
    with sample.transaction(one.viewer) as connection:
        right = ask(connection)
    everything: list[Range] = [("", None)]
    monkeypatch.setattr(access, "areas", lambda *_args, **_kwargs: everything)
    with sample.transaction(one.viewer) as connection:
        connection.execute(text("SET LOCAL statement_timeout = '60s'"))
        assert ask(connection) == right


def test_another_viewer_of_one_transaction_has_areas_of_its_own(
    sample: Database, viewers: list[Made]
) -> None:
    one = max(viewers, key=lambda each: len(each.appointments))
    with sample.transaction(one.viewer) as connection:
        own = access.areas(connection, "incident")
    with sample.transaction(LOCAL_ADMINISTRATOR) as connection:
        everything = access.areas(connection, "incident")
        sample.name_viewer(connection, one.viewer)
        assert access.areas(connection, "incident") == own
    assert own != everything


TRICKS = [
    "SET ROLE gridmap_owner",
    "SET ROLE gridmap_guard",
    "SET ROLE gridmap_job",
    "SET ROLE gridmap_wall",
    "SET SESSION AUTHORIZATION gridmap_owner",
    "SELECT set_config('role', 'gridmap_guard', true)",
    "SET row_security = off; SELECT count(*) FROM household",
    "ALTER TABLE household NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY r ON household",
    "CREATE POLICY all_of_it ON household USING (true)",
    "ALTER ROLE gridmap_app BYPASSRLS",
    "ALTER ROLE gridmap_app SUPERUSER",
    "CREATE VIEW mine AS SELECT * FROM household",
    "CREATE TEMP VIEW mine AS SELECT * FROM household",
    "CREATE MATERIALIZED VIEW mine AS SELECT * FROM household",
    "CREATE TABLE mine AS SELECT * FROM household",
    "SELECT * INTO TEMP mine FROM household",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION guard.viewer() RETURNS text LANGUAGE sql AS 'SELECT ''x'''",
    "DO $$ BEGIN RAISE NOTICE 'x'; END $$",
    "CREATE TEMP TABLE household (x int)",
    "CREATE SCHEMA mine",
    "CREATE EXTENSION dblink",
    "COPY household TO PROGRAM 'cat'",
    "COPY household TO '/tmp/household'",
    "COPY household FROM PROGRAM 'true'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "SELECT * FROM guard.viewer_key",
    "SELECT * FROM guard.appointment",
    "INSERT INTO guard.appointment VALUES ('account:random-0', 'administrator', '')",
    "INSERT INTO guard.role_right VALUES ('stranger', 'household', 'r')",
    "SELECT ST_EstimatedExtent('household', 'point')",
    "SELECT _postgis_stats('household', 'point')",
    "SELECT * FROM pg_stat_activity",
    "SELECT pg_stat_get_activity(NULL)",
    "UPDATE event SET actor = 'x'",
    "DELETE FROM event",
    "TRUNCATE household",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_are_refused(sample: Database, viewers: list[Made], trick: str) -> None:
    refusal = r"permission denied|must be (owner|superuser|member)|row-level security|not allowed"
    viewer = viewers[0].viewer
    with pytest.raises(DBAPIError, match=refusal), sample.transaction(viewer) as connection:
        connection.execute(text(trick))


def test_what_is_not_owned_cannot_be_given_away(
    sample: Database, sample_administrator: Connection
) -> None:
    """PostgreSQL only warns of this one."""
    with sample.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("GRANT SELECT ON person_private TO gridmap_wall, PUBLIC"))
    given = "SELECT has_any_column_privilege('gridmap_wall', 'person_private', 'SELECT')"
    assert sample_administrator.scalar(text(given)) is False


@pytest.mark.parametrize(
    "trick",
    [
        "COPY (SELECT path FROM incident) TO STDOUT",
        "SELECT path FROM incident TABLESAMPLE SYSTEM (100)",
        "SELECT path FROM incident WHERE ctid = ANY(ARRAY(SELECT format('(%s,%s)', p, i)::tid"
        " FROM generate_series(0, 1999) AS p, generate_series(1, 50) AS i))",
        "SELECT unnest(xpath('//path/text()', query_to_xml("
        "'SELECT path FROM incident', true, false, '')))::text AS path",
        "WITH x AS MATERIALIZED (SELECT path FROM incident) SELECT path FROM x",
        "SELECT path FROM incident AS i WHERE 1 / (severity - 9) < 1",
        "SELECT DISTINCT i.path FROM assignment AS a RIGHT JOIN incident AS i ON true",
    ],
)
def test_roundabout_ways_show_own_rows_only(
    sample: Database, viewers: list[Made], trick: str
) -> None:
    one = next(v for v in viewers if v.paths("incident") and "" not in v.paths("incident"))
    with sample.transaction(one.viewer) as connection:
        if trick.startswith("COPY"):
            rows = copied(connection, trick)
        else:
            rows = [str(path) for path in connection.scalars(text(trick.replace(":", "\\:")))]
        assert connection.scalar(text("SELECT count(*) FROM incident"))
    assert rows
    assert all(any(path.startswith(own) for own in one.paths("incident")) for path in rows)


def copied(connection: Connection, statement: str) -> list[str]:
    """What COPY … TO STDOUT hands out."""
    out = StringIO()
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor:
        cursor.copy_expert(statement, out)
    return out.getvalue().split()


def test_nobody_is_nobody(sample: Database) -> None:
    """Without a viewer, or with one that is not genuine, there are no rows."""
    genuine = sign(sample.viewer_key, LOCAL_ADMINISTRATOR, 0)
    name, expiry, _, signature = genuine.split("|")
    forged = [
        "",
        "local:administrator",
        genuine[:-1] + ("0" if genuine[-1] != "0" else "1"),
        f"{name}|{int(expiry) + 9_999}|0|{signature}",
        f"{name}|{expiry}|1|{signature}",
        f"account:x|{expiry}|0|{signature}",
        f"{name}|1|0|{signature}",
        f"x|{genuine}",
    ]
    for value in forged:
        with sample.engines["app"].begin() as connection:
            connection.execute(
                text("SELECT set_config('gridmap.viewer', :value, true)"), {"value": value}
            )
            for table in BY_PATH:
                assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_a_viewer_ends_with_its_transaction(sample: Database) -> None:
    with sample.transaction(LOCAL_ADMINISTRATOR) as connection:
        raw = connection.connection.dbapi_connection
        assert connection.scalar(text("SELECT count(*) FROM household")) == 60_000
    for _ in range(len(sample.engines) + 8):
        with sample.engines["app"].begin() as connection:
            same = connection.connection.dbapi_connection is raw
            assert connection.scalar(text("SELECT count(*) FROM household")) == 0
            if same:
                return
    pytest.fail("the pool never gave the same connection again")


def test_nothing_can_be_written_into_another_area(sample: Database, sample_url: str) -> None:
    engine = create_engine(psycopg2_url(sample_url), poolclass=NullPool)
    own, other = "99/01/01/101/201/", "99/01/01/102/201/"
    viewer = Viewer("account", "writer")
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO guard.appointment VALUES (:viewer, 'administrator', :path)"),
            {"viewer": str(viewer), "path": own},
        )
    engine.dispose()
    with sample.transaction(viewer) as connection:
        for table in ("household", "incident", "warning", "duty", "grid_version"):
            foreign = f"FROM {table} WHERE starts_with(path, '{other}')"
            assert connection.execute(text(f"DELETE {foreign}")).rowcount == 0
            changed = connection.execute(
                text(f"UPDATE {table} SET county = county WHERE starts_with(path, '{other}')")
            )
            assert changed.rowcount == 0
        with pytest.raises(DBAPIError, match="row-level security"), connection.begin_nested():
            connection.execute(
                text("UPDATE household SET path = :other || '001/' WHERE starts_with(path, :own)"),
                {"own": own, "other": other},
            )
        connection.rollback()


@pytest.mark.parametrize("viewer", [STRANGER, INTAKE, Viewer("account", "nobody")])
def test_cards_of_what_is_not_seen_do_not_exist(
    sample: Database, sample_administrator: Connection, viewer: Viewer
) -> None:
    county, warning = sample_administrator.execute(
        text("SELECT county, id FROM warning LIMIT 1")
    ).one()
    with sample.transaction(viewer) as connection, pytest.raises(NotFound):
        cards.warning(connection, county, warning, now=NOW)


def test_the_wall_has_no_right_on_a_household_a_name_or_a_text(
    sample: Database, viewers: list[Made]
) -> None:
    kiosk = Viewer("kiosk", "wall")
    for statement in (
        "SELECT * FROM household",
        "SELECT * FROM person",
        "SELECT * FROM person_private",
        "SELECT * FROM staff",
        "SELECT words FROM report",
        "SELECT title FROM incident",
        "SELECT * FROM incident",
        "SELECT why FROM warning",
        "SELECT data FROM event",
        "SELECT actor FROM event",
        "INSERT INTO incident (county) VALUES (1)",
    ):
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            sample.transaction(kiosk) as connection,
        ):
            connection.execute(text(statement))
