"""Somebody leaves: all that the worker holds is listed first, and handed on in one act."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import area, ids
from gridmap.database import Database
from gridmap.errors import InvalidInput
from gridmap.events import Event, IncidentInherited, WorkerSucceeded
from gridmap.operations.absence import common, duties_of, name_of
from gridmap.operations.casework.left import pass_to_centers
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record_all
from gridmap.operations.trail import note
from gridmap.queries import describe, holders

_OPEN = "i.state NOT IN ('resolved', 'filed')"
_INCIDENTS = f"""
SELECT i.county, i.id, i.path, i.number, i.state, i.due_at, c.zh, c.en
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE i.holder_duty = ANY(:duties) AND {_OPEN} ORDER BY i.due_at NULLS LAST, i.id
"""
_HOUSEHOLDS = "SELECT path, count(*) AS n FROM household WHERE path = ANY(:paths) GROUP BY path"
_PLANS = """
SELECT count(*) FROM visit_plan WHERE path = ANY(:paths) AND next_on IS NOT NULL
"""
_ERRANDS = f"""
SELECT count(*) FROM errand AS e JOIN incident AS i ON i.county = e.county AND i.id = e.incident
 WHERE i.holder_duty = ANY(:duties) AND {_OPEN} AND e.answered_at IS NULL
"""


def holdings(connection: Connection, staff: UUID, given: Circumstances) -> dict[str, Any]:
    """What a worker holds: grids with their households, incidents, plans, errands.

    Raises NotFound or NotAllowed as ``hand_on`` does.
    """
    found = duties_of(connection, staff, given)
    held = {"duties": [one.id for one in found], "paths": [one.path for one in found]}
    households = {row.path: row.n for row in connection.execute(text(_HOUSEHOLDS), held)}
    incidents = connection.execute(text(_INCIDENTS), held).all()
    places = [*held["paths"], *(one.path for one in incidents)]
    names = describe.names_above(connection, places, given.now)
    return {
        "staff": str(staff),
        "name": name_of(connection, staff),
        "grids": [
            {
                "path": one.path,
                "name": describe.grid_name(one.path, names),
                "kind": one.kind,
                "households": households.get(one.path, 0),
            }
            for one in found
        ],
        "incidents": [
            {
                "county": one.county,
                "id": str(one.id),
                "number": one.number,
                "category": {"zh": one.zh, "en": one.en},
                "place": describe.grid_name(one.path, names),
                "state": one.state,
                "due_at": one.due_at.isoformat() if one.due_at else None,
            }
            for one in incidents
        ],
        "visit_plans": connection.scalar(text(_PLANS), held),
        "errands": connection.scalar(text(_ERRANDS), held),
    }


def hand_on(
    database: Database, staff: UUID, successor: UUID, given: Circumstances, *, source: str = ""
) -> dict[str, Any]:
    """Ends a worker's duties and gives them, with all that is open, to a successor; in one act.

    Households and planned visits lie in the grids and go with them. What the worker held in
    another center's area goes to that center. The account is closed, unless it has roles beside
    the duties. Raises NotFound for who has no duty, NotAllowed for who may not give all of these
    duties.
    """
    if staff == successor:
        raise InvalidInput("接手的要是另一个人。")
    with database.transaction(given.actor) as connection:
        ended = [one.id for one in duties_of(connection, staff, given, lock=True)]
        done = _hand_on(connection, staff, successor, given, source)
    # what lies beyond the actor's area is not the actor's to move; a job passes on what stays here
    return done | {"elsewhere": pass_to_centers(database, given, ended)}


def _hand_on(
    connection: Connection, staff: UUID, successor: UUID, given: Circumstances, source: str
) -> dict[str, Any]:
    name, to = name_of(connection, staff), name_of(connection, successor)
    held = duties_of(connection, staff, given)
    account = _close_account(connection, staff, given, source)
    depth = holders.answering_depth(holders.levels(connection))
    moved = [
        event
        for duty in held
        for event in _move(
            connection, duty, _succeed(connection, duty, successor, given), to, depth
        )
    ]
    _end_stand_ins(connection, staff, given)
    path = common([one.path for one in held])
    facts = {"from": name, "to": to, "grids": len(held), "incidents": len(moved)}
    succeeded = WorkerSucceeded(held[0].county, path, successor, facts)
    record_all(connection, [succeeded, *moved], actor=given.actor, at=given.now)
    return {"grids": len(held), "incidents": len(moved), "account": account}


_CLOSE = "SELECT * FROM guard.close_leaver(:staff, :now)"


def _close_account(connection: Connection, staff: UUID, given: Circumstances, source: str) -> str:
    """What became of the leaver's account: closed, kept for its other roles, or none."""
    rows = connection.execute(text(_CLOSE), {"staff": staff, "now": given.now}).all()
    for row in rows:
        if row.closed:
            note(
                connection,
                "account_closed",
                kind="account",
                id=row.id,
                path=row.path,
                source=source,
                given=given,
            )
    if not rows:
        return "none"
    return "closed" if all(row.closed for row in rows) else "kept"


