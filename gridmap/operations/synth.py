"""Filling an empty installation with made-up land, county after county."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from time import monotonic

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.database import Database
from gridmap.errors import Conflict
from gridmap.operations import classes, sample, sample_people
from gridmap.operations.circumstances import Circumstances
from gridmap.queries import catalog
from gridmap.synth.batch import Batch

Progress = Callable[[int, float], None]
"""Told after each county: rows so far, and the seconds that they took."""

_COUNTY_DEPTH = 3


def fill(
    database: Database,
    batches: Iterable[Batch],
    given: Circumstances,
    progress: Progress = lambda rows, seconds: None,
) -> int:
    """Loads all tables of the generator, persons too; returns the rows.

    Each county is a transaction of its own, so that memory and locks stay those of one county;
    ``sample remove`` takes out what an interrupted run has left. Raises Conflict where there is
    data already.
    """
    with database.transaction(given.actor) as connection:
        _refuse_data(connection)
    began, rows = monotonic(), 0
    for county in _by_county(batches):
        with database.transaction(given.actor) as connection:
            rows += _load(connection, county, given)
        progress(rows, monotonic() - began)
    with database.transaction(given.actor) as connection:
        last_day = catalog.last_day(connection, given.now, given.zone)
        classes.fit(connection, last_day=last_day, zone=given.zone)
    return rows


def _refuse_data(connection: Connection) -> None:
    if connection.scalar(
        text("SELECT EXISTS (SELECT FROM level) OR EXISTS (SELECT FROM household)")
    ):
        raise Conflict("数据库里已有数据；生成的数据只能装进空的数据库。")


def _load(connection: Connection, county: list[Batch], given: Circumstances) -> int:
    rows = sample.load(connection, county, given, fit=False)
    persons = [batch for batch in county if batch.table == "person"]
    return rows + sample_people.load(connection, persons, given, within=_path(county))


def _path(county: list[Batch]) -> str:
    """The path that all households of some batches share."""
    paths = [batch.columns["path"][0] for batch in county if batch.table == "household"]
    return area.at_level(str(paths[0]), _COUNTY_DEPTH) or area.EVERYTHING if paths else ""


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
