"""Attacks by who can run SQL as the application: in the tiny world, under each role.

``test_row_security`` holds the tricks that are refused whoever tries; here are those that need
two viewers, rows that are hidden from one of them, or a role of the product.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database, connect, psycopg2_url, sign
from gridmap.ids import uuid7
from gridmap.operations import intake
from gridmap.operations.intake import NewReport
from gridmap.queries.locate import Spot
from tests import world
from tests.conftest import NOW, Server
from tests.integration.homes import NAME, Home, settle
from tests.integration.offices import Office, open_office

REFUSED = r"permission denied|row-level security|not allowed|must be|append-only"


@dataclass(frozen=True)
class Ground:
    """The tiny world with a household and an incident in A1 and in B1, and its people."""

    database: Database
    url: str
    office: Office
    homes: dict[str, Home]
    reports: dict[str, UUID]
    incidents: dict[str, UUID]


@pytest.fixture(scope="module")
def ground(server: Server, template: str) -> Iterator[Ground]:
    with server.clone(template) as url:
        database = connect(url, server.secrets)
        given = server.circumstances()
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            world.build(connection)
        homes = {p: settle(url, given.sealer, p, code=f"H-{p}") for p in (world.A1, world.B1)}
        reports: dict[str, UUID] = {}
        incidents: dict[str, UUID] = {}
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            for path, column in ((world.A1, 0.5), (world.B1, 2.5)):
                lon, lat = world.middle(column)
                id = reports[path] = uuid7(NOW)
                new = NewReport(id=id, category=1, severity=2, place=Spot(lon, lat), words="x")
                incidents[path] = intake.report(connection, new, given).id
        yield Ground(database, url, open_office(url), homes, reports, incidents)
        database.dispose()


@pytest.fixture
def administrator(ground: Ground) -> Iterator[Connection]:
    """The superuser, whom no policy binds; rolled back."""
    engine = create_engine(psycopg2_url(ground.url), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def raw(ground: Ground) -> Connection:
    """A transaction of the application's login before anybody is named."""
    return ground.database.engines["app"].connect()


def name_viewer(connection: Connection, value: str) -> None:
    connection.execute(text("SELECT set_config('gridmap.viewer', :v, true)"), {"v": value})


def signed(ground: Ground, login: str, connection: Connection, *, pid: int | None = None) -> str:
    driver: Any = connection.connection.dbapi_connection
    own = driver.info.backend_pid if pid is None else pid
    return sign(ground.database.viewer_key, ground.office[login], own)


def paths(connection: Connection, table: str = "household") -> list[str]:
    return list(connection.scalars(text(f"SELECT path FROM {table} ORDER BY path")))


OWN = {
    "worker": ([world.A1], [world.A1], [world.A1]),
    "neighbor": ([], [], []),
    "stone": ([world.B1], [world.B1], [world.B1]),
    "officer": ([world.A1], [], [world.A1]),
    "county": ([world.A1, world.B1], [], [world.A1, world.B1]),
    "commander": ([world.A1, world.B1], [], [world.A1, world.B1]),
    "planner": ([world.A1, world.B1], [], [world.A1, world.B1]),
    "fire": ([], [], []),
    "auditor": ([], [], []),
    "nobody": ([], [], []),
    "admin": ([world.A1, world.B1], [], [world.A1, world.B1]),
}
"""Each role's households, names and incidents, when it asks for all of them."""


@pytest.mark.parametrize("login", OWN)
def test_each_role_sees_its_rows_when_it_asks_for_all(ground: Ground, login: str) -> None:
    with ground.database.transaction(ground.office[login]) as connection:
        found = tuple(
            paths(connection, table) for table in ("household", "person_private", "incident")
        )
        assert found == OWN[login]
        for child, parent in (("person", 0), ("report", 2), ("assignment", 2)):
            count = connection.scalar(text(f"SELECT count(*) FROM {child}"))
            assert count == len(OWN[login][parent]), child


def test_smuggled_sql_cannot_become_somebody_else(ground: Ground) -> None:
    """One statement that sets the viewer, and reads in the same breath."""
    smuggled = text(
        "WITH me AS MATERIALIZED (SELECT set_config('gridmap.viewer', :v, true) AS v)"
        " SELECT h.path FROM me,"
        " LATERAL (SELECT path FROM household WHERE me.v <> '' OFFSET 0) AS h"
    )
    for value in ("account:county", "local:administrator", str(ground.office["county"])):
        with ground.database.transaction(ground.office["officer"]) as connection:
            assert connection.scalars(smuggled, {"v": value}).all() == []
    with ground.database.transaction(ground.office["officer"]) as connection:
        assert paths(connection) == [world.A1]


