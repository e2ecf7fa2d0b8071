"""Who is away, who stands in, and until when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from gridmap.access import readable

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
    rows = connection.execute(text(_STAND_INS.format(mine=mine)), {"now": now})
    return [
        {
            "id": str(row.id),
            "path": row.path,
            "staff": {"id": str(row.staff), "name": row.name},
            "by": {"id": str(row.by_staff), "name": row.by_name},
            "why": row.why,
            "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else None,
        }
        for row in rows
    ]
