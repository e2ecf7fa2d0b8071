"""Open warnings on a wall: the four colors, and those that nobody has answered first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries import wall_places, wall_then

MOST_ROWS = 30
MOST_POINTS = 2_000

_COLORS = """
SELECT w.color, count(*) AS n, count(*) FILTER (WHERE {answered} IS NULL) AS unanswered
  FROM warning AS w WHERE {open} AND ({areas}) AND {inside} GROUP BY w.color
"""
_ROWS = """
SELECT w.county, w.id, w.path, w.color, w.since, {answered} AS answered_at, c.zh, c.en,
       ST_X(w.point) AS lon, ST_Y(w.point) AS lat
  FROM warning AS w
  LEFT JOIN incident AS i ON w.subject_kind = 'incident' AND i.county = w.county
                         AND i.id = w.subject_id
  LEFT JOIN category AS c ON c.number = i.category
 WHERE {open} AND ({areas}) AND {inside}
 ORDER BY {answered} IS NOT NULL, w.color DESC, w.since, w.id LIMIT :most
"""

_POINTS = """
SELECT w.color, {answered} IS NOT NULL AS answered, ST_X(w.point) AS lon, ST_Y(w.point) AS lat
  FROM warning AS w
 WHERE {open} AND w.point IS NOT NULL AND ({areas}) AND {inside}
 ORDER BY w.color DESC, w.since, w.id LIMIT :most
"""


def warnings(
    connection: Connection, within: str, *, now: datetime, past: bool = False
) -> dict[str, Any]:
    """Counts by color, and the warnings themselves: category, place and time, no words.

    Of the past, ``points`` are all that were open then: tiles know only those of now.
    """
    where = {
        "open": wall_then.still_open("warning", past=past),
        "answered": wall_then.by_then("w.answered_at", past=past),
        "areas": readable(connection, "warning", "w.path"),
        "inside": range_sql(area.bounds(within), "w.path"),
    }
    given = {"now": now, "most": MOST_ROWS}
    counted = {row.color: row for row in connection.execute(text(_COLORS.format(**where)), given)}
    rows = connection.execute(text(_ROWS.format(**where)), given).all()
    called = wall_places.called(connection, {row.path for row in rows}, within, now=now)
    return {
        "colors": [_color(color, counted.get(color)) for color in (4, 3, 2, 1)],
        "rows": [_row(row, called) for row in rows],
        "points": _points(connection, where, now) if past else None,
    }


def _points(connection: Connection, where: dict[str, str], now: datetime) -> list[dict[str, Any]]:
    given = {"now": now, "most": MOST_POINTS}
    rows = connection.execute(text(_POINTS.format(**where)), given)
    return [dict(row._mapping) for row in rows]


def _color(color: int, row: Row[Any] | None) -> dict[str, int]:
    total, unanswered = (row.n, row.unanswered) if row else (0, 0)
    return {
        "color": color,
        "unanswered": unanswered,
        "in_hand": total - unanswered,
        "total": total,
    }


def _row(row: Row[Any], called: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "county": row.county,
        "id": str(row.id),
        "path": row.path,
        "place": called[row.path],
        "color": row.color,
        "since": row.since.isoformat(),
        "answered_at": row.answered_at.isoformat() if row.answered_at else None,
        "category": {"zh": row.zh, "en": row.en} if row.zh else None,
        "lon": row.lon,
        "lat": row.lat,
    }
