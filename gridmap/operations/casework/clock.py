"""The clock of an incident: always what its own events say, whatever the columns hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.operations.circumstances import Circumstances
from gridmap.queries import case, policies
from gridmap.rules import working_time
from gridmap.rules.working_time import Limit, Mark

MARKS = {
    "IncidentReported": "start",
    "ClockPaused": "pause",
    "ClockResumed": "resume",
    "IncidentResolved": "stop",
    "IncidentMerged": "stop",
    "IncidentReopened": "start",
}
"""Which events move the clock, and how."""
_STATE_AFTER = {"start": "running", "resume": "running", "pause": "paused", "stop": "stopped"}

_EVENTS = """
SELECT at, kind FROM event WHERE subject_id = :id AND kind = ANY(:kinds) ORDER BY at, xid, id
"""


@dataclass(frozen=True)
class Reading:
    """What an incident's clock shows: running, paused or stopped; minutes used; when it is due."""

    state: str
    used_min: int
    limit: Limit
    due_at: datetime | None
    provisional: bool


def marks(connection: Connection, row: Row[Any]) -> list[Mark]:
    """The changes of an incident's clock; one that came by import has no event to start it."""
    told = connection.execute(text(_EVENTS), {"id": row.id, "kinds": list(MARKS)})
    found = [Mark(at, MARKS[kind]) for at, kind in told]
    if not found or found[0].kind != "start":
        found.insert(0, Mark(row.clock_from or row.received_at, "start"))
    if row.resolved_at and found[-1].kind != "stop" and row.state in ("resolved", "filed"):
        found.append(Mark(row.resolved_at, "stop"))
    return found


def read(
    connection: Connection, row: Row[Any], given: Circumstances, *, category: int | None = None
) -> Reading:
    """The clock as the events make it at this moment, by the limit of the incident's category."""
    limit = policies.rule_of(connection, category or row.category, at=row.received_at).limit
    calendar = policies.calendar(connection, given.zone, at=given.now)
    return reading(marks(connection, row), limit, calendar, given.now)


def reading(
    told: Sequence[Mark], limit: Limit, calendar: working_time.Calendar, now: datetime
) -> Reading:
    """The clock of a sequence of marks at a moment; pure."""
    spans = working_time.running_spans(told, now)
    used = working_time.used_min(spans, limit, calendar)
    state = _STATE_AFTER[told[-1].kind]
    if state != "running":
        return Reading(state, used, limit, None, False)
    over_since = working_time.reached(spans, limit, calendar)
    due_at = over_since or working_time.due(now, used, limit, calendar)
    provisional = working_time.is_provisional(now, due_at, limit, calendar)
    return Reading(state, used, limit, due_at, provisional)


def start_clock(connection: Connection, county: int, id: UUID, given: Circumstances) -> None:
    """Starts the clock of an incident that was just taken in."""
    shown = read(connection, case.found(connection, county, id), given)
    settle(connection, county, id, shown, now=given.now)


_WITHOUT_CLOCK = """
SELECT county, id, category, received_at FROM incident
 WHERE limit_min IS NULL AND state IN ('taken_in', 'verified', 'dispatched', 'under_way')
"""
_KEEP = """
UPDATE incident AS i
   SET clock = u.clock, clock_from = u.began, clock_at = :now, limit_min = u.limit_min,
       used_min = u.used, due_at = u.due
  FROM unnest(CAST(:county AS integer[]), CAST(:id AS uuid[]), CAST(:clock AS text[]),
              CAST(:began AS timestamptz[]), CAST(:limit AS integer[]), CAST(:used AS integer[]),
              CAST(:due AS timestamptz[])) AS u (county, id, clock, began, limit_min, used, due)
 WHERE i.county = u.county AND i.id = u.id
"""


def keep(
    connection: Connection,
    rows: Sequence[Row[Any]],
    shown: Sequence[Reading],
    given: Circumstances,
    *,
    since: datetime | None = None,
) -> None:
    """Keeps what many clocks show; ``since``: when they began, where that is not when received."""
    connection.execute(
        text(_KEEP),
        {
            "now": given.now,
            "county": [row.county for row in rows],
            "id": [str(row.id) for row in rows],
            "clock": [one.state for one in shown],
            "began": [since] * len(rows),
            "limit": [one.limit.minutes for one in shown],
            "used": [one.used_min for one in shown],
            "due": [one.due_at for one in shown],
        },
    )


def start_open_clocks(
    connection: Connection, given: Circumstances, *, since: datetime | None
) -> int:
    """Starts the clocks of open incidents that have none: they came in bulk. Returns how many.

    ``since`` is when they begin; None means when each was received.
    """
    rows = connection.execute(text(_WITHOUT_CLOCK)).all()
    calendar = policies.calendar(connection, given.zone, at=given.now)
    limits = {
        category: policies.rule_of(connection, category, at=given.now).limit
        for category in {row.category for row in rows}
    }
    shown = [
        reading(
            [Mark(since or row.received_at, "start")], limits[row.category], calendar, given.now
        )
        for row in rows
    ]
    keep(connection, rows, shown, given, since=since)
    return len(rows)


_SET = """
UPDATE incident
   SET clock = :clock, clock_at = :now, used_min = :used, limit_min = :limit, due_at = :due
 WHERE county = :county AND id = :id
"""


def settle(connection: Connection, county: int, id: UUID, shown: Reading, *, now: datetime) -> None:
    """Keeps what the clock shows with the incident, for lists and for what falls due."""
    connection.execute(
        text(_SET),
        {
            "county": county,
            "id": id,
            "clock": shown.state,
            "used": shown.used_min,
            "limit": shown.limit.minutes,
            "due": shown.due_at,
            "now": now,
        },
    )
