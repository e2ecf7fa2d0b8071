"""Making columns: from the table, or from the last ones and what has changed since.

A build exists only through its row: files are written and safe on disk first, the row is
committed synchronously after. Whoever dies before leaves files that nobody names.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, text

from gridmap.heat import cells, files
from gridmap.heat.columns import Columns, Loose, merged, packed

MERGE_AT = 25_000
"""So many changes cost an answer a fraction of a millisecond; then they are merged."""

_UNNAMED_FOR_S = 600
"""A file that no build names may still be written, or be mapped by a slow reader."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('gridmap.heat.build'))"
_LAST = """
SELECT b.id, CAST(b.snap AS text) AS snap, b.files,
       b.usable AND b.sysid = s.system_identifier AS usable
  FROM pg_control_system() AS s LEFT JOIN heat_build AS b ON true ORDER BY b.id DESC LIMIT 1
"""
_PUBLISH = """
INSERT INTO heat_build (parent, snap, sysid, files)
SELECT :parent, CAST(:snap AS pg_snapshot), system_identifier, CAST(:files AS jsonb)
  FROM pg_control_system() RETURNING id
"""
_PURGE = """
DELETE FROM heat_change WHERE pg_visible_in_snapshot(xid, CAST(:seen AS pg_snapshot))
"""
_RETIRE = "UPDATE heat_build SET usable = false WHERE id < :parent AND usable"
_COUNTIES = "SELECT DISTINCT county FROM incident ORDER BY county"
_PATHS = """
SELECT DISTINCT path FROM incident
 WHERE county = :county AND merged_into IS NULL ORDER BY path
"""
_RECORDS = """
COPY (SELECT ((i.heat_cx + 1)::bigint << 32) | (i.heat_cy + 1),
             ((i.heat_day + 1000000)::bigint << 32) | (i.heat_class::bigint << 16) | (a.n - 1)
        FROM incident AS i
        JOIN unnest(CAST(%s AS text[])) WITH ORDINALITY AS a(path, n) ON a.path = i.path
       WHERE i.county = %s AND i.merged_into IS NULL)
  TO STDOUT (FORMAT binary)
"""
_CHANGES = """
SELECT county, cx, cy, day, class, sum(n) AS n, path FROM heat_change
 WHERE NOT pg_visible_in_snapshot(xid, CAST(:seen AS pg_snapshot))
 GROUP BY county, cx, cy, day, class, path HAVING sum(n) <> 0
"""
_WAITING = """
SELECT count(*) FROM (SELECT FROM heat_change
 WHERE NOT pg_visible_in_snapshot(xid, CAST(:seen AS pg_snapshot)) LIMIT :most) AS unseen
"""
_ROW = np.dtype([("_", "S6"), ("cell", ">i8"), ("__", "S4"), ("rest", ">i8")])
_COPY_HEAD, _COPY_TAIL = 19, 2
_DAY_SHIFT = 1_000_000
_NOTHING_SEEN = "1:1:"


@dataclass(frozen=True)
class Last:
    """The newest build: its number, what it had seen, its files; usable on this server or not."""

    id: int
    seen: str
    files: dict[str, str]
    usable: bool


class Change(NamedTuple):
    """What came and went in a county: records, ``n`` of each, and the paths of their areas."""

    county: int
    loose: Loose
    n: cells.Ints
    paths: list[str]


def last(connection: Connection) -> Last:
    """The newest build; one that has seen nothing where there is none."""
    row = connection.execute(text(_LAST)).one()
    if row.id is None:
        return Last(0, _NOTHING_SEEN, {}, False)
    return Last(row.id, row.snap, row.files, bool(row.usable))


def waiting(connection: Connection, seen: str, *, most: int = MERGE_AT) -> int:
    """How many changes a build has not seen; counted up to ``most``."""
    return int(connection.scalar(text(_WAITING), {"seen": seen, "most": most}) or 0)


def rebuild(connection: Connection, folder: Path) -> int:
    """Columns of all counties from the table; the transaction is REPEATABLE READ. Its number."""
    connection.execute(text(_LOCK))
    before = last(connection)
    made = {
        str(county): files.write(folder, county, columns)
        for county, columns in from_table(connection)
    }
    return _publish(connection, folder, before, made)


def merge(connection: Connection, folder: Path) -> int:
    """Columns from the last ones and the changes since; REPEATABLE READ. The build's number.

    Rebuilt from the table where there are no last ones, or where they do not fit the changes.
    """
    connection.execute(text(_LOCK))
    before = last(connection)
    if not before.usable or missing(folder, before):
        return rebuild(connection, folder)
    made = dict(before.files)
    for change in _changes(connection, before.seen):
        county = str(change.county)
        old = files.read(folder / made[county]) if county in made else None
        columns = _added(old, change) or county_from_table(connection, change.county)
        made[county] = files.write(folder, change.county, columns)
    return _publish(connection, folder, before, made)


