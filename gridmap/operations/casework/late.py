"""Departments that were called in and are late: told of once, each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap.database import Database
from gridmap.events import DepartmentLate
from gridmap.operations.casework.steps import CASEWORK
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record_all

# what somebody is just checking in is left for the next minute
_LATE = """
SELECT e.county, e.id, e.due_at, e.department, d.name, i.id AS incident, i.path, i.state
  FROM errand AS e JOIN incident AS i ON i.county = e.county AND i.id = e.incident
  JOIN department AS d ON d.id = e.department
 WHERE e.kind = 'whistle' AND e.arrived_at IS NULL AND e.answered_at IS NULL
   AND e.late_at IS NULL AND e.due_at <= :now AND i.state NOT IN ('resolved', 'filed')
 ORDER BY e.due_at, e.id FOR UPDATE OF e SKIP LOCKED
"""
_TOLD = """
UPDATE errand AS e SET late_at = :now
  FROM unnest(CAST(:county AS integer[]), CAST(:id AS uuid[])) AS u (county, id)
 WHERE e.county = u.county AND e.id = u.id
"""


def tell_late(database: Database, given: Circumstances) -> int:
    """Tells of every whistle whose time is over and which nobody followed; returns how many.

    An incident that is done needs nobody any more, and is left alone.
    """
    with database.transaction(CASEWORK) as connection:
        rows = connection.execute(text(_LATE), {"now": given.now}).all()
        if rows:
            _keep(connection, rows, given)
        return len(rows)


def _keep(connection: Connection, rows: Sequence[Row[Any]], given: Circumstances) -> None:
    keys = {"county": [row.county for row in rows], "id": [str(row.id) for row in rows]}
    connection.execute(text(_TOLD), keys | {"now": given.now})
    happened = [
        DepartmentLate(row.county, row.path, row.incident, row.state, row.state, facts=_facts(row))
        for row in rows
    ]
    record_all(connection, happened, actor=given.actor, at=given.now)


def _facts(row: Row[Any]) -> dict[str, Any]:
    return {"department": row.name, "body": str(row.department), "due_at": row.due_at.isoformat()}
