"""Time limits: telling when a share of one is used up, and letting what is overdue climb.

The database finds what is concerned: for each limit the calendar says once which due moments
lie near enough, and everything that falls due by then is told of. A paused clock has no due
moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.events import Event, IncidentEscalated, LimitNeared
from gridmap.operations.casework import clock
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record_all
from gridmap.queries import holders, policies
from gridmap.rules import working_time
from gridmap.rules.working_time import Calendar, Limit

CLOCK = Viewer("job", "clock")
TOP_DEPTH = 1
MOST_CLIMBS = 12


@dataclass(frozen=True)
class Told:
    """How many incidents came near their limit, and how many steps up the levels were made."""

    neared: int
    climbs: int


def watch(database: Database, given: Circumstances) -> Told:
    """Tells what is due to be told at this moment, each thing once.

    What somebody is just working on is left for the next minute.
    """
    with database.transaction(CLOCK) as connection:
        calendar = policies.calendar(connection, given.zone, at=given.now)
        neared = _near(connection, calendar, given)
        climbs = _climb(connection, calendar, given)
        record_all(connection, [*neared, *climbs], actor=given.actor, at=given.now)
    return Told(len(neared), len(climbs))


_RUNNING = "i.state NOT IN ('resolved', 'filed') AND i.clock = 'running'"
_RULE = """
CROSS JOIN LATERAL (
    SELECT around_the_clock AS always FROM category_rule
     WHERE category = i.category AND since <= i.received_at ORDER BY version DESC LIMIT 1) AS r
"""
_NEARED = f"""
WITH nearness AS (
    SELECT * FROM unnest(CAST(:minutes AS integer[]), CAST(:always AS boolean[]),
                         CAST(:share AS integer[]), CAST(:until AS timestamptz[]))
        AS n (minutes, always, share, until))
SELECT i.county, i.id, i.path, i.state, i.limit_min, i.due_at, passed.share
  FROM incident AS i {_RULE}
 CROSS JOIN LATERAL (
    SELECT max(n.share) AS share FROM nearness AS n
     WHERE n.minutes = i.limit_min AND n.always = r.always AND i.due_at <= n.until) AS passed
 WHERE {_RUNNING} AND i.due_at <= :latest AND passed.share > i.told_share
   FOR UPDATE OF i SKIP LOCKED
"""
_SET_SHARE = """
UPDATE incident AS i SET told_share = u.share
  FROM unnest(CAST(:county AS integer[]), CAST(:id AS uuid[]), CAST(:share AS integer[]))
       AS u (county, id, share)
 WHERE i.county = u.county AND i.id = u.id
"""


def _near(connection: Connection, calendar: Calendar, given: Circumstances) -> list[Event]:
    shares = policies.policy(connection, "told_shares", at=given.now)
    limits = connection.execute(
        text("SELECT DISTINCT limit_min, around_the_clock FROM category_rule")
    )
    near = [
        (limit.minutes, limit.around_the_clock, share, _due_by(limit, share, calendar, given.now))
        for limit in (Limit(*row) for row in limits)
        for share in shares
    ]
    minutes, always, share, until = (list(column) for column in zip(*near, strict=True))
    asked = {"minutes": minutes, "always": always, "share": share, "until": until}
    rows = connection.execute(text(_NEARED), asked | {"latest": max(until)}).all()
    if rows:
        reached = {
            "county": [row.county for row in rows],
            "id": [str(row.id) for row in rows],
            "share": [row.share for row in rows],
        }
        connection.execute(text(_SET_SHARE), reached)
    return [
        LimitNeared(row.county, row.path, row.id, row.state, row.state, facts=_nearness(row))
        for row in rows
    ]


def _due_by(limit: Limit, share: int, calendar: Calendar, now: datetime) -> datetime:
    """What falls due by then has used up the share: that much of the limit is left, or less."""
    used = -(-limit.minutes * share // 100)
    return working_time.due(now, used, limit, calendar)


def _nearness(row: Row[Any]) -> dict[str, Any]:
    zh, en = f"时限已用 {row.share}%", f"{row.share}% of the time limit is used"
    return {
        "share": row.share,
        "limit_min": row.limit_min,
        "due_at": row.due_at.isoformat(),
        "why": {"zh": zh, "en": en},
    }


_DEPTH = "length(i.path) - length(replace(i.path, '/', ''))"
_CLIMBING = f"""
WITH lateness AS (
    SELECT * FROM unnest(CAST(:always AS boolean[]), CAST(:n AS integer[]),
                         CAST(:since AS timestamptz[])) AS l (always, n, since))