def from_table(connection: Connection) -> Iterator[tuple[int, Columns]]:
    """Every county's columns from the table."""
    for county in connection.scalars(text(_COUNTIES)).all():
        yield county, county_from_table(connection, county)


def county_from_table(connection: Connection, county: int) -> Columns:
    """One county's columns from the table, in the transaction's snapshot."""
    paths = list(connection.scalars(text(_PATHS), {"county": county}))
    driver: Any = connection.connection.dbapi_connection
    into = BytesIO()
    with driver.cursor() as cursor:
        cursor.copy_expert(cursor.mogrify(_RECORDS, (paths, county)), into)
    rows = np.frombuffer(into.getbuffer()[_COPY_HEAD:-_COPY_TAIL], _ROW)
    cell, rest = rows["cell"].astype(np.int64), rows["rest"].astype(np.int64)
    low = (1 << 32) - 1
    cx, cy = (cell >> 32) - 1, (cell & low) - 1
    loose = Loose(
        cells.tile_keys(cx, cy),
        (rest >> 32) - _DAY_SHIFT,
        cells.records(cx, cy, rest >> 16 & 0xFFFF),
        rest & 0xFFFF,
    )
    return packed(loose, tuple(paths))


def _changes(connection: Connection, seen: str) -> Iterator[Change]:
    """The changes of each county that a build has not seen."""
    by_county: dict[int, list[Any]] = {}
    for row in connection.execute(text(_CHANGES), {"seen": seen}):
        by_county.setdefault(row.county, []).append(row)
    for county, rows in by_county.items():
        cx, cy, day, kind, n = np.array([row[1:6] for row in rows], np.int64).T
        paths = dict.fromkeys(row.path for row in rows)
        number = {path: at for at, path in enumerate(paths)}
        area = np.array([number[row.path] for row in rows], np.int64)
        loose = Loose(cells.tile_keys(cx, cy), day, cells.records(cx, cy, kind), area)
        yield Change(county, loose, n, list(paths))


def _added(old: Columns | None, change: Change) -> Columns | None:
    paths = tuple(sorted({*change.paths, *(old.paths if old else ())}))
    at = {path: number for number, path in enumerate(paths)}
    renumber = np.array([at[path] for path in change.paths], np.int64)
    loose = change.loose._replace(area=renumber[change.loose.area])
    return merged(old, loose, change.n, paths)


def _publish(connection: Connection, folder: Path, before: Last, made: dict[str, str]) -> int:
    files.sync(folder)
    if before.usable:
        connection.execute(text(_RETIRE), {"parent": before.id})
        connection.execute(text(_PURGE), {"seen": before.seen})
    snap = connection.scalar(text("SELECT CAST(pg_current_snapshot() AS text)"))
    connection.execute(text("SET LOCAL synchronous_commit = on"))
    row = {"parent": before.id, "snap": snap, "files": json.dumps(made)}
    return int(connection.scalar(text(_PUBLISH), row) or 0)


def missing(folder: Path, build: Last) -> bool:
    """Whether a file of the build is not there, or not of the form that this program reads."""
    return not all(files.is_readable(folder / name) for name in build.files.values())


def clear(connection: Connection, folder: Path, *, now: datetime) -> int:
    """Deletes files that no usable build has named for minutes; how many."""
    named = {
        name
        for row in connection.scalars(text("SELECT files FROM heat_build WHERE usable"))
        for name in row.values()
    }
    unnamed = [
        file
        for file in folder.glob(f"*{files.ENDING}")
        if file.name not in named and file.stat().st_mtime < now.timestamp() - _UNNAMED_FOR_S
    ]
    for file in unnamed:
        file.unlink()
    return len(unnamed)


def differences(connection: Connection, folder: Path) -> list[int]:
    """The counties whose last columns, with the changes since, differ from the table's.

    A county whose file is gone or broken differs; of another server's columns all do.
    """
    before = last(connection)
    of_table = dict(from_table(connection))
    if before.id and not before.usable:
        return sorted(of_table)
    changed = {change.county: change for change in _changes(connection, before.seen)}
    wrong = []
    for county in {*map(int, before.files), *of_table, *changed}:
        name = before.files.get(str(county))
        try:
            columns = files.read(folder / name) if name else None
        except (OSError, files.Damaged):
            wrong.append(county)
            continue
        if county in changed:
            columns = _added(columns, changed[county])
        if not _same(columns, of_table.get(county)):
            wrong.append(county)
    return sorted(wrong)


def _same(one: Columns | None, two: Columns | None) -> bool:
    if one is None or two is None:
        return not any(len(columns.record) for columns in (one, two) if columns)
    return (
        one.paths == two.paths
        and all(map(np.array_equal, one.arrays().values(), two.arrays().values()))
        and one.first_day == two.first_day
    )
