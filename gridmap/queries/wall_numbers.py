"""The wall's three numbers: taken in, resolved, overdue, each against the same period before."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries import day_tally, wall_then
from gridmap.queries.day_tally import Tallies
from gridmap.queries.wall_span import Span

_CAME_AND_ENDED = """
SELECT (SELECT count(*) FROM incident AS i WHERE {mine}
           AND i.received_at >= :begin AND i.received_at < :end) AS taken_in,
       (SELECT count(*) FROM incident AS i WHERE {mine}
           AND i.received_at >= :before_begin AND i.received_at < :before_end) AS taken_in_before,
       (SELECT count(*) FROM incident AS i WHERE {mine}
           AND i.resolved_at >= :begin AND i.resolved_at < :end) AS resolved,
       (SELECT count(*) FROM incident AS i WHERE {mine}
           AND i.resolved_at >= :before_begin AND i.resolved_at < :before_end) AS resolved_before
"""
_LATE = """
SELECT (SELECT count(*) FROM incident AS i WHERE {mine} AND {late}) AS overdue,
       (SELECT count(*) FROM incident AS i WHERE {mine} AND {still_late})
       + (SELECT count(*) FROM incident AS i WHERE {mine} AND {was_late}) AS overdue_before,
       (SELECT max(i.received_at) FROM incident AS i WHERE {mine} AND i.received_at < :end) AS last
"""
_MINE = "({areas}) AND {inside} AND i.merged_into IS NULL"
_STILL_LATE = wall_then.late(past=False, end=":before_end")
# in the words of the index on what was resolved late
_WAS_LATE = (
    "i.resolved_at > i.due_at AND i.resolved_at >= :before_end AND i.due_at < :before_end"
    " AND i.received_at < :before_end"
)


def numbers(connection: Connection, within: str, span: Span) -> dict[str, Any]:
    """Pairs of a number and the one before; what is late is counted at the end of each period."""
    mine = _MINE.format(
        areas=readable(connection, "incident", "i.path"),
        inside=range_sql(area.bounds(within), "i.path"),
    )
    known = day_tally.tallies(connection, within, span)
    late = wall_then.late(past=span.past)
    statement = _LATE.format(mine=mine, late=late, still_late=_STILL_LATE, was_late=_WAS_LATE)
    row = connection.execute(text(statement), span.parameters()).one()
    came_and_ended = _summed(known) if known else _one_by_one(connection, mine, span)
    return {
        **came_and_ended,
        "overdue": [row.overdue, row.overdue_before],
        "last": _iso(row.last),
    }


def _summed(known: Tallies) -> dict[str, list[int]]:
    both = (known.now, known.before_so_far)
    return {
        "taken_in": [sum(row.taken_in for row in rows) for rows in both],
        "resolved": [sum(row.resolved for row in rows) for rows in both],
    }


def _one_by_one(connection: Connection, mine: str, span: Span) -> dict[str, list[int]]:
    statement = text(_CAME_AND_ENDED.format(mine=mine))
    row = connection.execute(statement, span.parameters()).one()
    return {
        "taken_in": [row.taken_in, row.taken_in_before],
        "resolved": [row.resolved, row.resolved_before],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
