"""Filling an empty installation with made-up land, county after county."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from time import monotonic

from sqlalchemy import Connection, text

from gridmap.database import Database
from gridmap.errors import Conflict
from gridmap.operations import classes, sample, sample_accounts
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.columns import Columns, row_count
from gridmap.operations.filling import copying, unguarded, without_indexes
from gridmap.queries import catalog
from gridmap.synth.batch import Batch

Progress = Callable[[int, float], None]
"""Told after each county: rows so far, and the seconds that they took."""

_LARGE = ("household", "person", "person_private", "incident", "report", "assignment")


def fill(
    database: Database,
    batches: Iterable[Batch],
    given: Circumstances,
    progress: Progress = lambda rows, seconds: None,
    *,
    administrative_url: str,
) -> int:
    """Loads all tables of the generator, persons too; returns the rows that tables got by it.

    It is an act of setting up and done by the owner of the tables, in one transaction: until it
    ends nobody else gets at them, and of an interrupted run nothing stays. Memory holds one
    county at a time. Raises Conflict where there is data already.
    """
    with database.transaction(given.actor) as connection:
        _refuse_data(connection)
    began, rows = monotonic(), 0

    with (
        unguarded(administrative_url) as connection,
        without_indexes(connection, _LARGE),
        copying(connection) as copy,
    ):

        def store(connection: Connection, table: str, columns: Columns) -> None:
            nonlocal rows
            copy(connection, table, columns)
            rows += row_count(columns)

        # shapes are drawn anew where this viewer may write
        database.name_viewer(connection, given.actor)
        for county in _by_county(batches):
            sample.load_county(connection, county, given, store)
            progress(rows, monotonic() - began)
    with database.transaction(given.actor) as connection:
        sample_accounts.load(connection, given)
        last_day = catalog.last_day(connection, given.now, given.zone)
        classes.fit(connection, last_day=last_day, zone=given.zone)
    return rows


def _refuse_data(connection: Connection) -> None:
    if connection.scalar(
        text("SELECT EXISTS (SELECT FROM level) OR EXISTS (SELECT FROM household)")
    ):
        raise Conflict("数据库里已有数据；生成的数据只能装进空的数据库。")


def _by_county(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """The batches of one county after the other, each with what stands above the counties.

    A county ends with its last guide lines; what comes before the first belongs to the first.
    """
    levels: list[Batch] = []
    county: list[Batch] = []
    for batch in batches:
        if batch.table == "level":
            levels = [batch]
            continue
        if county and county[-1].table == "guide" and batch.table != "guide":
            yield list(chain(levels, county))
            county = []
        county.append(batch)
    if county:
        yield list(chain(levels, county))
