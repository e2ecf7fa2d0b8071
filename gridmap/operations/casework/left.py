"""Incidents whose worker has left: nobody's they must not be, so their center has them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from gridmap.database import Database
from gridmap.events import IncidentInherited
from gridmap.operations.casework.steps import CASEWORK
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record_all
from gridmap.queries import holders

# what has no center above it stays where it was: it is in that queue at least
_LEFT = """
SELECT i.county, i.id, i.path, i.state FROM incident AS i JOIN duty AS d ON d.id = i.holder_duty
 WHERE i.state NOT IN ('resolved', 'filed') AND upper(d.during) <= :now
   AND (CAST(:duties AS uuid[]) IS NULL OR d.id = ANY(CAST(:duties AS uuid[])))
 ORDER BY i.county, i.id FOR UPDATE OF i SKIP LOCKED
"""
_PASS = """
UPDATE incident SET holder_duty = NULL, holder_center = :center, accepted_at = NULL
 WHERE county = :county AND id = :id
"""


def pass_to_centers(
    database: Database, given: Circumstances, duties: Sequence[UUID] | None = None
) -> int:
    """Gives what is open and held by a duty that has ended to its place's center; how many.

    ``duties`` are those that are asked about; None means all.
    """
    asked = {"now": given.now, "duties": None if duties is None else [str(one) for one in duties]}
    with database.transaction(CASEWORK) as connection:
        rows = connection.execute(text(_LEFT), asked).all()
        if not rows:
            return 0
        known = holders.centers(connection)
        depth = holders.answering_depth(holders.levels(connection))
        happened = []
        for row in rows:
            if (center := holders.center_for(row.path, known, depth)) is None:
                continue
            key = {"county": row.county, "id": row.id, "center": center.id}
            connection.execute(text(_PASS), key)
            facts = {"holder": {"kind": "center", "id": str(center.id), "name": center.name}}
            happened.append(
                IncidentInherited(row.county, row.path, row.id, row.state, row.state, facts=facts)
            )
        record_all(connection, happened, actor=given.actor, at=given.now)
        return len(happened)