SELECT i.county, i.id, i.path, i.state, i.climbed_depth, i.due_at, i.clock_at, i.used_min,
       i.limit_min, r.always, climb.n
  FROM incident AS i {_RULE}
 CROSS JOIN LATERAL (
    SELECT max(l.n) AS n FROM lateness AS l
     WHERE l.always = r.always AND i.due_at <= l.since) AS climb
 WHERE {_RUNNING} AND i.due_at <= :now
   AND greatest({TOP_DEPTH}, {_DEPTH} - 1 - climb.n) < COALESCE(i.climbed_depth, {_DEPTH})
   FOR UPDATE OF i SKIP LOCKED
"""
_SET_DEPTH = """
UPDATE incident AS i SET climbed_depth = u.depth
  FROM unnest(CAST(:county AS integer[]), CAST(:id AS uuid[]), CAST(:depth AS integer[]))
       AS u (county, id, depth)
 WHERE i.county = u.county AND i.id = u.id
"""


def _climb(connection: Connection, calendar: Calendar, given: Circumstances) -> list[Event]:
    """Once overdue to the level above, and one further for each so many minutes: each is told."""
    every = policies.policy(connection, "escalate_every_min", at=given.now)
    late = [
        (always, n, working_time.before(given.now, n * every, Limit(1, always), calendar))
        for always in (False, True)
        for n in range(MOST_CLIMBS)
    ]
    always, n, since = (list(column) for column in zip(*late, strict=True))
    asked = {"always": always, "n": n, "since": since, "now": given.now}
    rows = connection.execute(text(_CLIMBING), asked).all()
    climbing = [_Climb(row, _from_to(row, every, calendar, given.now)) for row in rows]
    climbing = [one for one in climbing if one.depths]
    if climbing:
        connection.execute(text(_SET_DEPTH), _reached(climbing))
    above = {level for one in climbing for level in area.parents(one.row.path)}
    names = holders.names(connection, above, given.now)
    return [_escalated(one.row, depth, every, names) for one in climbing for depth in one.depths]


@dataclass(frozen=True)
class _Climb:
    """An overdue incident, and the levels that it climbs now, from the nearest up."""

    row: Row[Any]
    depths: range


def _from_to(row: Row[Any], every: int, calendar: Calendar, now: datetime) -> range:
    lowest = area.level(row.path)
    climbed = min(row.climbed_depth or lowest, lowest)
    reached = max(TOP_DEPTH, lowest - 1 - _late_by(row, every, calendar, now))
    return range(climbed - 1, reached - 1, -1)


def _late_by(row: Row[Any], every: int, calendar: Calendar, now: datetime) -> int:
    """How often the time that calls for one more level has passed.

    The due moment tells, unless the clock has stood still since: that time is nobody's delay.
    """
    if row.clock_at <= row.due_at:
        return int(row.n)
    limit = Limit(row.limit_min, row.always)
    since = working_time.used_min([(row.clock_at, now)], limit, calendar)
    return max(0, int(row.used_min) + since - int(row.limit_min)) // every


def _reached(climbing: Sequence[_Climb]) -> dict[str, list[Any]]:
    return {
        "county": [one.row.county for one in climbing],
        "id": [str(one.row.id) for one in climbing],
        "depth": [one.depths[-1] for one in climbing],
    }


def _escalated(row: Row[Any], depth: int, every: int, names: dict[str, str]) -> Event:
    late_min = (area.level(row.path) - 1 - depth) * every
    facts = _height(row.path, depth, late_min, names)
    return IncidentEscalated(row.county, row.path, row.id, row.state, row.state, facts=facts)


def _height(path: str, depth: int, late_min: int, names: dict[str, str]) -> dict[str, Any]:
    to = area.at_level(path, depth) or ""
    name = names.get(to, to)
    zh = f"超过时限 {late_min} 分钟仍未办结" if late_min else "时限已到仍未办结"
    en = f"{late_min} minutes over the limit" if late_min else "the limit is reached"
    return {
        "depth": depth,
        "to": to,
        "name": name,
        "late_min": late_min,
        "why": {"zh": f"{zh}，上报{name}", "en": f"Not resolved, {en}: to {name}"},
    }


_OPEN = """
SELECT county, id, category, state, clock_from, received_at, resolved_at FROM incident
 WHERE state NOT IN ('resolved', 'filed') ORDER BY county, id FOR UPDATE
"""


def settle_open(connection: Connection, given: Circumstances) -> int:
    """Reads the clock of everything open anew from its events: the calendar has changed.

    Returns how many incidents are open.
    """
    calendar = policies.calendar(connection, given.zone, at=given.now)
    rows = connection.execute(text(_OPEN)).all()
    for row in rows:
        limit = policies.rule_of(connection, row.category, at=row.received_at).limit
        shown = clock.reading(clock.marks(connection, row), limit, calendar, given.now)
        clock.settle(connection, row.county, row.id, shown, now=given.now)
    return len(rows)
