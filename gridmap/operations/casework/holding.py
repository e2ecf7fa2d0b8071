"""Who has an incident: dispatched, whistled for, handed over, merged into another."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import ids
from gridmap.errors import Conflict, InvalidInput
from gridmap.operations.casework.acts import Done, Given, update
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.reasons import holder_of, keep_reason
from gridmap.queries.locate import InGrid, Spot, locate
from gridmap.rules import life

_HOLDERS = {
    "duty": (
        "SELECT d.id, s.name, d.path FROM duty AS d JOIN staff AS s ON s.id = d.staff"
        " WHERE d.id = :id AND d.during @> CAST(:now AS timestamptz)"
    ),
    "center": "SELECT id, name, path FROM center WHERE id = :id AND :now IS NOT NULL",
    "department": "SELECT id, name, path FROM department WHERE id = :id AND :now IS NOT NULL",
}


def dispatch(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Gives it to a worker on duty, a center or a department: exactly one of them holds it."""
    kind, id = _holder(given["holder"])
    holder = connection.execute(text(_HOLDERS[kind]), {"id": id, "now": now.now}).first()
    if holder is None:
        raise InvalidInput("经办人不存在，或者已不在岗；请另选一个。")
    update(
        connection,
        row,
        "holder_duty = :duty, holder_center = :center, holder_department = :department,"
        " accepted_at = NULL",
        **{one: id if one == kind else None for one in _HOLDERS},
    )
    if kind != "duty":
        let_in(connection, row, id, now)
    return Done(facts={"holder": {"kind": kind, "id": str(id), "name": holder.name}})


def _holder(given: Any) -> tuple[str, UUID]:
    kind = given.get("kind") if isinstance(given, Mapping) else None
    if kind not in _HOLDERS:
        raise InvalidInput("派给谁应是 duty、center 或 department 之一。")
    try:
        return kind, UUID(str(given.get("id")))
    except ValueError as error:
        raise InvalidInput("派给谁缺少编号。") from error


_LET_IN = """
INSERT INTO incident_access (county, incident, body, since) VALUES (:county, :id, :body, :now)
ON CONFLICT (county, incident, body) DO UPDATE SET until = NULL
"""


def let_in(connection: Connection, row: Row[Any], body: UUID, now: Circumstances) -> None:
    """Lets a center or department see an incident that lies outside its area."""
    connection.execute(
        text(_LET_IN), {"county": row.county, "id": row.id, "body": body, "now": now.now}
    )


_WHISTLE = """
INSERT INTO errand (county, id, path, incident, kind, words, center, department, asked_by, asked_at,
                    due_at)
VALUES (:county, :id, :path, :incident, 'whistle', :words, :center, :department, :by, :now, :due)
"""


def whistle(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Calls one or several departments in; each one's arrival is measured against its limit."""
    known = {
        one.id: one.name for one in connection.execute(text("SELECT id, name FROM department"))
    }
    wanted = [UUID(str(one)) for one in given["departments"]]
    if unknown := [one for one in wanted if one not in known]:
        raise InvalidInput("没有这个部门：{id}", id=unknown[0])
    minutes = int(given.get("arrive_within_min") or 120)

    for department in wanted:
        connection.execute(
            text(_WHISTLE),
            {
                "county": row.county,
                "id": ids.uuid7(now.now),
                "path": row.path,
                "incident": row.id,
                "words": str(given.get("words") or ""),
                "center": row.holder_center,
                "department": department,
                "by": str(now.actor),
                "now": now.now,
                "due": now.now + timedelta(minutes=minutes),
            },
        )
        let_in(connection, row, department, now)
    return Done(facts={"departments": [known[one] for one in wanted], "within_min": minutes})


_LINE = """
INSERT INTO handover_line (county, id, path, to_path, incident, at, why, line)
SELECT :county, :line, :path, :to, :id, :now, :why, ST_MakeLine(a.label, b.label)
  FROM (SELECT 1) AS one
  LEFT JOIN grid_version AS a ON a.path = :path AND a.during @> CAST(:now AS timestamptz)
  LEFT JOIN grid_version AS b ON b.path = :to AND b.during @> CAST(:now AS timestamptz)
"""


def hand_over(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """ "Not my grid": the neighbor has it at once, by the same code that assigns every report."""
    spot = Spot(row.lon, row.lat, row.accuracy_m) if row.lon is not None else None
    place = InGrid(str(given["grid"]), spot)
    located = locate(
        connection, place, at=now.now, now=now.now, nearest_limit_m=now.nearest_limit_m
    )
    if located.path == row.path:
        raise Conflict("它本来就在这个网格；要交出去，请选相邻的网格。")
    update(
        connection,
        row,
        "path = :path, holder_duty = :holder_duty, holder_center = :holder_center,"
        " holder_department = NULL, accepted_at = NULL",
        path=located.path,
        **holder_of(located),
    )
    keep_reason(connection, located, county=row.county, incident=row.id, at=now.now)
    connection.execute(
        text(_LINE),
        {
            "county": row.county,
            "line": ids.uuid7(now.now),
            "path": row.path,
            "to": located.path,
            "id": row.id,
            "now": now.now,
            "why": str(given["words"]),
        },
    )
    to = located.worker.name if located.worker else None
    return Done(path=located.path, facts={"from": row.path, "to": located.path, "holder": to})


def merge(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Its reports move to the other incident, which counts for both from now on."""
    into = _other(connection, row, given["into"])
    connection.execute(
        text(
            "UPDATE report SET county = :into_county, incident = :into"
            " WHERE county = :county AND incident = :id"
        ),
        {"into_county": into.county, "into": into.id, "county": row.county, "id": row.id},
    )
    update(
        connection,
        row,
        "merged_into = :into, outcome = 'duplicate', resolved_at = :now",
        into=into.id,
        now=now.now,
    )
    return Done(facts={"into": str(into.id), "into_number": into.number, "outcome": "duplicate"})


_OTHER = """
SELECT county, id, number, state FROM incident
 WHERE id = :id AND id <> :own AND merged_into IS NULL FOR UPDATE
"""


def _other(connection: Connection, row: Row[Any], into: Any) -> Row[Any]:
    try:
        other = connection.execute(text(_OTHER), {"id": UUID(str(into)), "own": row.id}).first()
    except ValueError as error:
        raise InvalidInput("并入哪一件缺少编号。") from error
    if other is None:
        raise InvalidInput("要并入的那一件不存在，或者它自己已并入别处。")
    if other.state not in life.OPEN:
        raise Conflict("要并入的那一件已经办结；请先让它重新办理。")
    return other
