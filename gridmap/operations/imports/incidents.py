"""Importing incidents: they keep their times and state, and are assigned like any report."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, text

from gridmap.operations.casework.clock import start_open_clocks
from gridmap.operations.imports.kind import Columns, Kind, Prepare, Prepared, require
from gridmap.operations.imports.placing import Counties, everywhere, placed
from gridmap.operations.imports.request import Counts, Importing, Loading
from gridmap.queries.locate_many import LocatedMany
from gridmap.rules.assignment import NOBODY

WANTED = {
    "number": ("上报编号", "事件编号", "编号", "number", "code", "id"),
    "category": ("类别", "事件类别", "category", "type"),
    "severity": ("轻重", "severity"),
    "occurred_at": ("发生时间", "时间", "occurred_at", "date", "datetime"),
    "received_at": ("受理时间", "received_at"),
    "resolved_at": ("办结时间", "resolved_at"),
    "accuracy_m": ("定位误差", "accuracy_m", "accuracy"),
    "state": ("状态", "state"),
    "words": ("内容", "描述", "words", "description"),
    "channel": ("渠道", "channel"),
}
STATES = ("taken_in", "verified", "dispatched", "under_way", "resolved", "filed")
_STATE_WORDS = dict(zip(("受理", "核实", "派办", "办理中", "办结", "归档"), STATES, strict=True))
_SEVERITY_WORDS = {"轻": "1", "中": "2", "重": "3", "特重": "4"}


def _begin(connection: Connection, importing: Importing) -> Prepare:
    known = everywhere(connection, importing)
    counties = Counties(connection)
    categories = _categories(connection)
    zone = ZoneInfo(importing.given.zone)

    def prepare(columns: Columns) -> Prepared:
        bad = require(columns, "number", "category", "occurred_at")
        category = _each(bad, columns["category"], categories.get, "没有类别“{}”")
        severity = _each(bad, columns["severity"], _severity, "轻重“{}”应为 1–4", default="2")
        state = _each(bad, columns["state"], _state, "没有状态“{}”", default="filed")
        times = {
            name: _each(bad, columns[name], lambda cell: _moment(cell, zone), "时间“{}”不对")
            for name in ("occurred_at", "received_at", "resolved_at")
        }
        accuracy = _each(bad, columns["accuracy_m"], _meters, "定位误差“{}”不对", default="0")
        at = np.array([one.timestamp() if one else 0.0 for one in times["occurred_at"]])
        meters = np.array([float(one or 0) for one in accuracy])
        found = placed(known, columns.points, at, accuracy_m=meters, measured=True)
        received = [r or o for r, o in zip(times["received_at"], times["occurred_at"], strict=True)]
        return Prepared(
            keys=[number or "" for number in columns["number"]],
            fields=(
                category,
                severity,
                state,
                _texts(times["occurred_at"]),
                _texts(received),
                _texts(times["resolved_at"]),
                accuracy,
                columns["words"],
                columns["channel"],
                *_assignment(found),
            ),
            paths=found.path,
            counties=[counties.of(path) for path in found.path],
            points=columns.points,
            bad=bad,
        )

    return prepare


def _categories(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT number, zh, en FROM category")).all()
    return {name: str(row.number) for row in rows for name in (str(row.number), row.zh, row.en)}


def _each(
    bad: dict[int, str],
    cells: list[str | None],
    read: Any,
    complaint: str,
    *,
    default: str | None = None,
) -> list[Any]:
    """Each cell read; an empty one is the default, one that cannot be read is a bad row."""
    values: list[Any] = []
    for position, cell in enumerate(cells):
        value = read(cell) if cell else default
        if cell and value is None:
            bad.setdefault(position, complaint.format(cell))
        values.append(value)
    return values


def _severity(cell: str) -> str | None:
    word = _SEVERITY_WORDS.get(cell, cell)
    return word if word in _SEVERITY_WORDS.values() else None


def _state(cell: str) -> str | None:
    word = _STATE_WORDS.get(cell, cell)
    return word if word in STATES else None


def _meters(cell: str) -> str | None:
    try:
        return cell if 0 <= float(cell) < 1e5 else None
    except ValueError:
        return None


def _moment(cell: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(cell.replace("/", "-"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _texts(moments: list[datetime | None]) -> list[str | None]:
    return [moment.isoformat() if moment else None for moment in moments]


def _assignment(found: LocatedMany) -> tuple[list[str | None], ...]:
    versions = [found.versions[v] if v != NOBODY else None for v in found.version]
    return (
        list(found.how),
        ["t" if one else "f" for one in found.certain],
        _numbers(found.share),
        _numbers(found.distance_m),
        _numbers(found.border_m),
        [str(one.id) if one else None for one in versions],
        [str(one) if one else None for one in found.grid],
        [str(one) if one else None for one in found.duty],
        [str(one) if one else None for one in found.center],
        [one.path if one else path for one, path in zip(versions, found.path, strict=True)],
    )


def _numbers(values: Any) -> list[str | None]:
    return [repr(float(one)) if np.isfinite(one) else None for one in values]


_NEW = """
INSERT INTO incident (origin, county, id, path, number, point, accuracy_m, category, severity,
                      occurred_at, received_at, resolved_at, state, holder_duty, holder_center)
