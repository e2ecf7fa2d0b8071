"""What a called department does: it checks in on the spot, and says what came of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import access
from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gridmap.events import DepartmentAnswered, DepartmentArrived, IncidentStepped
from gridmap.operations.casework.steps import CASEWORK
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record
from gridmap.queries.locate import Spot

LONGEST_ANSWER = 4_000
OUTCOMES = {
    "done": ("已办", "Done"),
    "partly": ("办了一部分", "Partly done"),
    "not_ours": ("不属我方", "Not ours"),
}

_SEEN = """
SELECT e.path, e.department = ANY ((SELECT guard.bodies())::uuid[]) AS mine
  FROM errand AS e WHERE e.county = :county AND e.id = :id
"""
_LOCKED = """
SELECT e.county, e.id, e.path, e.incident, e.due_at, e.arrived_at, e.answered_at, e.department,
       d.name, i.path AS incident_path, i.state
  FROM errand AS e LEFT JOIN department AS d ON d.id = e.department
  LEFT JOIN incident AS i ON i.county = e.county AND i.id = e.incident
 WHERE e.county = :county AND e.id = :id FOR UPDATE OF e
"""
_ARRIVE = """
UPDATE errand SET arrived_at = :now, arrived_by = :by,
       arrived_point = ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)
 WHERE county = :county AND id = :id
"""
_FROM_POINT = """
SELECT ST_Distance(CAST(point AS geography),
                   CAST(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS geography))
  FROM incident WHERE county = :county AND id = :incident
"""


def arrive(
    database: Database, *, county: int, id: UUID, spot: Spot | None, circumstances: Circumstances
) -> dict[str, Any]:
    """Checks a called department in; says whether it is late, and how far from the incident.

    By the department's own people on the spot, or by the center for them. Raises NotFound,
    NotAllowed, or Conflict where it has arrived before.
    """
    _check_may(database, county, id, circumstances.actor)
    with database.transaction(CASEWORK) as connection:
        row = _locked(connection, county, id)
        if row.arrived_at is not None:
            raise Conflict("已经报到过了；请刷新。")
        place = {"lon": spot.lon if spot else None, "lat": spot.lat if spot else None}
        key = {"county": county, "id": id, "incident": row.incident}
        connection.execute(
            text(_ARRIVE),
            key | place | {"now": circumstances.now, "by": str(circumstances.actor)},
        )
        away = connection.scalar(text(_FROM_POINT), key | place)
        late_s = max(0.0, (circumstances.now - row.due_at).total_seconds())
        facts = {
            "department": row.name,
            "late_min": int(late_s // 60),
            "late": late_s > 0,
            "meters": round(away) if away is not None else None,
        }
        _tell(connection, DepartmentArrived, row, "", facts, circumstances)
    return facts


def answer(
    database: Database,
    *,
    county: int,
    id: UUID,
    words: str,
    outcome: str,
    circumstances: Circumstances,
) -> None:
    """Says what came of it, which closes the errand; who answers need not have checked in.

    Raises as ``arrive``; InvalidInput for an empty answer or an unknown outcome.
    """
    if not 0 < len(words.strip()) <= LONGEST_ANSWER or outcome not in OUTCOMES:
        raise InvalidInput("请写明办了什么，并选 done、partly 或 not_ours。")
    _check_may(database, county, id, circumstances.actor)
    with database.transaction(CASEWORK) as connection:
        row = _locked(connection, county, id)
        if row.answered_at is not None:
            raise Conflict("已经答复过了；请刷新。")
        connection.execute(
            text(
                "UPDATE errand SET answered_at = :now, answered_by = :by, answer = :words,"
                " outcome = :outcome WHERE county = :county AND id = :id"
            ),
            {
                "now": circumstances.now,
                "by": str(circumstances.actor),
                "words": words.strip(),
                "outcome": outcome,
                "county": county,
                "id": id,
            },
        )
        facts = {"department": row.name, "outcome": outcome}
        _tell(connection, DepartmentAnswered, row, words.strip(), facts, circumstances)


def _check_may(database: Database, county: int, id: UUID, actor: Viewer) -> None:
    """Of the department that was called, or of a center over the place."""
    with database.transaction(actor) as connection:
        seen = connection.execute(text(_SEEN), {"county": county, "id": id}).first()
        if seen is None:
            raise NotFound("没有这件交办，或者你不能查看它。")
        if not seen.mine and not access.may(connection, "errand", "w", seen.path):
            raise NotAllowed("报到和答复由被叫的部门或所在地的综治中心来做。")


def _locked(connection: Connection, county: int, id: UUID) -> Row[Any]:
    return connection.execute(text(_LOCKED), {"county": county, "id": id}).one()


def _tell(
    connection: Connection,
    kind: type[IncidentStepped],
    row: Row[Any],
    words: str,
    facts: dict[str, Any],
    circumstances: Circumstances,
) -> None:
    if row.incident is not None:
        happened = kind(
            row.county, row.incident_path, row.incident, row.state, row.state, words, facts
        )
        record(connection, happened, actor=circumstances.actor, at=circumstances.now)
