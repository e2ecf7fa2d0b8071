"""Who is away, who stands in, and until when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import areas, range_sql, ranges_sql, readable
from gridmap.queries import describe

_STAND_INS = """
SELECT s.id, s.path, s.staff, a.name AS name, s.by_staff, b.name AS by_name, s.why,
       lower(s.during) AS since, upper(s.during) AS until
  FROM stand_in AS s JOIN staff AS a ON a.id = s.staff JOIN staff AS b ON b.id = s.by_staff
 WHERE ({mine}) AND (upper_inf(s.during) OR upper(s.during) > :now)
 ORDER BY lower(s.during), s.id
"""


def stand_ins(connection: Connection, *, now: datetime) -> list[dict[str, Any]]:
    """The stand-ins of the present and the time to come, where the viewer sees incidents."""
    mine = readable(connection, "incident", "s.path")
    rows = connection.execute(text(_STAND_INS.format(mine=mine)), {"now": now}).all()
    given = areas(connection, "duty", "w")
    return [
        {
            "id": str(row.id),
            "path": row.path,
            "staff": {"id": str(row.staff), "name": row.name},
            "by": {"id": str(row.by_staff), "name": row.by_name},
            "why": row.why,
            "since": row.since.isoformat(),
            "may_end": area.covers(given, row.path),
            "begun": row.since <= now,
            "until": row.until.isoformat() if row.until else None,
        }
        for row in rows
    ]


MOST = 400
_WORKERS = """
SELECT s.id, s.name, s.post, s.code, array_agg(d.path ORDER BY d.path) AS paths,
       min(b.name) AS by_name
  FROM duty AS d JOIN staff AS s ON s.id = d.staff
  LEFT JOIN stand_in AS i ON i.staff = s.id AND i.during @> CAST(:now AS timestamptz)
  LEFT JOIN staff AS b ON b.id = i.by_staff
 WHERE ({mine}) AND {inside} AND d.during @> CAST(:now AS timestamptz)
 GROUP BY s.id ORDER BY min(d.path), s.name, s.id LIMIT :most
"""


def workers(connection: Connection, *, within: str, now: datetime) -> dict[str, Any]:
    """The workers on duty in an area whose duties the viewer gives, with their grids.

    ``more`` says that there are others, for whom the area must be narrower.
    """
    given = areas(connection, "duty", "w")
    mine = ranges_sql(given, "d.path")
    inside = range_sql(area.bounds(within), "d.path")
    rows = connection.execute(
        text(_WORKERS.format(mine=mine, inside=inside)), {"now": now, "most": MOST + 1}
    ).all()
    names = describe.names_above(connection, {path for row in rows for path in row.paths}, now)
    return {
        "may": bool(given),
        "more": len(rows) > MOST,
        "workers": [
            {
                "id": str(row.id),
                "name": row.name,
                "post": row.post,
                "grids": [describe.grid_name(path, names) for path in row.paths],
                "away_for": row.by_name,
            }
            for row in rows[:MOST]
        ],
    }
