"""Assigning in bulk, after boundaries or duties have changed: incidents and households."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, text

from gridmap.access import readable
from gridmap.events import PlacesReassigned
from gridmap.ids import uuid7
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.columns import insert_columns
from gridmap.operations.imports.placing import LONG_AGO, WHOLE_WORLD
from gridmap.operations.incident_rows import assignment_columns
from gridmap.operations.record import record
from gridmap.queries.locate_many import LocatedMany, Territory, locate_many, territory

ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Reassigned:
    """How many places were looked at, and how many got another answer."""

    looked_at: int
    changed: int


_INCIDENTS = """
SELECT i.county, i.id, i.path, i.occurred_at AS at, COALESCE(i.accuracy_m, 0) AS accuracy_m,
       ST_X(i.point) AS lon, ST_Y(i.point) AS lat, i.holder_duty AS duty
  FROM incident AS i
 WHERE i.point IS NOT NULL AND {open} AND ({areas}) AND (i.county, i.id) > (:county, :id)
 ORDER BY i.county, i.id LIMIT :rows FOR UPDATE
"""
_HOUSEHOLDS = """
SELECT h.county, h.id, h.path, CAST(:now AS timestamptz) AS at, 0.0 AS accuracy_m,
       ST_X(h.point) AS lon, ST_Y(h.point) AS lat
  FROM household AS h
 WHERE h.point IS NOT NULL AND h.bound_grid IS NULL AND ({areas})
   AND (h.county, h.id) > (:county, :id)
 ORDER BY h.county, h.id LIMIT :rows FOR UPDATE
"""
_OPEN = "i.state NOT IN ('resolved', 'filed')"


def assign_incidents(
    connection: Connection, given: Circumstances, *, ended_too: bool = False
) -> Reassigned:
    """Derives grid, worker and center of incidents again; each change leaves a new assignment.

    Open ones only, unless ``ended_too``: an ended incident keeps the place that it had.
    """
    sql = _INCIDENTS.format(
        open="true" if ended_too else _OPEN, areas=readable(connection, "incident", "i.path")
    )
    looked_at = changed = 0
    known = _everywhere(connection, given)
    for rows in _chunks(connection, sql, given):
        located = _located(known, rows, measured=True)
        moved = [
            n
            for n, row in enumerate(rows)
            if row.path != located.path[n] or (row.duty != located.duty[n])
        ]
        _store(connection, rows, located, moved, given)
        looked_at += len(rows)
        changed += len(moved)
    _tell(connection, given, "incident", changed)
    return Reassigned(looked_at, changed)


def assign_households(connection: Connection, given: Circumstances) -> Reassigned:
    """Derives the grid of every household that is not bound to one by name."""
    sql = _HOUSEHOLDS.format(areas=readable(connection, "household", "h.path"))
    looked_at = changed = 0
    known = _everywhere(connection, given)
    for rows in _chunks(connection, sql, given):
        located = _located(known, rows, measured=False)
        moved = [n for n, row in enumerate(rows) if row.path != located.path[n]]
        _repath(connection, "household", rows, located, moved)
        looked_at += len(rows)
        changed += len(moved)
    _tell(connection, given, "household", changed)
    return Reassigned(looked_at, changed)


def _everywhere(connection: Connection, given: Circumstances) -> Territory:
    return territory(
        connection,
        WHOLE_WORLD,
        first=LONG_AGO,
        last=given.now,
        now=given.now,
        nearest_limit_m=given.nearest_limit_m,
    )


def _chunks(connection: Connection, sql: str, given: Circumstances) -> Iterator[Sequence[Row[Any]]]:
    after = {"county": -1, "id": "00000000-0000-0000-0000-000000000000"}
    while True:
        rows = connection.execute(text(sql), after | {"rows": ROWS_AT_ONCE, "now": given.now}).all()
        if not rows:
            return
        yield rows
        after = {"county": rows[-1].county, "id": str(rows[-1].id)}


def _located(known: Territory, rows: Sequence[Row[Any]], *, measured: bool) -> LocatedMany:
    return locate_many(
        known,
        np.array([(row.lon, row.lat) for row in rows], dtype=float),
        np.array([row.at.timestamp() for row in rows]),
        accuracy_m=np.array([row.accuracy_m for row in rows], dtype=float),
        measured=measured,
    )


def _repath(
    connection: Connection,
    table: str,
    rows: Sequence[Row[Any]],
    located: LocatedMany,
    moved: Sequence[int],
) -> None:
    if moved:
        connection.execute(
            text(f"UPDATE {table} SET path = :path WHERE county = :county AND id = :id"),
            [{"county": rows[n].county, "id": rows[n].id, "path": located.path[n]} for n in moved],
        )


_HOLD = """
UPDATE incident SET path = :path, holder_duty = :duty,
       holder_center = CASE WHEN CAST(:duty AS uuid) IS NULL THEN CAST(:center AS uuid) END,
       holder_department = NULL
 WHERE county = :county AND id = :id
"""


def _store(
    connection: Connection,
    rows: Sequence[Row[Any]],
    located: LocatedMany,
    moved: Sequence[int],
    given: Circumstances,
) -> None:
    if not moved:
        return
    connection.execute(
        text(_HOLD),
        [
            {
                "county": rows[n].county,
                "id": rows[n].id,
                "path": located.path[n],
                "duty": located.duty[n],
                "center": located.center[n],
            }
            for n in moved
        ],
    )
    every = assignment_columns(
        [row.county for row in rows], [row.id for row in rows], located, given.now
    )
    insert_columns(
        connection,
        "assignment",
        {name: (kind, [values[n] for n in moved]) for name, (kind, values) in every.items()},
        expressions={
            "n": "(SELECT max(a.n) + 1 FROM assignment AS a"
            " WHERE a.county = u.county AND a.incident = u.incident)"
        },
    )


def _tell(connection: Connection, given: Circumstances, what: str, changed: int) -> None:
    if changed:
        happened = PlacesReassigned(0, "", uuid7(given.now), what, changed)
        record(connection, happened, actor=given.actor, at=given.now)