def tampered(value: str, part: int, change: Callable[[str], str]) -> str:
    parts = value.split("|")
    parts[part] = change(parts[part])
    return "|".join(parts)


def test_a_signature_of_another_session_or_with_a_changed_part_is_nobody(ground: Ground) -> None:
    with raw(ground) as connection:
        genuine = signed(ground, "officer", connection)
        wrong = [
            signed(ground, "officer", connection, pid=1),
            tampered(genuine, 0, lambda _: str(ground.office["county"])),
            tampered(genuine, 1, lambda until: str(int(until) + 3600)),
            tampered(genuine, 2, lambda _: "0"),
            tampered(genuine, 3, lambda mac: mac[::-1]),
            genuine.upper(),
            genuine + "|",
        ]
        for value in wrong:
            name_viewer(connection, value)
            assert paths(connection) == [], value
        name_viewer(connection, genuine)
        assert paths(connection) == [world.A1]


def test_one_prepared_statement_serves_two_viewers_rightly(ground: Ground) -> None:
    with raw(ground) as connection:
        connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        connection.execute(text("PREPARE mine AS SELECT path FROM household ORDER BY path"))
        for login in ("officer", "stone", "county", "nobody", "officer"):
            name_viewer(connection, signed(ground, login, connection))
            assert connection.scalars(text("EXECUTE mine")).all() == OWN[login][0], login


def test_a_cursor_that_outlives_its_transaction_is_gone_for_the_next(ground: Ground) -> None:
    with ground.database.transaction(ground.office["county"]) as connection:
        driver = connection.connection.dbapi_connection
        connection.execute(text("DECLARE kept CURSOR WITH HOLD FOR SELECT path FROM household"))
        connection.execute(text("PREPARE left_over AS SELECT path FROM household"))
    for _ in range(8):
        with ground.database.transaction(ground.office["officer"]) as connection:
            if connection.connection.dbapi_connection is not driver:
                continue
            for left in ("FETCH ALL FROM kept", "EXECUTE left_over"):
                with pytest.raises(DBAPIError, match="does not exist"), connection.begin_nested():
                    connection.execute(text(left))
            return
    pytest.fail("the pool never gave the same connection again")


def test_what_a_session_was_set_to_is_gone_for_the_next(ground: Ground) -> None:
    """Settings, locks and what it listens for; the plans of its functions alone may stay."""
    with ground.database.transaction(ground.office["county"]) as connection:
        driver = connection.connection.dbapi_connection
        connection.execute(text("SELECT set_config('work_mem', '1MB', false)"))
        connection.execute(text("SELECT pg_advisory_lock(42)"))
        connection.execute(text("LISTEN somebody_else"))
    for _ in range(8):
        with ground.database.transaction(ground.office["officer"]) as connection:
            if connection.connection.dbapi_connection is not driver:
                continue
            assert connection.scalar(text("SHOW work_mem")) != "1MB"
            assert not connection.scalars(text("SELECT pg_listening_channels()")).all()
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42"
            assert connection.scalar(text(held)) == 0
            return
    pytest.fail("the pool never gave the same connection again")


def test_the_rights_that_every_policy_asks_for_are_planned_once(administrator: Connection) -> None:
    """Planned for every request anew they cost more than all else in it."""
    set_to = administrator.scalar(
        text("SELECT proconfig FROM pg_proc WHERE oid = 'guard.area(text, text)'::regprocedure")
    )
    assert "plan_cache_mode=force_generic_plan" in set_to


def test_a_cheap_function_that_tells_what_it_is_given_is_told_own_rows_only(
    ground: Ground, administrator: Connection
) -> None:
    """The planner runs the cheapest test first; the policy is not one of those it may put last."""
    engine = create_engine(psycopg2_url(ground.url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION public.tell(t text) RETURNS boolean LANGUAGE plpgsql"
                " COST 0.0000001 AS $$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$"
            )
        )
        connection.execute(text("GRANT EXECUTE ON FUNCTION public.tell TO gridmap_app"))
    try:
        with ground.database.transaction(ground.office["officer"]) as connection:
            driver: Any = connection.connection.dbapi_connection
            with driver.cursor() as cursor:
                cursor.execute("SELECT path FROM household WHERE tell(path)")
                assert cursor.fetchall() == [(world.A1,)]
            told = "".join(driver.notices)
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP FUNCTION public.tell"))
        engine.dispose()
    assert world.A1 in told
    assert world.B1 not in told


