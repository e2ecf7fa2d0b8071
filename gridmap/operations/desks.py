"""Desks of departments at centers – resident, rotating, on call – and who sits at them when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import access, ids
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.trail import note

KINDS = {
    "resident": ("派驻", "Resident"),
    "rotating": ("轮驻", "Rotating"),
    "on_call": ("随叫随驻", "On call"),
}
LONGEST_NAME = 40


@dataclass(frozen=True)
class NewDesk:
    """A department's desk at a center; its phone is the office's."""

    department: UUID
    center: UUID
    kind: str
    phone: str = ""


@dataclass(frozen=True)
class NewShift:
    """Who sits at a desk, from when to when, and how to reach them there."""

    desk: UUID
    name: str
    since: datetime
    until: datetime
    phone: str = ""


_PUT_DESK = """
INSERT INTO desk (id, county, path, department, center, kind, phone)
SELECT :id, c.county, c.path, :department, c.id, :kind, NULLIF(:phone, '') FROM center AS c
 WHERE c.id = :center
ON CONFLICT (department, center) DO UPDATE SET kind = EXCLUDED.kind, phone = EXCLUDED.phone
RETURNING id
"""


def put_desk(connection: Connection, new: NewDesk, given: Circumstances) -> UUID:
    """Sets a desk up, or changes the one that the department has there; returns its id.

    Raises NotFound for an unknown center or a department that does not serve there, NotAllowed
    outside the actor's area.
    """
    if new.kind not in KINDS:
        raise InvalidInput("值守方式应是 resident、rotating 或 on_call。")
    path = _path_of(connection, "SELECT path FROM center WHERE id = :id", new.center)
    serving = connection.scalars(
        text("SELECT id FROM guard.departments_for(:path)"), {"path": path}
    )
    if new.department not in serving.all():
        raise NotFound("没有这个部门，或者它不管这里。")
    id: UUID = connection.execute(
        text(_PUT_DESK), vars(new) | {"id": ids.uuid7(given.now)}
    ).scalar_one()
    told = {"department": new.department, "kind": new.kind}
    note(connection, "desk_set", kind="desk", id=id, path=path, given=given, data=told)
    return id


def remove_desk(connection: Connection, id: UUID, given: Circumstances) -> None:
    """Takes a desk away with its rota; NotFound where there is none."""
    path = _path_of(connection, "SELECT path FROM desk WHERE id = :id", id)
    connection.execute(text("DELETE FROM desk WHERE id = :id"), {"id": id})
    note(connection, "desk_removed", kind="desk", id=id, path=path, given=given)


_PUT_SHIFT = """
INSERT INTO shift (id, desk, county, path, name, phone, during)
SELECT :id, d.id, d.county, d.path, :name, NULLIF(:phone, ''), tstzrange(:since, :until)
  FROM desk AS d WHERE d.id = :desk
"""


def put_shift(connection: Connection, new: NewShift, given: Circumstances) -> UUID:
    """Puts somebody into a desk's rota; several may sit there at once. Returns the shift's id."""
    if not 0 < len(new.name.strip()) <= LONGEST_NAME or new.until <= new.since:
        raise InvalidInput("值班要写明姓名，结束要晚于开始。")
    path = _path_of(connection, "SELECT path FROM desk WHERE id = :id", new.desk)
    id = ids.uuid7(given.now)
    connection.execute(text(_PUT_SHIFT), vars(new) | {"id": id, "name": new.name.strip()})
    told: dict[str, Any] = {"since": new.since, "until": new.until}
    note(connection, "shift_set", kind="shift", id=id, path=path, given=given, data=told)
    return id


def remove_shift(connection: Connection, id: UUID, given: Circumstances) -> None:
    """Takes a shift out of the rota; NotFound where there is none."""
    path = _path_of(connection, "SELECT path FROM shift WHERE id = :id", id)
    connection.execute(text("DELETE FROM shift WHERE id = :id"), {"id": id})
    note(connection, "shift_removed", kind="shift", id=id, path=path, given=given)


def _path_of(connection: Connection, sql: str, id: UUID) -> str:
    """Where it lies, if the actor keeps the desks there."""
    path = connection.scalar(text(sql), {"id": id})
    if path is None:
        raise NotFound("没有这个坐席、班次或中心，或者你不能查看。")
    if not access.may(connection, "desk", "w", path):
        raise NotAllowed("这里的坐席由这里的综治中心安排。")
    return str(path)
