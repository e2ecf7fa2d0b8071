"""Filling empty tables fast: by their owner, with indexes and keys made once all rows are there.

All of it is one transaction: nobody sees the tables without their guards, and of a run that is
broken off nothing stays.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.pool import NullPool

from gridmap.database import psycopg2_url
from gridmap.operations.columns import Columns, Store, copies

_FORCED = """
SELECT c.oid::regclass::text FROM pg_class AS c
 WHERE c.relforcerowsecurity AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS undo,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid)) AS redo
  FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (CAST(:tables AS regclass[]))
 ORDER BY conname
"""
_INDEXES = """
SELECT format('DROP INDEX %s', indexrelid::regclass) AS undo, pg_get_indexdef(indexrelid) AS redo
  FROM pg_index WHERE indrelid = ANY (CAST(:tables AS regclass[]))
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
 ORDER BY indexrelid
"""
_MOST_UNDER_WAY = 2
"""Parts that wait to be copied, of 20,000 rows each: memory stays flat."""

_SETTINGS = (
    # sorting for an index is memory, once, for some seconds
    "SET LOCAL maintenance_work_mem = '256MB'",
    # the check of a township is thought to cost billions and takes 50 ms; compiling it takes 500
    "SET LOCAL jit = off",
)


@contextmanager
def unguarded(administrative_url: str) -> Iterator[Connection]:
    """A transaction of the administrator, whom row security lets pass until it ends.

    Who is a member of the tables' owner is held back by FORCE alone, superuser or not.
    """
    engine = create_engine(psycopg2_url(administrative_url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            for setting in _SETTINGS:
                connection.execute(text(setting))
            forced = connection.scalars(text(_FORCED)).all()
            for table in forced:
                connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
            yield connection
            for table in forced:
                connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
    finally:
        engine.dispose()


@contextmanager
def without_indexes(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Takes indexes and foreign keys off tables, and puts them back at the end.

    An index is built in a fraction of the time that its rows take one by one, and a key is
    checked by one join. Primary and unique keys stay.
    """
    named = {"tables": list(tables)}
    taken = [row for sql in (_KEYS, _INDEXES) for row in connection.execute(text(sql), named)]
    for row in taken:
        connection.exec_driver_sql(row.undo)
    yield
    for row in reversed(taken):
        connection.exec_driver_sql(row.redo)
    for table in tables:
        connection.execute(text(f"ANALYZE {table}"))


@contextmanager
def copying(connection: Connection) -> Iterator[Store]:
    """Stores rows by COPY, sent while the next ones are made.

    A statement of the same connection waits until all that was to be stored before it is there.
    What goes wrong on the way is raised by whatever waits next, at the latest at the end.
    """
    under_way: deque[Future[None]] = deque()

    def wait(most: int) -> None:
        while len(under_way) > most:
            under_way.popleft().result()

    def before_statement(*_statement: Any) -> None:
        wait(0)

    with ThreadPoolExecutor(max_workers=1) as worker:

        def store(_connection: Connection, table: str, columns: Columns) -> None:
            for copy in copies(table, columns):
                wait(_MOST_UNDER_WAY - 1)
                under_way.append(worker.submit(copy, connection))

        event.listen(connection, "before_cursor_execute", before_statement)
        try:
            yield store
            wait(0)
        finally:
            event.remove(connection, "before_cursor_execute", before_statement)
