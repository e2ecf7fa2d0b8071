"""Somebody is away: a stand-in until the return. Somebody leaves: all is handed on in one act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from gridmap import access, area, ids
from gridmap.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gridmap.events import Event, IncidentInherited, StandInNamed, WorkerSucceeded
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record, record_all
from gridmap.operations.trail import note
from gridmap.queries import describe


@dataclass(frozen=True)
class Absence:
    """Who is away, who stands in, from when until the visible date of return, and why."""

    staff: UUID
    by_staff: UUID
    since: datetime
    until: datetime
    why: str


_STAND_IN = """
INSERT INTO stand_in (id, staff, by_staff, county, path, during, why)
VALUES (:id, :staff, :by_staff, :county, :path, tstzrange(:since, :until), :why)
"""


def name_stand_in(connection: Connection, new: Absence, given: Circumstances) -> UUID:
    """The stand-in holds the queue until the return; rights end with the date, by themselves.

    Raises NotFound for who has no duty, NotAllowed for who may not give all of these duties,
    Conflict where somebody stands in already.
    """
    if new.until <= max(new.since, given.now) or not new.why.strip():
        raise InvalidInput("代班要写明事由和归来的日期，日期要在将来。")
    if new.staff == new.by_staff:
        raise InvalidInput("代班的要是另一个人。")
    name, by_name = _name(connection, new.staff), _name(connection, new.by_staff)
    duties = _duties(connection, new.staff, given)
    path = _common([one.path for one in duties])
    id = ids.uuid7(given.now)
    values = {"id": id, "county": duties[0].county, "path": path}
    try:
        with connection.begin_nested():
            connection.execute(text(_STAND_IN), vars(new) | values)
    except IntegrityError as error:
        raise Conflict("这段时间已经有人代班；请先结束原来的。") from error
    facts = {"for": name, "by": by_name, "until": new.until.isoformat(), "why": new.why.strip()}
    happened = StandInNamed(duties[0].county, path, new.by_staff, facts)
    record(connection, happened, actor=given.actor, at=given.now)
    return id


def end_stand_in(connection: Connection, id: UUID, given: Circumstances) -> None:
    """Back earlier than expected; NotFound where nobody stands in, or not for the actor to say."""
    path = connection.scalar(
        text(
            "UPDATE stand_in SET during = tstzrange(lower(during), :now)"
            " WHERE id = :id AND lower(during) < :now"
            " AND (upper_inf(during) OR upper(during) > :now) RETURNING path"
        ),
        {"id": id, "now": given.now},
    )
    if path is None:
        raise NotFound("现在没有这个代班，或者你不能结束它。")
    note(connection, "stand_in_ended", kind="stand_in", id=id, path=path, given=given)


_OPEN = "i.state NOT IN ('resolved', 'filed')"
_INCIDENTS = f"""
SELECT i.county, i.id, i.path, i.number, i.state, i.due_at, i.holder_duty FROM incident AS i
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
    duties = _duties(connection, staff, given)
    held = {"duties": [one.id for one in duties], "paths": [one.path for one in duties]}
    households = {row.path: row.n for row in connection.execute(text(_HOUSEHOLDS), held)}
    names = describe.names_above(connection, held["paths"], given.now)
    incidents = connection.execute(text(_INCIDENTS), held).all()
    return {
        "staff": str(staff),
        "name": _name(connection, staff),
        "grids": [
            {
                "path": one.path,
                "name": describe.grid_name(one.path, names),
                "kind": one.kind,
                "households": households.get(one.path, 0),
            }
            for one in duties
        ],
        "incidents": [
            {
                "county": one.county,
                "id": str(one.id),
                "number": one.number,
                "state": one.state,
                "due_at": one.due_at.isoformat() if one.due_at else None,
            }
            for one in incidents
        ],
        "visit_plans": connection.scalar(text(_PLANS), held),
        "errands": connection.scalar(text(_ERRANDS), held),
    }


def hand_on(
    connection: Connection, staff: UUID, successor: UUID, given: Circumstances
) -> dict[str, int]:
    """Ends a worker's duties and gives them, with all that is open, to a successor; in one act.

    Households and planned visits lie in the grids and go with them. Raises NotFound for who has
    no duty, NotAllowed for who may not give all of these duties.
    """
    if staff == successor:
        raise InvalidInput("接手的要是另一个人。")
    name, to = _name(connection, staff), _name(connection, successor)
    duties = _duties(connection, staff, given, lock=True)
    moved = [
        event
        for duty in duties
        for event in _move(connection, duty, _succeed(connection, duty, successor, given), to)
    ]
    _end_stand_ins(connection, staff, given)
    path = _common([one.path for one in duties])
    facts = {"from": name, "to": to, "grids": len(duties), "incidents": len(moved)}
    succeeded = WorkerSucceeded(duties[0].county, path, successor, facts)
    record_all(connection, [succeeded, *moved], actor=given.actor, at=given.now)
    return {"grids": len(duties), "incidents": len(moved)}


_DUTIES = """
SELECT id, staff, county, path, grid, kind FROM duty
 WHERE staff = :staff AND during @> CAST(:now AS timestamptz) ORDER BY path, id
"""


def _duties(
    connection: Connection, staff: UUID, given: Circumstances, *, lock: bool = False
) -> list[Row[Any]]:
    """The worker's duties of this moment; NotAllowed unless the actor may give all of them."""
    asked = {"staff": staff, "now": given.now}
    found = connection.execute(text(_DUTIES), asked).all()
    if not found:
        raise NotFound("这个人现在没有网格。")
    if not all(access.may(connection, "duty", "w", one.path) for one in found):
        raise NotAllowed("这个人的网格不全归你管；请找上一级中心。")
    # what somebody else has handed on meanwhile is gone
    locked = connection.execute(text(f"{_DUTIES} FOR UPDATE"), asked).all() if lock else found
    if len(locked) < len(found):
        raise Conflict("这个人的网格刚刚有变动；请再看一遍。")
    return list(locked)


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
 WHERE i.holder_duty = ANY(:old) AND {_OPEN} RETURNING i.county, i.id, i.path, i.state
"""


def _move(connection: Connection, duty: Row[Any], new: list[UUID], to: str) -> list[Event]:
    rows = connection.execute(text(_MOVE), {"new": new[0], "old": [duty.id, *new[1:]]})
    facts = {"holder": {"kind": "duty", "id": str(new[0]), "name": to}}
    return [
        IncidentInherited(row.county, row.path, row.id, row.state, row.state, facts=facts)
        for row in rows
    ]


def _end_stand_ins(connection: Connection, staff: UUID, given: Circumstances) -> None:
    asked = {"staff": staff, "now": given.now}
    connection.execute(
        text("DELETE FROM stand_in WHERE staff = :staff AND lower(during) >= :now"), asked
    )
    connection.execute(
        text(
            "UPDATE stand_in SET during = tstzrange(lower(during), :now)"
            " WHERE staff = :staff AND during @> CAST(:now AS timestamptz)"
        ),
        asked,
    )


def _name(connection: Connection, staff: UUID) -> str:
    name = connection.scalar(text("SELECT name FROM staff WHERE id = :id"), {"id": staff})
    if name is None:
        raise NotFound("没有这名网格员。")
    return str(name)


def _common(paths: list[str]) -> str:
    """The smallest area that holds all of the paths."""
    above = [*area.parents(paths[0]), paths[0]]
    shared = [one for one in above if all(area.within(path, one) for path in paths)]
    return shared[-1] if shared else area.EVERYTHING
