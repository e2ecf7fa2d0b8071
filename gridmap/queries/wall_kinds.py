"""The three kinds over time on a wall: by hour within a day, by day in longer ranges."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.clock import local_day
from gridmap.queries import day_tally
from gridmap.queries.day_tally import Tallies
from gridmap.queries.filters import KINDS, Filters
from gridmap.queries.wall_span import Span

_COUNTS = """
SELECT c.kind, i.received_at >= :begin AS now,
       CASE WHEN :by_hour THEN extract(hour FROM i.received_at AT TIME ZONE :zone)
            ELSE CAST(i.received_at AT TIME ZONE :zone AS date)
                 - CAST((CASE WHEN i.received_at >= :begin THEN :begin ELSE :before_begin END)
                        AT TIME ZONE :zone AS date) END::integer AS slot,
       count(*) AS n
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE ({areas}) AND {inside} AND i.merged_into IS NULL
   AND i.received_at >= :before_begin AND i.received_at < :end
 GROUP BY 1, 2, 3
"""
HOURS = 24
Counts = defaultdict[tuple[str, bool], list[int]]
"""By kind, and whether it is of the span or of the period before: one number a slot."""


def kinds(connection: Connection, within: str, wanted: Filters, span: Span) -> dict[str, Any]:
    """For each kind, counts slot by slot, now and in the period before.

    The period before is counted whole, so that what is still to come can be guessed; its sum up to
    the same moment stands beside the sum of now.
    """
    slots = HOURS if span.by_hour else wanted.days
    known = None
    if not span.by_hour:
        known = day_tally.tallies(connection, within, span, by=frozenset({"day", "kind"}))
    if known is None:
        counts, same = _one_by_one(connection, within, span, slots)
    else:
        counts, same = _by_day(known, span, slots)
    return {
        "slot": "hour" if span.by_hour else "day",
        "slots": [
            str(hour) if span.by_hour else (wanted.first + timedelta(days=hour)).isoformat()
            for hour in range(slots)
        ],
        "kinds": [
            {
                "kind": kind,
                "now": counts[kind, True],
                "before": counts[kind, False],
                "sum": sum(counts[kind, True]),
                "sum_before": same.get(kind, 0),
            }
            for kind in KINDS
        ],
        "current": _current(wanted, span),
    }


def _by_day(known: Tallies, span: Span, slots: int) -> tuple[Counts, dict[str, int]]:
    counts: Counts = defaultdict(lambda: [0] * slots)
    for now, rows in ((True, known.now), (False, known.before)):
        first = local_day(span.begin if now else span.before_begin, span.zone)
        for row in rows:
            slot = (row.day - first).days
            if 0 <= slot < slots:
                counts[row.kind, now][slot] += row.taken_in
    same: Counter[str] = Counter()
    for row in known.before_so_far:
        same[row.kind] += row.taken_in
    return counts, same


def _one_by_one(
    connection: Connection, within: str, span: Span, slots: int
) -> tuple[Counts, dict[str, int]]:
    sql = _COUNTS.format(
        areas=readable(connection, "incident", "i.path"),
        inside=range_sql(area.bounds(within), "i.path"),
    )
    rows = connection.execute(text(sql), span.parameters() | {"by_hour": span.by_hour}).all()
    counts: Counts = defaultdict(lambda: [0] * slots)
    for row in rows:
        if 0 <= row.slot < slots:
            counts[row.kind, row.now][row.slot] += row.n
    return counts, _until_same_time(connection, within, span)


_SAME_TIME = """
SELECT c.kind, count(*) AS n FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE ({areas}) AND {inside} AND i.merged_into IS NULL
   AND i.received_at >= :before_begin AND i.received_at < :before_end GROUP BY 1
"""


def _until_same_time(connection: Connection, within: str, span: Span) -> dict[str, int]:
    sql = _SAME_TIME.format(
        areas=readable(connection, "incident", "i.path"),
        inside=range_sql(area.bounds(within), "i.path"),
    )
    return {row.kind: row.n for row in connection.execute(text(sql), span.parameters())}


def _current(wanted: Filters, span: Span) -> int:
    """The slot that now lies in; what comes after it has not happened."""
    if span.by_hour:
        return int((span.end - span.begin).total_seconds() // 3600)
    return min(wanted.days, int((span.end - span.begin).total_seconds() // 86_400))
