"""What is due to be visited, and what was."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.errors import NotFound
from gridmap.queries import describe
from gridmap.rules.rounds import EVERY

AHEAD_DAYS = 7
MOST = 100
RECENT_DAYS = 30
MOST_RECENT = 50
CALL_BACK = {"zh": "办结后回访", "en": "Call-back"}

# a call-back that was made from the incident's page is done, too; what is long overdue must not
# hide what is due today
_DUE = """
SELECT * FROM (
SELECT row_number() OVER w AS n, count(*) OVER (PARTITION BY p.next_on < :today) AS of,
       p.county, p.id, p.path, p.household, p.incident, p.every, p.next_on, p.until, p.why,
       h.address, i.number, ST_X(COALESCE(h.point, i.point)) AS lon,
       ST_Y(COALESCE(h.point, i.point)) AS lat,
       (SELECT max(at) FROM visit AS v WHERE v.county = p.county AND v.plan = p.id) AS last_at
  FROM visit_plan AS p
  LEFT JOIN household AS h ON h.county = p.county AND h.id = p.household
  LEFT JOIN incident AS i ON i.county = p.county AND i.id = p.incident
 WHERE ({mine}) AND {inside} AND p.next_on <= :until
   AND (p.why <> 'call_back' OR i.state IN ('resolved', 'filed') AND NOT EXISTS (
        SELECT FROM event AS e WHERE e.subject_id = p.incident AND e.kind = 'ReporterCalledBack'
           AND e.at >= i.resolved_at))
WINDOW w AS (PARTITION BY p.next_on < :today ORDER BY p.next_on, p.path, p.id)) AS found
 WHERE n <= :most ORDER BY next_on, path, id
"""


def due(
    connection: Connection,
    *,
    today: date,
    until: date,
    now: datetime,
    within: str = area.EVERYTHING,
) -> list[dict[str, Any]]:
    """The planned visits in the viewer's area that are due by a day, the longest due first.

    Of those that are overdue and of the others ``MOST`` each; ``of`` says how many there are.
    """
    mine = readable(connection, "visit", "p.path")
    inside = range_sql(area.bounds(within), "p.path")
    asked = {"until": until, "today": today, "most": MOST}
    rows = connection.execute(text(_DUE.format(mine=mine, inside=inside)), asked).all()
    names = describe.names_above(connection, {row.path for row in rows}, now)
    return [
        _plain(row)
        | {"place": describe.grid_name(row.path, names)}
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


_RECENT = """
SELECT v.county, v.id, v.path, v.at, v.seen, v.household, v.incident, h.address, i.number,
       guard.display(v.by) AS who
  FROM visit AS v
  LEFT JOIN household AS h ON h.county = v.county AND h.id = v.household
  LEFT JOIN incident AS i ON i.county = v.county AND i.id = v.incident
 WHERE ({mine}) AND v.at >= :since
 ORDER BY v.at DESC, v.id LIMIT :most
"""


def recent(connection: Connection, *, since: datetime, now: datetime) -> list[dict[str, Any]]:
    """The visits that were made in the viewer's area since a moment, the latest first."""
    mine = readable(connection, "visit", "v.path")
    asked = {"since": since, "most": MOST_RECENT}
    rows = connection.execute(text(_RECENT.format(mine=mine)), asked).all()
    names = describe.names_above(connection, {row.path for row in rows}, now)
    return [_plain(row) | {"place": describe.grid_name(row.path, names)} for row in rows]


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
