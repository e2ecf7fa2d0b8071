"""What happened between two past moments, as a wall is told of it live: for a drill.

It is read from the things themselves, not from the events of their kind, so that what was
imported happens again as well.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries.live import Happened

MOST = 500
"""So many are told one by one; a wall asks for a shorter time where it gets fewer than all."""

_ROWS = """
SELECT * FROM (
    SELECT 'IncidentReported' AS kind, 'incident' AS subject_kind, i.id AS subject, i.county,
           i.path, i.received_at AS at, i.category, i.severity, NULL::smallint AS color
      FROM incident AS i
     WHERE i.received_at > :since AND i.received_at <= :until AND i.merged_into IS NULL
       AND {incidents}
    UNION ALL
    SELECT 'IncidentResolved', 'incident', i.id, i.county, i.path, i.resolved_at, i.category,
           i.severity, NULL
      FROM incident AS i
     WHERE i.resolved_at > :since AND i.resolved_at <= :until AND i.merged_into IS NULL
       AND {incidents}
    UNION ALL
    SELECT t.kind, 'warning', w.id, w.county, w.path, t.at, NULL, NULL, w.color
      FROM warning AS w, LATERAL (VALUES ('WarningRaised', w.since),
           ('WarningAnswered', w.answered_at), ('WarningClosed', w.closed_at)) AS t (kind, at)
     WHERE t.at > :since AND t.at <= :until AND {warnings}
    UNION ALL
    SELECT t.kind, 'incident', e.incident, e.county, e.path, t.at, NULL, NULL, NULL
      FROM errand AS e, LATERAL (VALUES ('DepartmentsWhistled', e.asked_at),
           ('DepartmentArrived', e.arrived_at),
           ('DepartmentAnswered', e.answered_at)) AS t (kind, at)
     WHERE e.kind = 'whistle' AND t.at > :since AND t.at <= :until AND {errands}) AS happened
 ORDER BY at, kind, subject LIMIT :most
"""


def happened(
    connection: Connection, within: str, since: datetime, until: datetime
) -> dict[str, Any]:
    """What happened after ``since``, oldest first; ``until`` says how far it is told."""
    where = {
        f"{what}s": f"({readable(connection, what, column)})"
        f" AND {range_sql(area.bounds(within), column)}"
        for what, column in (("incident", "i.path"), ("warning", "w.path"), ("errand", "e.path"))
    }
    given = {"since": since, "until": until, "most": MOST}
    rows = connection.execute(text(_ROWS.format(**where)), given).all()
    told = rows[-1].at if len(rows) == MOST else until
    return {
        "events": [Happened(**row._mapping).message for row in rows],
        "until": told.isoformat(),
    }
