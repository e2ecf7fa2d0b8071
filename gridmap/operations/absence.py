"""Somebody is away: a stand-in holds the queue until the visible date of return."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from gridmap import access, area, ids
from gridmap.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gridmap.events import StandInNamed
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record
from gridmap.operations.trail import note


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
    name, by_name = name_of(connection, new.staff), name_of(connection, new.by_staff)
    held = duties_of(connection, new.staff, given)
    path = common([one.path for one in held])
    id = ids.uuid7(given.now)
    values = {"id": id, "county": held[0].county, "path": path}
    try:
        with connection.begin_nested():
            connection.execute(text(_STAND_IN), vars(new) | values)
    except IntegrityError as error:
        raise Conflict("这段时间已经有人代班；请先结束原来的。") from error
    facts = {"for": name, "by": by_name, "until": new.until.isoformat(), "why": new.why.strip()}
    happened = StandInNamed(held[0].county, path, new.by_staff, facts)
    record(connection, happened, actor=given.actor, at=given.now)
    return id


_CANCEL = "DELETE FROM stand_in WHERE id = :id AND lower(during) >= :now RETURNING path"
_END = """
UPDATE stand_in SET during = tstzrange(lower(during), :now)
 WHERE id = :id AND lower(during) < :now AND (upper_inf(during) OR upper(during) > :now)
RETURNING path
"""


def end_stand_in(connection: Connection, id: UUID, given: Circumstances) -> None:
    """Back earlier than expected, or not going at all: what has not begun is taken back.

    NotFound where nobody stands in, or not for the actor to say.
    """
    asked = {"id": id, "now": given.now}
    for sql, what in ((_END, "stand_in_ended"), (_CANCEL, "stand_in_cancelled")):
        path = connection.scalar(text(sql), asked)
        if path is not None:
            return note(connection, what, kind="stand_in", id=id, path=path, given=given)
    raise NotFound("现在没有这个代班，或者你不能结束它。")


_DUTIES = """
SELECT id, staff, county, path, grid, kind FROM duty
 WHERE staff = :staff AND during @> CAST(:now AS timestamptz) ORDER BY path, id
"""


def duties_of(
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


def name_of(connection: Connection, staff: UUID) -> str:
    """What a worker is called; NotFound for nobody."""
    name = connection.scalar(text("SELECT name FROM staff WHERE id = :id"), {"id": staff})
    if name is None:
        raise NotFound("没有这名网格员。")
    return str(name)


def common(paths: list[str]) -> str:
    """The smallest area that holds all of the paths."""
    above = [*area.parents(paths[0]), paths[0]]
    shared = [one for one in above if all(area.within(path, one) for path in paths)]
    return shared[-1] if shared else area.EVERYTHING