SELECT r.import, r.county, r.id, r.path, r.key, r.shape, NULLIF(r.fields[7]::real, 0),
       r.fields[1]::smallint, r.fields[2]::smallint, r.fields[4]::timestamptz,
       r.fields[5]::timestamptz, r.fields[6]::timestamptz, r.fields[3], r.fields[17]::uuid,
       CASE WHEN r.fields[17] IS NULL THEN r.fields[18]::uuid END
  FROM own_import_row AS r WHERE r.import = :import
ON CONFLICT (county, number) DO NOTHING
"""
_REPORTS = """
INSERT INTO report (county, id, incident, channel, words, received_at)
SELECT r.county, gen_random_uuid(), r.id, COALESCE(r.fields[9], 'import'),
       COALESCE(r.fields[8], ''), r.fields[5]::timestamptz
  FROM own_import_row AS r JOIN incident AS i ON i.county = r.county AND i.id = r.id
 WHERE r.import = :import AND i.origin = :import
"""
_ASSIGNMENTS = """
INSERT INTO assignment (county, incident, n, at, how, certain, share, distance_m, border_m,
                        grid_version, today_grid, duty, center, path)
SELECT r.county, r.id, 1, :now, r.fields[10], r.fields[11]::boolean, r.fields[12]::real,
       r.fields[13]::real, r.fields[14]::real, r.fields[15]::uuid, r.fields[16]::uuid,
       r.fields[17]::uuid, r.fields[18]::uuid, r.fields[19]
  FROM own_import_row AS r JOIN incident AS i ON i.county = r.county AND i.id = r.id
 WHERE r.import = :import AND i.origin = :import
"""
_CHANGED = """
WITH changed AS (
    UPDATE incident AS i
       SET state = r.fields[3], severity = r.fields[2]::smallint, category = r.fields[1]::smallint,
           resolved_at = r.fields[6]::timestamptz
      FROM own_import_row AS r
      JOIN incident AS was ON was.county = r.county AND was.number = r.key AND was.id <> r.id
     WHERE r.import = :import AND i.county = was.county AND i.id = was.id
       AND (was.state, was.severity, was.category, was.resolved_at) IS DISTINCT FROM
           (r.fields[3], r.fields[2]::smallint, r.fields[1]::smallint, r.fields[6]::timestamptz)
    RETURNING i.county, i.id, i.path, was.state AS state_before, i.state,
              was.severity AS severity_before, i.severity, was.category AS category_before,
              i.category)
INSERT INTO event (county, id, path, kind, subject_kind, subject_id, at, actor, data)
SELECT county, gen_random_uuid(), path, 'IncidentCorrected', 'incident', id, :now, :actor,
       jsonb_build_object('before', state_before, 'after', state, 'words', '', 'facts',
           jsonb_build_object('severity_before', severity_before, 'severity', severity,
                              'category_before', category_before, 'category', category))
  FROM changed
"""


def _load(loading: Loading) -> Counts:
    connection, parameters = loading.connection, loading.parameters
    staged = connection.scalar(
        text("SELECT count(*) FROM own_import_row WHERE import = :import"), parameters
    )
    changed = connection.execute(text(_CHANGED), parameters).rowcount
    added = connection.execute(text(_NEW), parameters).rowcount
    connection.execute(text(_REPORTS), parameters)
    connection.execute(text(_ASSIGNMENTS), parameters)
    given = loading.importing.given
    start_open_clocks(connection, given, since=given.now)
    return Counts(added, changed, (staged or 0) - added - changed)


KIND = Kind(
    id="incidents",
    title="事件",
    wanted=WANTED,
    required=("number", "category", "occurred_at"),
    begin=_begin,
    load=_load,
)