@pytest.mark.parametrize(
    "trick",
    [
        "SELECT count(*) FROM household WHERE CAST(substring(code FROM 3) AS integer) > 0",
        "SELECT count(*) FROM household WHERE 1 / (length(path) - length('{hidden}')) >= -1",
        "SELECT count(*) FROM household WHERE code LIKE 'H-{hidden}\\'",
    ],
)
def test_an_error_tells_nothing_of_a_hidden_row(ground: Ground, trick: str) -> None:
    """All of these fail on the hidden row; who does not see it must not learn that it is there."""
    own, hidden = "own", world.B1
    sql = trick.format(hidden=hidden, own=own)
    with ground.database.transaction(ground.office["neighbor"]) as connection:
        assert connection.scalar(text(sql)) == 0


def test_a_temporary_table_cannot_stand_before_a_real_one(ground: Ground) -> None:
    for trick in (
        "CREATE TEMP TABLE household (path text)",
        "CREATE TEMP TABLE appointment (viewer text)",
        "SELECT 1 INTO TEMP account",
    ):
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            ground.database.transaction(ground.office["officer"]) as connection,
        ):
            connection.execute(text(trick))
    with ground.database.transaction(ground.office["officer"]) as connection:
        connection.execute(text("SET LOCAL search_path = pg_temp, guard, public"))
        assert paths(connection, "public.household") == [world.A1]


def failure(ground: Ground, login: str, sql: str, given: dict[str, Any]) -> str:
    """The message of what the database refused, without what was given."""
    with (
        pytest.raises(DBAPIError) as refused,
        ground.database.transaction(ground.office[login]) as connection,
    ):
        connection.execute(text(sql), given)
    message = str(refused.value.orig)
    return message.replace(str(given["household"]), "?")


def test_a_hidden_household_is_refused_as_one_that_does_not_exist(ground: Ground) -> None:
    """A foreign key must not tell that a row is there which the viewer does not see."""
    for sql in (
        "INSERT INTO person (county, id, household, position)"
        " VALUES (1, gen_random_uuid(), :household, 9)",
        "INSERT INTO visit (county, id, path, household, by, at, received_at, seen)"
        f" VALUES (1, gen_random_uuid(), '{world.B1}', :household, 'x', now(), now(), 'x')",
    ):
        hidden, absent = (
            failure(ground, "officer", sql, {"household": id})
            for id in (ground.homes[world.B1].household, uuid7(NOW))
        )
        assert hidden == absent
        assert "row-level security" in hidden


def test_a_key_that_is_taken_out_of_sight_shows_nothing_of_its_row(ground: Ground) -> None:
    sql = (
        "INSERT INTO household (county, id, code, path, address, entered_by, entered_at)"
        f" VALUES (1, :household, 'H-{world.B1}', '{world.A1}', 'x', 'x', now())"
    )
    message = failure(ground, "officer", sql, {"household": uuid7(NOW)})
    assert "duplicate key" in message
    assert "松岭村" not in message
    assert str(ground.homes[world.B1].household) not in message
    assert "DETAIL" not in message, "the key itself is not repeated either"


SIDEWAYS = (
    "SELECT path FROM household TABLESAMPLE SYSTEM (100)",
    "SELECT (xpath('//path/text()', x))[1]::text FROM query_to_xml("
    "'SELECT path FROM household', true, true, '') AS x",
    "SELECT path FROM household AS h WHERE ctid = ANY (ARRAY(SELECT format('(0,%s)', n)::tid"
    " FROM generate_series(1, 60) AS n))",
    "SELECT h.path FROM household AS h FULL JOIN incident AS i ON false WHERE h.path IS NOT NULL",
    "WITH RECURSIVE h AS (SELECT path FROM household UNION SELECT path FROM h) SELECT path FROM h",
    "SELECT (jsonb_agg(h)->0)->>'path' FROM household AS h",
    "UPDATE household SET tags = tags RETURNING path",
)


@pytest.mark.parametrize("trick", SIDEWAYS)
def test_no_roundabout_way_shows_more(ground: Ground, trick: str) -> None:
    with ground.database.transaction(ground.office["officer"]) as connection:
        assert connection.scalars(text(trick.replace(":", "\\:"))).all() == [world.A1]
        connection.rollback()


def test_copy_hands_out_own_rows_only(ground: Ground) -> None:
    from io import StringIO

    out = StringIO()
    with ground.database.transaction(ground.office["officer"]) as connection:
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as cursor:
            cursor.copy_expert("COPY (SELECT path FROM household) TO STDOUT", out)
    assert out.getvalue().split() == [world.A1]