_END = """
UPDATE duty SET during = tstzrange(lower(during), :now)
 WHERE grid = :grid AND staff = ANY(:both) AND during @> CAST(:now AS timestamptz)
"""
_BEGIN = """
INSERT INTO duty (id, staff, grid, county, path, kind, during)
VALUES (:id, :staff, :grid, :county, :path, :kind, tstzrange(:now, NULL))
"""


def _succeed(
    connection: Connection, duty: Row[Any], successor: UUID, given: Circumstances
) -> list[UUID]:
    """Ends the duty, and one that the successor had in the grid; returns the new one first.

    What the successor held by the old one is held by the new one, too.
    """
    new = ids.uuid7(given.now)
    grid = {"grid": duty.grid, "now": given.now}
    own = connection.scalars(
        text(
            "SELECT id FROM duty WHERE grid = :grid AND staff = :staff"
            " AND during @> CAST(:now AS timestamptz)"
        ),
        grid | {"staff": successor},
    ).all()
    connection.execute(text(_END), grid | {"both": [duty.staff, successor]})
    connection.execute(
        text(_BEGIN),
        grid
        | {
            "id": new,
            "staff": successor,
            "county": duty.county,
            "path": duty.path,
            "kind": duty.kind,
        },
    )
    return [new, *own]


_MOVE = f"""
UPDATE incident AS i SET holder_duty = :new, accepted_at = NULL
 WHERE i.holder_duty = ANY(:old) AND {_OPEN} AND guard.within(i.path, :home)
RETURNING i.county, i.id, i.path, i.state
"""


def _move(
    connection: Connection, duty: Row[Any], new: list[UUID], to: str, depth: int
) -> list[Event]:
    """Gives what is open in the area of the duty's center to the new duty."""
    home = area.at_level(duty.path, depth) or duty.path
    asked = {"new": new[0], "old": [duty.id, *new[1:]], "home": home}
    rows = connection.execute(text(_MOVE), asked)
    facts = {"holder": {"kind": "duty", "id": str(new[0]), "name": to}}
    return [
        IncidentInherited(row.county, row.path, row.id, row.state, row.state, facts=facts)
        for row in rows
    ]


def _end_stand_ins(connection: Connection, staff: UUID, given: Circumstances) -> None:
    """Nobody stands in for who has left, and who has left stands in for nobody."""
    asked = {"staff": staff, "now": given.now}
    connection.execute(
        text("DELETE FROM stand_in WHERE :staff IN (staff, by_staff) AND lower(during) >= :now"),
        asked,
    )
    connection.execute(
        text(
            "UPDATE stand_in SET during = tstzrange(lower(during), :now)"
            " WHERE :staff IN (staff, by_staff) AND during @> CAST(:now AS timestamptz)"
        ),
        asked,
    )
