"""Whistles under way on a wall: where departments were called, who is not there yet, until when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries import describe, wall_places, wall_then

MOST_ROWS = 20

_ROWS = """
SELECT i.county, i.id, i.path, i.category, c.zh, c.en, min(e.asked_at) AS asked_at,
       max(e.due_at) AS due_at, count(*) AS called, count({arrived}) AS arrived,
       json_agg(json_build_array(d.name, d.path) ORDER BY e.due_at, d.name)
           FILTER (WHERE {arrived} IS NULL AND d.name IS NOT NULL) AS missing,
       ST_X(i.point) AS lon, ST_Y(i.point) AS lat
  FROM errand AS e JOIN incident AS i ON i.county = e.county AND i.id = e.incident
  JOIN category AS c ON c.number = i.category
  LEFT JOIN department AS d ON d.id = e.department
 WHERE e.kind = 'whistle' AND {open} AND ({areas}) AND {inside}
 GROUP BY i.county, i.id, i.path, i.category, c.zh, c.en, i.point
 ORDER BY count(*) = count({arrived}), max(e.due_at), i.id
"""


def whistles(
    connection: Connection, within: str, *, now: datetime, past: bool = False
) -> dict[str, Any]:
    """The incidents that were whistled for and not answered by all, the most pressing first.

    ``missing`` names the departments that had not come by ``now``, the earliest due first.
    """
    sql = _ROWS.format(
        areas=readable(connection, "errand", "e.path"),
        inside=range_sql(area.bounds(within), "e.path"),
        open=wall_then.still_open("whistle", past=past),
        arrived=f"({wall_then.by_then('e.arrived_at', past=past)})",
    )
    rows = connection.execute(text(sql), {"now": now}).all()
    shown = rows[:MOST_ROWS]
    called = wall_places.called(connection, {row.path for row in shown}, within, now=now)
    served = {path for row in shown for _, path in row.missing or ()}
    names = describe.names_above(connection, served, now)
    return {"total": len(rows), "rows": [_row(row, called, names) for row in shown]}


def _row(row: Row[Any], called: dict[str, list[str]], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "county": row.county,
        "id": str(row.id),
        "path": row.path,
        "place": called[row.path],
        "category": {"zh": row.zh, "en": row.en},
        "asked_at": row.asked_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "called": row.called,
        "arrived": row.arrived,
        "missing": _short(row, names),
        "lon": row.lon,
        "lat": row.lat,
    }


def _short(row: Row[Any], names: Mapping[str, str]) -> list[str]:
    """Names of departments without that of an area around the incident: it says nothing there.

    Where two would then be called alike, all keep their whole names.
    """
    around = {path: name for path, name in names.items() if area.within(row.path, path)}
    short = {
        name: name.removeprefix(around.get(path, "")) or name for name, path in row.missing or ()
    }
    return [*short.values()] if len({*short.values()}) == len(short) else [*short]