@pytest.mark.parametrize("role", ["gridmap_owner", "gridmap_guard", "gridmap_job", "postgres"])
@pytest.mark.parametrize(
    "trick",
    ["SET ROLE {}", "SET LOCAL ROLE {}", "SET SESSION AUTHORIZATION {}", "GRANT {} TO gridmap_app"],
)
def test_nobody_else_can_be_become(ground: Ground, role: str, trick: str) -> None:
    if role == "postgres":
        role = make_superuser_name(ground)
    for login in ("app", "wall"):
        with ground.database.engines[login].connect() as connection:
            with pytest.raises(
                DBAPIError, match=r"permission denied|must (have admin|be superuser)"
            ):
                connection.execute(text(trick.format(role)))
            connection.rollback()


def make_superuser_name(ground: Ground) -> str:
    """The name of the cluster's superuser."""
    engine = create_engine(psycopg2_url(ground.url), poolclass=NullPool)
    with engine.connect() as connection:
        name = str(connection.scalar(text("SELECT current_user")))
    engine.dispose()
    return name


def test_sequences_tell_nothing(ground: Ground, administrator: Connection) -> None:
    """How many rows others wrote would be in their numbers."""
    names = administrator.scalars(
        text(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'"
            " AND relnamespace IN ('public'::regnamespace, 'guard'::regnamespace)"
        )
    ).all()
    assert names
    with raw(ground) as connection:
        for name in names:
            for ask in (f"SELECT last_value FROM {name}", f"SELECT nextval('{name}')"):
                with pytest.raises(DBAPIError, match="permission denied"):
                    connection.execute(text(ask))
                connection.rollback()


TRAIL = (
    "UPDATE audit SET why = 'x'",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "INSERT INTO audit (at, who, what, subject_kind, path) VALUES (now(), 'x', 'x', 'x', '')",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
)


@pytest.mark.parametrize("trick", TRAIL)
def test_the_trail_is_written_by_its_function_alone(ground: Ground, trick: str) -> None:
    for login in ("auditor", "admin"):
        with (
            pytest.raises(DBAPIError, match=REFUSED),
            ground.database.transaction(ground.office[login]) as connection,
        ):
            connection.execute(text(trick))


def test_not_even_its_owner_takes_a_row_of_the_trail_back(
    ground: Ground, administrator: Connection
) -> None:
    with ground.database.transaction(ground.office["admin"]) as connection:
        connection.execute(
            text("SELECT guard.audit(:now, 'x', 'x', NULL, NULL, '', '', 'x', '{}')"), {"now": NOW}
        )
    for trick in TRAIL[:3]:
        for role in ("gridmap_owner", None):
            inner = administrator.begin_nested()
            if role:
                # who owns a table may, of itself, do anything with it
                administrator.execute(text(f"SET LOCAL ROLE {role}"))
                administrator.execute(text("ALTER TABLE audit NO FORCE ROW LEVEL SECURITY"))
            with pytest.raises(DBAPIError, match="append-only"):
                administrator.execute(text(trick))
            inner.rollback()
    assert administrator.scalar(text("SELECT count(*) FROM audit"))


APPOINT = "SELECT guard.appoint(:who, :role, :path, NULL, NULL, NULL)"


@pytest.mark.parametrize(
    ("login", "who", "role", "path"),
    [
        ("officer", "account", "center_officer", f"{world.COUNTY}101/"),
        ("county", "account", "commander", world.COUNTY),
        ("auditor", "account", "administrator", ""),
        ("admin", "account", "caseworker", ""),
        ("admin", "account", "keysmith", ""),
        ("admin", "job", "administrator", ""),
        ("admin", "kiosk", "administrator", ""),
        ("admin", "everyone", "commander", ""),
    ],
)
def test_nobody_appoints_beyond_the_own_right(
    ground: Ground, login: str, who: str, role: str, path: str
) -> None:
    name = who if who == "everyone" else f"{who}:{ground.office[login].name}"
    with (
        pytest.raises(DBAPIError, match="not allowed to appoint"),
        ground.database.transaction(ground.office[login]) as connection,
    ):
        connection.execute(text(APPOINT), {"who": name, "role": role, "path": path})


