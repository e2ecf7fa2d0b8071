"""What rates are divided by is kept as sums: they are the table's, whatever happens to it."""

import threading

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database, connect, psycopg2_url
from gridmap.operations import keeping
from tests.conftest import Server

_TRUTH = """
SELECT '{kind}' AS kind, d, array_to_string((string_to_array(path, '/'))[1:d], '/') || '/' AS p,
       sum({adds}) AS n,
       COALESCE(sum({adds}) FILTER (WHERE length(path) - length(replace(path, '/', '')) = d), 0)
  FROM {table}, generate_series(1, 9) AS d
 WHERE d <= length(path) - length(replace(path, '/', '')) AND {only} GROUP BY 1, 2, 3
"""
_KEPT = """
SELECT kind, depth, path, sum(n), sum(own) FROM rate_base GROUP BY 1, 2, 3 HAVING sum(n) <> 0
"""
_CHANGES = (
    "UPDATE household SET path = (SELECT max(path) FROM grid_version WHERE upper_inf(during))"
    " WHERE id IN (SELECT id FROM household ORDER BY id LIMIT 700)",
    "UPDATE household SET path = '' WHERE id IN (SELECT id FROM household ORDER BY id LIMIT 50)",
    "UPDATE household SET path = '99/01/01/' WHERE id IN"
    " (SELECT id FROM household ORDER BY id OFFSET 100 LIMIT 9)",
    "DELETE FROM household WHERE path IN (SELECT path FROM household ORDER BY id DESC LIMIT 5)"
    " AND id NOT IN (SELECT household FROM incident WHERE household IS NOT NULL)",
    "INSERT INTO household (county, id, path, code, address, entered_by, entered_at)"
    " SELECT county, gen_random_uuid(), path, 'T' || code, address,"
    " entered_by, entered_at FROM household ORDER BY id LIMIT 30",
    "UPDATE coverage SET whole = false;"
    " UPDATE grid_version SET during = tstzrange(lower(during), now())"
    " WHERE path IN (SELECT path FROM grid_version ORDER BY path LIMIT 3)",
)


def _as_the_table(connection: Connection) -> None:
    parts = (
        ("household", "1", "household", "true"),
        ("m2", "CAST(area_m2 AS bigint)", "grid_version", "upper_inf(during)"),
    )
    truth = " UNION ALL ".join(
        _TRUTH.format(kind=kind, adds=adds, table=table, only=only)
        for kind, adds, table, only in parts
    )
    assert set(connection.execute(text(_KEPT)).all()) == set(connection.execute(text(truth)).all())


def test_sums_are_those_of_the_tables_after_every_kind_of_change(
    server: Server, own_sample: str
) -> None:
    database = connect(own_sample, server.secrets)
    owner = create_engine(psycopg2_url(own_sample), poolclass=NullPool)
    with owner.connect() as connection:
        _as_the_table(connection)
        for change in _CHANGES:
            assert connection.execute(text(change)).rowcount, change
            _as_the_table(connection)
            connection.commit()
        connection.execute(text("DELETE FROM household WHERE path = '99/01/01/'"))
        connection.rollback()
        keeping.merge_sums(database)
        _as_the_table(connection)
        most = "SELECT max(n) FROM (SELECT count(*) AS n FROM rate_base GROUP BY kind, path) AS r"
        assert connection.scalar(text(most)) == 1
    database.dispose()


def test_two_mergers_at_once_take_every_row_once(server: Server, own_sample: str) -> None:
    database = connect(own_sample, server.secrets)
    owner = create_engine(psycopg2_url(own_sample), poolclass=NullPool)
    with owner.connect() as connection:
        connection.execute(text(_CHANGES[0]))
        connection.commit()
    threads = [threading.Thread(target=keeping.merge_sums, args=(database,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with owner.connect() as connection:
        _as_the_table(connection)
    database.dispose()


@pytest.mark.parametrize(
    ("table", "merge"),
    [("rate_base", "merge_rate_bases"), ("day_tally", "merge_day_tallies")],
)
def test_nobody_writes_sums(database: Database, table: str, merge: str) -> None:
    for role in ("app", "job"):
        with database.engines[role].connect() as connection:
            for act in ("INSERT", "UPDATE", "DELETE"):
                asked = text("SELECT has_table_privilege(:table, :act)")
                assert connection.scalar(asked, {"table": table, "act": act}) is False
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        may = text("SELECT has_function_privilege(:merge, 'EXECUTE')")
        assert connection.scalar(may, {"merge": f"guard.{merge}()"}) is False
