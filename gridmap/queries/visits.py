"""What is due to be visited, and what was."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.access import readable
from gridmap.errors import NotFound
from gridmap.rules.rounds import EVERY

AHEAD_DAYS = 7
MOST = 200
CALL_BACK = {"zh": "办结后回访", "en": "Call-back"}

# a call-back that was made from the incident's page is done, too
_DUE = """
SELECT p.county, p.id, p.path, p.household, p.incident, p.every, p.next_on, p.until, p.why,
       h.address, i.number, ST_X(COALESCE(h.point, i.point)) AS lon,
       ST_Y(COALESCE(h.point, i.point)) AS lat,
       (SELECT max(at) FROM visit AS v WHERE v.county = p.county AND v.plan = p.id) AS last_at
  FROM visit_plan AS p
  LEFT JOIN household AS h ON h.county = p.county AND h.id = p.household
  LEFT JOIN incident AS i ON i.county = p.county AND i.id = p.incident
 WHERE ({mine}) AND p.next_on <= :until
   AND (p.why <> 'call_back' OR i.state IN ('resolved', 'filed') AND NOT EXISTS (
        SELECT FROM event AS e WHERE e.subject_id = p.incident AND e.kind = 'ReporterCalledBack'
           AND e.at >= i.resolved_at))
 ORDER BY p.next_on, p.path, p.id LIMIT :most
"""


def due(connection: Connection, *, today: date, until: date) -> list[dict[str, Any]]:
    """The planned visits in the viewer's area that are due by a day, the longest due first."""
    mine = readable(connection, "visit", "p.path")
    rows = connection.execute(text(_DUE.format(mine=mine)), {"until": until, "most": MOST})
    return [
        _plain(row)
        | {"late_days": max(0, (today - row.next_on).days), "why": _why(row.why)}
        | {"every": dict(zip(("id", "zh", "en"), (row.every, *EVERY[row.every]), strict=True))}
        for row in rows
    ]


_MADE = """
SELECT v.id, v.at, v.seen, v.plan, guard.display(v.by) AS who,
       ST_X(v.point) AS lon, ST_Y(v.point) AS lat
  FROM visit AS v
 WHERE v.county = :county AND (v.household = CAST(:household AS uuid)
                               OR v.incident = CAST(:incident AS uuid))
 ORDER BY v.at DESC, v.id LIMIT :most
"""


def made(
    connection: Connection, county: int, *, household: UUID | None, incident: UUID | None
) -> list[dict[str, Any]]:
    """The visits to a household or for an incident, the latest first; who, when, what was seen.

    Raises NotFound where neither is named.
    """
    if household is None and incident is None:
        raise NotFound("请说明是哪一户或哪一件。")
    asked = {"county": county, "household": household, "incident": incident, "most": MOST}
    return [_plain(row) for row in connection.execute(text(_MADE), asked)]


def _why(why: str) -> dict[str, str]:
    return CALL_BACK if why == "call_back" else {"zh": why, "en": why}


def _plain(row: Row[Any]) -> dict[str, Any]:
    return {
        key: value.isoformat()
        if hasattr(value, "isoformat")
        else str(value)
        if isinstance(value, UUID)
        else value
        for key, value in row._mapping.items()
    }
