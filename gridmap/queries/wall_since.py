"""What has changed in an area since somebody last looked: how much of what, and where."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable

MOST_PLACES = 100

_COUNTS = """
SELECT (SELECT count(*) FROM incident AS i WHERE {incidents} AND i.merged_into IS NULL
           AND i.received_at > :since AND i.received_at <= :now) AS taken_in,
       (SELECT count(*) FROM incident AS i WHERE {incidents} AND i.merged_into IS NULL
           AND i.resolved_at > :since AND i.resolved_at <= :now) AS resolved,
       (SELECT count(*) FROM warning AS w WHERE {warnings}
           AND w.since > :since AND w.since <= :now) AS raised,
       (SELECT count(*) FROM warning AS w WHERE {warnings}
           AND w.answered_at > :since AND w.answered_at <= :now) AS answered
"""
_PLACES = """
SELECT i.path, count(*) AS n, avg(ST_X(i.point)) AS lon, avg(ST_Y(i.point)) AS lat
  FROM incident AS i
 WHERE {incidents} AND i.merged_into IS NULL AND i.point IS NOT NULL
   AND i.received_at > :since AND i.received_at <= :now
 GROUP BY i.path ORDER BY n DESC, i.path LIMIT :most
"""


def changes(
    connection: Connection, within: str, since: datetime, *, now: datetime
) -> dict[str, Any]:
    """Counts of what came and what was done, and the grids in which something came."""
    where = {
        f"{what}s": f"({readable(connection, what, column)})"
        f" AND {range_sql(area.bounds(within), column)}"
        for what, column in (("incident", "i.path"), ("warning", "w.path"))
    }
    given = {"since": since, "now": now}
    counts = connection.execute(text(_COUNTS.format(**where)), given).one()
    rows = connection.execute(text(_PLACES.format(**where)), given | {"most": MOST_PLACES})
    return {
        "since": since.isoformat(),
        **counts._mapping,
        "places": [dict(row._mapping) for row in rows],
    }