def test_an_administrator_of_a_county_appoints_inside_it_alone(ground: Ground) -> None:
    keeper = Viewer("account", str(uuid7(NOW)))
    someone = str(ground.office["nobody"])
    with ground.database.transaction(ground.office["admin"]) as connection:
        given = {"who": str(keeper), "role": "administrator", "path": world.COUNTY}
        connection.execute(text(APPOINT), given)
    with ground.database.transaction(keeper) as connection:
        inside = {"who": someone, "role": "commander", "path": f"{world.COUNTY}101/"}
        connection.execute(text(APPOINT), inside)
        for path in ("", "99/", "99/01/", "99/01/0", "99/01/02/"):
            with (
                pytest.raises(DBAPIError, match="not allowed to appoint"),
                connection.begin_nested(),
            ):
                connection.execute(text(APPOINT), inside | {"path": path})
        connection.rollback()


def test_a_department_sees_the_incident_it_was_called_to_and_its_children_alone(
    ground: Ground, administrator: Connection
) -> None:
    fire = ground.office["fire"]
    called = {"incident": ground.incidents[world.A1], "body": ground.office.fire, "now": NOW}
    engine = create_engine(psycopg2_url(ground.url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO incident_access VALUES (1, :incident, :body, :now, NULL)"), called
        )
    try:
        with ground.database.transaction(fire) as connection:
            assert paths(connection, "incident") == [world.A1]
            assert connection.scalar(text("SELECT count(*) FROM report")) == 1
            assert paths(connection, "household") == []
            change = text("UPDATE incident SET severity = 4")
            assert connection.execute(change).rowcount == 0
        with engine.begin() as connection:
            connection.execute(text("UPDATE incident_access SET until = now() - interval '1 s'"))
        with ground.database.transaction(fire) as connection:
            assert paths(connection, "incident") == []
    finally:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM incident_access"))
        engine.dispose()


def test_who_follows_by_code_sees_one_incident_and_no_other_report(ground: Ground) -> None:
    follower = Viewer("follow", str(ground.reports[world.A1]))
    with ground.database.transaction(follower) as connection:
        seen = connection.scalars(text("SELECT id FROM incident")).all()
        assert seen == [ground.incidents[world.A1]]
        for table in ("household", "person", "person_private", "event", "warning", "visit"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
        assert connection.execute(text("UPDATE incident SET severity = 4")).rowcount == 0
    with ground.database.transaction(Viewer("follow", str(uuid7(NOW)))) as connection:
        assert paths(connection, "incident") == []


def test_masking_is_no_matter_of_the_asker(ground: Ground) -> None:
    """The function that masks gives no name, and nothing at all outside the area."""
    ask = text("SELECT * FROM guard.masked_people(1, :id)")
    for login, household, seen in (
        ("officer", world.A1, 1),
        ("officer", world.B1, 0),
        ("commander", world.B1, 1),
        ("auditor", world.A1, 0),
    ):
        with ground.database.transaction(ground.office[login]) as connection:
            rows = connection.execute(ask, {"id": ground.homes[household].household}).all()
        assert len(rows) == seen, (login, household)
        assert all(NAME not in str(row) for row in rows)


def test_the_ticket_itself_is_not_for_the_application(ground: Ground) -> None:
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        ground.database.transaction(ground.office["officer"]) as connection,
    ):
        connection.execute(text("SELECT guard.ticket(1, 'reveal')"))


@pytest.mark.parametrize("what", ["reveal", "number_searched"])
def test_a_ticket_cannot_be_written_without_the_right(ground: Ground, what: str) -> None:
    """The trail takes any act from whoever is somebody, but for those whose row opens something."""
    forged = "SELECT {}(:now, :what, 'person', 1, :id, '', '', 'x', '{{}}')"
    given = {"now": NOW, "what": what, "id": ground.homes[world.A1].person}
    for writer in ("guard.audit", "guard.write_audit"):
        for login in ("commander", "officer", "nobody"):
            with (
                pytest.raises(DBAPIError, match=r"not allowed to write|permission denied"),
                ground.database.transaction(ground.office[login]) as connection,
            ):
                connection.execute(text(forged.format(writer)), given)


def test_a_viewers_right_ends_with_its_date(ground: Ground) -> None:
    late = Viewer("account", str(uuid7(NOW)))
    engine = create_engine(psycopg2_url(ground.url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO guard.appointment (viewer, role, path, during) VALUES"
                " (:who, 'commander', '', tstzrange(NULL, now() - CAST(:ago AS interval)))"
            ),
            {"who": str(late), "ago": timedelta(seconds=1)},
        )
    engine.dispose()
    with ground.database.transaction(late) as connection:
        assert paths(connection) == []
