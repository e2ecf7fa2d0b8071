"""Incidents that came and were resolved, day by day, as sums of whole counties.

What a wall of a prefecture or a province asks about a year would read a million rows; these are
some ten thousand, and right to the last commit as well.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable, sees_whole
from gridmap.clock import day_bounds, local_day
from gridmap.queries import holders
from gridmap.queries.wall_span import Span

_DAYS = """
SELECT {path} AS path, {day} AS day, {kind} AS kind, CAST(sum(taken_in) AS integer) AS taken_in,
       CAST(sum(resolved) AS integer) AS resolved
  FROM day_tally WHERE day >= :before AND day <= :last AND ({areas}) AND {inside}
 GROUP BY 1, 2, 3
"""
# the first day of what is counted apart: the span, the days before it, the last of them
_PART_OF_SPAN = """
CASE WHEN day >= :first THEN CAST(:first AS date) WHEN day < :until THEN CAST(:before AS date)
     ELSE CAST(:until AS date) END
"""
_PART = """
SELECT i.path, k.kind, count(*) FILTER (WHERE i.received_at >= :begin AND i.received_at < :end)
       AS taken_in, count(*) FILTER (WHERE i.resolved_at >= :begin AND i.resolved_at < :end)
       AS resolved
  FROM incident AS i JOIN category AS k ON k.number = i.category
 WHERE ({areas}) AND {inside} AND i.merged_into IS NULL
   AND (i.received_at >= :begin AND i.received_at < :end
        OR i.resolved_at >= :begin AND i.resolved_at < :end)
 GROUP BY i.path, k.kind
"""

By = frozenset[Literal["path", "day", "kind"]]


@dataclass(frozen=True)
class Tally:
    """What an area had of a kind on a day, or on a part of it; what is not told apart is empty."""

    path: str
    day: date
    kind: str
    taken_in: int
    resolved: int


@dataclass(frozen=True)
class Tallies:
    """The days of a span, and those before it: whole, and up to the same time of day."""

    now: list[Tally]
    before: list[Tally]
    before_so_far: list[Tally]


def tallies(
    connection: Connection, within: str, span: Span, *, by: By = frozenset()
) -> Tallies | None:
    """The sums for a span, told apart ``by`` path, day or kind.

    None where they do not say it and incidents must be counted.

    They say nothing below the counties, nothing of a part of an area, and nothing as of a past
    moment: what has been resolved since is in them.
    """
    if span.past or not _whole_counties(connection, within):
        return None
    first, last = local_day(span.begin, span.zone), _last_day(span.end, span.zone)
    before = local_day(span.before_begin, span.zone)
    until = local_day(span.before_end, span.zone)
    days = {"first": first, "last": last, "before": before, "until": until}
    rows = _days(connection, within, days, by)
    early = [row for row in rows if row.day < first]
    return Tallies(
        [row for row in rows if row.day >= first],
        early,
        [row for row in early if row.day < until] + _part(connection, within, span, until),
    )


def _last_day(end: datetime, zone: str) -> date:
    """The day of the last moment before an end."""
    return local_day(end - timedelta(microseconds=1), zone)


def _whole_counties(connection: Connection, within: str) -> bool:
    depth = holders.county_depth(holders.levels(connection))
    return area.level(within) <= depth and sees_whole(connection, "incident", within)


def _days(connection: Connection, within: str, days: dict[str, date], by: By) -> list[Tally]:
    statement = _DAYS.format(
        path="path" if "path" in by else "CAST('' AS text)",
        day="day" if "day" in by else _PART_OF_SPAN,
        kind="kind" if "kind" in by else "CAST('' AS text)",
        areas=readable(connection, "incident"),
        inside=range_sql(area.bounds(within), "path"),
    )
    return [Tally(*row) for row in connection.execute(text(statement), days)]


def _part(connection: Connection, within: str, span: Span, day: date) -> list[Tally]:
    """What the day on which the period before ends had until then, counted one by one."""
    begin, _ = day_bounds(day, day, span.zone)
    if begin == span.before_end:
        return []
    statement = _PART.format(
        areas=readable(connection, "incident", "i.path"),
        inside=range_sql(area.bounds(within), "i.path"),
    )
    rows = connection.execute(text(statement), {"begin": begin, "end": span.before_end})
    return [Tally(row.path, day, row.kind, row.taken_in, row.resolved) for row in rows]
