"""The queues of a desk: what is mine, the center's, to be sorted, overdue, whistled for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import Viewer, range_sql, readable
from gridmap.errors import InvalidInput
from gridmap.queries import case, describe, holders, policies
from gridmap.rules import working_time
from gridmap.rules.working_time import Calendar, Limit

PAGE_ROWS = 50
_CALLED_IN = "i.id = ANY ((SELECT guard.called_in())::uuid[])"
_OPEN = "i.state IN ('taken_in', 'verified', 'dispatched', 'under_way')"
_MINE = (
    "(i.holder_duty IN (SELECT duty FROM guard.held_duties(CAST(:account AS uuid)))"
    " OR i.holder_center = ANY ((SELECT guard.bodies())::uuid[])"
    " OR i.holder_department = ANY ((SELECT guard.bodies())::uuid[]))"
)
QUEUES: dict[str, str] = {
    "mine": f"{_OPEN} AND {_MINE}",
    "center": _OPEN,
    "triage": (
        f"{_OPEN} AND i.state = 'taken_in' AND (i.holder_duty IS NULL OR NOT COALESCE("
        "(SELECT a.certain FROM assignment AS a WHERE a.county = i.county AND a.incident = i.id"
        " ORDER BY a.n DESC LIMIT 1), true))"
    ),
    "overdue": f"{_OPEN} AND i.due_at < :now",
    "whistled": (
        f"{_OPEN} AND EXISTS (SELECT FROM errand AS e WHERE e.county = i.county"
        " AND e.incident = i.id AND e.kind = 'whistle' AND e.answered_at IS NULL)"
    ),
    "done": "i.state IN ('resolved', 'filed') AND i.resolved_at > :recently",
}
"""Each queue as a condition on an incident; what was merged is in none."""
RECENTLY = timedelta(days=30)
SORTS = {
    "due": "i.due_at NULLS LAST, i.received_at",
    "received": "i.received_at DESC",
    "severity": "i.severity DESC, i.due_at NULLS LAST",
    "place": "i.path, i.due_at NULLS LAST",
}


@dataclass(frozen=True)
class Asked:
    """Which part of which queue is wanted."""

    queue: str
    within: str = area.EVERYTHING
    kind: str = ""
    sort: str = "due"
    page: int = 1


def queue(
    connection: Connection, asked: Asked, viewer: Viewer, *, now: datetime, zone: str
) -> dict[str, Any]:
    """A page of a queue, most pressing first, with how long each queue is.

    Raises InvalidInput for an unknown queue or order.
    """
    if asked.queue not in QUEUES or asked.sort not in SORTS:
        raise InvalidInput("没有这个队列或次序：{queue}", queue=f"{asked.queue}/{asked.sort}")
    parameters = _parameters(viewer, now)
    where = _where(connection, asked)
    rows = connection.execute(
        text(
            f"{_SELECT} WHERE {where} AND {QUEUES[asked.queue]}"
            f" ORDER BY {SORTS[asked.sort]}, i.id LIMIT :rows OFFSET :skip"
        ),
        parameters | {"kind": asked.kind, "rows": PAGE_ROWS, "skip": (asked.page - 1) * PAGE_ROWS},
    ).all()
    counts = _counts(connection, where, parameters | {"kind": asked.kind})
    names = describe.names_above(connection, {row.path for row in rows}, now)
    calendar = policies.calendar(connection, zone, at=now)
    return {
        "queue": asked.queue,
        "counts": counts,
        "page": asked.page,
        "pages": max(1, -(-counts[asked.queue] // PAGE_ROWS)),
        "rows": [_row(row, names, calendar, now) for row in rows],
    }


_SELECT = f"""
SELECT i.county, i.id, i.path, i.number, i.title, i.severity, i.state, i.clock, i.clock_at,
       i.due_at,
       i.limit_min, i.used_min, i.received_at, c.kind, c.zh, c.en, r.around_the_clock,
       ST_X(i.point) AS lon, ST_Y(i.point) AS lat,
       s.name AS worker, n.name AS center, d.name AS department,
       (SELECT max(w.color) FROM warning AS w
         WHERE w.subject_id = i.id AND w.closed_at IS NULL) AS color,
       (SELECT words FROM report AS p WHERE p.county = i.county AND p.incident = i.id
         ORDER BY p.received_at LIMIT 1) AS words
  FROM incident AS i JOIN category AS c ON c.number = i.category
{case.HOLDER}
{policies.RULE_IN_FORCE}
"""


def _where(connection: Connection, asked: Asked) -> str:
    inside = range_sql(area.bounds(asked.within), "i.path")
    mine = f"({readable(connection, 'incident', 'i.path')} OR {_CALLED_IN})"
    kind = " AND i.category IN (SELECT number FROM category WHERE kind = :kind)"
    return f"{mine} AND {inside} AND i.merged_into IS NULL{kind if asked.kind else ''}"


def _parameters(viewer: Viewer, now: datetime) -> dict[str, Any]:
    account = viewer.name if viewer.kind == "account" else None
    return {"account": account, "now": now, "recently": now - RECENTLY}


def _counts(connection: Connection, where: str, parameters: Mapping[str, Any]) -> dict[str, int]:
    sums = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in QUEUES.values())
    row = connection.execute(
        text(f"SELECT {sums} FROM incident AS i WHERE {where} AND ({_OPEN} OR {QUEUES['done']})"),
        dict(parameters),
    ).one()
    return dict(zip(QUEUES, row, strict=True))


def _row(row: Row[Any], names: dict[str, str], calendar: Calendar, now: datetime) -> dict[str, Any]:
    return {
        "county": row.county,
        "id": str(row.id),
        "path": row.path,
        "number": row.number,
        "title": row.title or first_words(row.words),
        "category": {"zh": row.zh, "en": row.en},
        "kind": row.kind,
        "severity": row.severity,
        "state": row.state,
        "color": row.color,
        "place": place_name(row.path, names),
        "holder": row.worker or row.center or row.department,
        "received_at": row.received_at.isoformat(),
        "lon": row.lon,
        "lat": row.lat,
        "clock": clock_face(row, calendar, now, around_the_clock=row.around_the_clock),
    }


TITLE_LENGTH = 22


def first_words(words: str | None) -> str:
    """The first sentence of a report, as a title; empty where nothing was written."""
    first = (words or "").replace("\n", "。").split("。")[0].strip()
    return first if len(first) <= TITLE_LENGTH else f"{first[: TITLE_LENGTH - 1]}…"


def place_name(path: str, names: dict[str, str]) -> str:
    """How people call the place of a path."""
    if path in names:
        return names[path]
    return describe.grid_name(path, names) if path else ""


def clock_face(
    row: Row[Any], calendar: Calendar, now: datetime, *, around_the_clock: bool | None
) -> dict[str, Any]:
    """Minutes left of the limit (negative: over), in the limit's own kind of time."""
    if row.limit_min is None:
        return {"state": "none", "left_min": None, "used_min": None, "limit_min": None}
    limit = Limit(row.limit_min, bool(around_the_clock))
    used = row.used_min
    if row.clock == "running" and row.clock_at is not None:
        used += working_time.used_min([(row.clock_at, now)], limit, calendar)
    return {
        "state": row.clock,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "limit_min": limit.minutes,
        "used_min": used,
        "left_min": limit.minutes - used,
        "around_the_clock": limit.around_the_clock,
    }


def areas_of(connection: Connection, viewer: Viewer, *, now: datetime) -> list[dict[str, Any]]:
    """The areas in which the viewer sees incidents, by name, for the page's breadcrumb."""
    rows = connection.execute(
        text("SELECT DISTINCT path FROM guard.roles(:who)"), {"who": str(viewer)}
    )
    paths = [row.path for row in rows]
    names = holders.names(connection, paths, now)
    return [{"path": path, "name": names.get(path, "")} for path in sorted(paths)]
