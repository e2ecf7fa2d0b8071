"""What decides about the next steps of an incident: its state, and who asks."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import Viewer
from gridmap.errors import NotFound
from gridmap.queries import holders
from gridmap.rules import life
from gridmap.rules.life import Case

COORDINATING = ("administrator", "center_officer")

HOLDER = """
  LEFT JOIN duty AS y ON y.id = i.holder_duty LEFT JOIN staff AS s ON s.id = y.staff
  LEFT JOIN center AS n ON n.id = i.holder_center
  LEFT JOIN department AS d ON d.id = i.holder_department
"""
"""Joins to an incident ``i`` whoever holds it: staff ``s``, center ``n``, department ``d``."""

_COLUMNS = """
SELECT i.county, i.id, i.path, i.number, i.category, i.severity, i.state, i.clock,
       i.clock_from, i.clock_at,
       i.outcome, i.rating, i.accepted_at, i.received_at, i.occurred_at, i.resolved_at, i.due_at,
       i.limit_min, i.used_min, i.merged_into, i.climbed_depth, i.told_share, i.title, i.fields,
       i.holder_duty, i.holder_center, i.holder_department, i.household,
       ST_X(i.point) AS lon, ST_Y(i.point) AS lat, i.accuracy_m,
       (SELECT kind FROM category WHERE number = i.category) AS kind
  FROM incident AS i WHERE i.county = :county AND i.id = :id
"""


def found(connection: Connection, county: int, id: UUID, *, lock: bool = False) -> Row[Any]:
    """The incident's row, if the viewer may see it; with ``lock`` nobody else changes it now.

    Raises NotFound otherwise.
    """
    sql = _COLUMNS + (" FOR UPDATE OF i" if lock else "")
    row = connection.execute(text(sql), {"county": county, "id": id}).first()
    if row is None:
        raise NotFound("没有这个事件，或者你不能查看它。")
    return row


_RATED = "SELECT rating IS NOT NULL FROM report WHERE id = CAST(:id AS uuid)"


def seen_by(connection: Connection, row: Row[Any], viewer: Viewer) -> Case:
    """What decides about the next steps of a viewer: each reporter rates for themselves."""
    seen = as_case(row)
    if viewer.kind == "follow":
        return replace(seen, rated=bool(connection.scalar(text(_RATED), {"id": viewer.name})))
    return seen


def as_case(row: Row[Any]) -> Case:
    """What of the row decides about its steps."""
    return Case(
        state=row.state,
        clock=row.clock,
        outcome=row.outcome,
        rated=row.rating is not None,
        accepted=row.accepted_at is not None,
        resolved_at=row.resolved_at,
        merged=row.merged_into is not None,
        held_by_duty=row.holder_duty is not None,
    )


@dataclass(frozen=True)
class Role:
    """A role of a viewer over an area, and the body for which it acts."""

    role: str
    path: str
    body: UUID | None


def roles(connection: Connection, viewer: Viewer) -> list[Role]:
    """The roles that the viewer holds now, a worker's duties among them."""
    rows = connection.execute(
        text("SELECT role, path, body FROM guard.roles(:who)"), {"who": str(viewer)}
    )
    return [Role(*row) for row in rows]


def relations(connection: Connection, row: Row[Any], viewer: Viewer) -> set[str]:
    """How the viewer stands to an incident: holder, center, above, reporter."""
    if viewer.kind == "follow":
        return {life.REPORTER}
    held = roles(connection, viewer)
    covering = [one for one in held if area.within(row.path, one.path)]
    found_ones = {life.HOLDER} if _holds(connection, row, held, viewer) else set()
    if any(one.role in COORDINATING for one in covering):
        found_ones.add(life.CENTER)
    answering = area.at_level(row.path, holders.answering_depth(holders.levels(connection)))
    if any(_is_above(one, answering) for one in covering):
        found_ones.add(life.ABOVE)
    return found_ones


def _is_above(one: Role, answering: str | None) -> bool:
    """Commanders press everywhere in their area; centers press on those below them."""
    if one.role == "commander":
        return True
    return one.role in COORDINATING and (answering is None or len(one.path) < len(answering))


_MY_DUTIES = "SELECT duty FROM guard.held_duties(CAST(:account AS uuid))"


def _holds(connection: Connection, row: Row[Any], held: list[Role], viewer: Viewer) -> bool:
    bodies = {one.body for one in held if one.body}
    if bodies & {row.holder_center, row.holder_department}:
        return True
    if row.holder_duty is None or viewer.kind != "account":
        return False
    return row.holder_duty in connection.scalars(text(_MY_DUTIES), {"account": viewer.name})
