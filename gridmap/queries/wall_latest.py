"""The latest incidents on a wall: category, place and time, no words."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries import wall_places, wall_then
from gridmap.rules import life

MOST_ROWS = 30

_ROWS = """
SELECT i.county, i.id, i.path, i.received_at, {state} AS state, i.severity, c.kind, c.zh, c.en,
       ST_X(i.point) AS lon, ST_Y(i.point) AS lat
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE ({areas}) AND {inside} AND i.merged_into IS NULL AND i.received_at <= :now
 ORDER BY i.received_at DESC, i.id LIMIT :most
"""


def latest(
    connection: Connection, within: str, *, now: datetime, past: bool = False
) -> dict[str, Any]:
    """What came in last, whatever the range of the wall."""
    sql = _ROWS.format(
        areas=readable(connection, "incident", "i.path"),
        inside=range_sql(area.bounds(within), "i.path"),
        state=wall_then.STATE_THEN if past else "i.state",
    )
    given = {"now": now, "most": MOST_ROWS, "stepping": list(wall_then.STEPPED_TO)}
    rows = connection.execute(text(sql), given).all()
    called = wall_places.called(connection, {row.path for row in rows}, within, now=now)
    return {"rows": [_row(row, called) for row in rows]}


def _row(row: Row[Any], called: dict[str, list[str]]) -> dict[str, Any]:
    zh, en = life.STATES[wall_then.STEPPED_TO.get(row.state, row.state)]
    return {
        "county": row.county,
        "id": str(row.id),
        "path": row.path,
        "place": called[row.path],
        "at": row.received_at.isoformat(),
        "kind": row.kind,
        "category": {"zh": row.zh, "en": row.en},
        "severity": row.severity,
        "state": {"zh": zh, "en": en},
        "lon": row.lon,
        "lat": row.lat,
    }
