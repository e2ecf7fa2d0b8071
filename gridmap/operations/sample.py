"""The made-up county: loading it into an empty installation, and taking all of it out again."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, text

from gridmap import ids
from gridmap.clock import local_day
from gridmap.events import BoundaryPublished, SampleRemoved
from gridmap.operations import (
    boundaries,
    classes,
    sample_accounts,
    sample_happenings,
    sample_people,
    sample_places,
    sample_work,
)
from gridmap.operations.casework.clock import start_open_clocks
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.columns import Store, insert_columns
from gridmap.operations.record import record
from gridmap.operations.sample_loading import Loading
from gridmap.queries import holders
from gridmap.synth.batch import Batch

_LOADERS = sample_places.LOADERS | sample_happenings.LOADERS
SAMPLE_PREFIX = "99/"
"""No real place has a code that begins so."""


def load(connection: Connection, batches: Iterable[Batch], given: Circumstances) -> int:
    """Loads batches of the generator; the sample's last day becomes yesterday. Returns the rows.

    Incidents are located by the same bulk join that every import uses. Persons are left to
    ``sample_people.load``: nothing on the map waits for them.
    """
    loading = _begin(connection, given)
    rows = _load(loading, batches)
    _finish(loading)
    sample_accounts.load(connection, given)
    classes.fit(connection, last_day=loading.last_day, zone=given.zone)
    return rows


def load_county(
    connection: Connection, batches: Sequence[Batch], given: Circumstances, store: Store
) -> None:
    """Loads one county of many, persons too; accounts and class limits follow the last one."""
    loading = _begin(connection, given, store)
    _load(loading, batches)
    sample_people.load_into(connection, loading.homes, batches, given, store)
    _finish(loading)


def _load(loading: Loading, batches: Iterable[Batch]) -> int:
    rows = 0
    for batch in batches:
        if batch.table in _LOADERS:
            _LOADERS[batch.table](loading, dict(batch.columns))
            rows += len(batch)
    return rows


OPENING_DAYS = 366
"""Incidents of these last days are on the opening view of the map."""


def lately(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches with only those incidents that the opening view of the map shows."""
    return (_some_incidents(batch, earlier=False) for batch in batches)


def load_earlier(connection: Connection, batches: Iterable[Batch], given: Circumstances) -> int:
    """Loads the incidents that ``lately`` left out; returns how many."""
    loading = _begin(connection, given)
    declared = holders.levels(connection)
    loading.county_depth = holders.county_depth(declared)
    counties = connection.execute(text("SELECT path, no FROM county WHERE path <> ''"))
    loading.counties = {row.path: row.no for row in counties}
    count = 0
    for batch in batches:
        if batch.table == "incident":
            earlier = _some_incidents(batch, earlier=True)
            if len(earlier):
                sample_happenings.load_incidents(loading, dict(earlier.columns))
            count += len(earlier)
    return count


def _some_incidents(batch: Batch, *, earlier: bool) -> Batch:
    if batch.table != "incident":
        return batch
    rows = np.flatnonzero((np.asarray(batch.columns["occurred_day"]) >= OPENING_DAYS) == earlier)
    return Batch(
        batch.table, {name: [c[n] for n in rows.tolist()] for name, c in batch.columns.items()}
    )


def _begin(connection: Connection, given: Circumstances, store: Store = insert_columns) -> Loading:
    last_day = local_day(given.now, given.zone) - timedelta(days=1)
    since = datetime.combine(last_day - timedelta(days=1095), time(), ZoneInfo(given.zone))
    return Loading(connection, given, last_day, since, store)


def remove(connection: Connection, given: Circumstances) -> None:
    """Takes out everything under codes that no real place has, and the guide lines with it."""
    for statement in _REMOVE:
        connection.execute(
            text(statement), {"prefix": SAMPLE_PREFIX, "next": SAMPLE_PREFIX[:-1] + "0"}
        )
    connection.execute(text("UPDATE installation SET sample = false"))
    connection.execute(text("UPDATE layer_version SET version = version + 1"))
    removed = SampleRemoved(0, "", ids.uuid7(given.now), SAMPLE_PREFIX)
    record(connection, removed, actor=given.actor, at=given.now)


_INSIDE = "path >= :prefix AND path < :next"
_REMOVE = (
    *sample_work.REMOVE,
    *sample_accounts.REMOVE,
    f"DELETE FROM warning WHERE {_INSIDE}",
    f"DELETE FROM incident WHERE {_INSIDE}",
    f"DELETE FROM household WHERE {_INSIDE}",
    f"DELETE FROM duty WHERE {_INSIDE}",
    "DELETE FROM staff WHERE id NOT IN (SELECT staff FROM duty) AND code LIKE '99%'",
    f"DELETE FROM center WHERE {_INSIDE}",
    f"DELETE FROM department WHERE {_INSIDE}",
    f"DELETE FROM simplified WHERE {_INSIDE}",
    f"DELETE FROM coverage WHERE {_INSIDE}",
    f"DELETE FROM grid_version WHERE {_INSIDE}",
    "DELETE FROM grid WHERE id NOT IN (SELECT grid FROM grid_version) AND code LIKE '99%'",
    f"DELETE FROM region_version WHERE {_INSIDE}",
    "DELETE FROM region WHERE id NOT IN (SELECT region FROM region_version) AND code LIKE '99%'",
    "DELETE FROM guide",
)


_COVERED = """
INSERT INTO coverage (township, county, path, whole, frame)
SELECT v.region, v.county, v.path, true, v.shape FROM region_version AS v
 WHERE v.depth = :depth AND upper_inf(v.during)
ON CONFLICT DO NOTHING
"""


def _finish(loading: Loading) -> None:
    """Shapes for the map, class limits, and one event for each county's new boundaries."""
    connection, given = loading.connection, loading.given
    for path, county in {"": 0, **loading.counties}.items():
        for layer in boundaries.TABLE_OF_LAYER:
            boundaries.refresh(connection, layer, county)
        published = BoundaryPublished(county, path, ids.uuid7(given.now), "grids", 0)
        record(connection, published, actor=given.actor, at=given.now)
    depth = holders.answering_depth(holders.levels(connection))
    connection.execute(text(_COVERED), {"depth": depth})
    start_open_clocks(connection, given, since=None)
    connection.execute(text("UPDATE installation SET sample = true"))
