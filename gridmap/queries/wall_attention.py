"""Where to look: the areas that need attention most, each with its reason as figures."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries import day_tally, holders, wall_places, wall_then
from gridmap.queries.day_tally import Tallies
from gridmap.queries.wall_span import Span
from gridmap.rules import attention
from gridmap.rules.attention import Area

MOST_ROWS = 20
_STEPS_DOWN = 2
"""On a county's wall villages are listed, on a prefecture's townships, on a province's counties."""

_INCIDENTS = """
SELECT i.path,
       count(*) FILTER (WHERE i.received_at >= :begin) AS now,
       count(*) FILTER (WHERE i.received_at >= :before_begin
                          AND i.received_at < :before_end) AS before,
       count(*) FILTER (WHERE {late}) AS overdue,
       min(i.due_at) FILTER (WHERE {late}) AS oldest
  FROM incident AS i
 WHERE ({areas}) AND {inside} AND i.merged_into IS NULL
   AND (i.received_at >= :before_begin AND i.received_at < :end OR {late})
 GROUP BY i.path
"""
_LATE = """
SELECT i.path, 0 AS now, 0 AS before, count(*) AS overdue, min(i.due_at) AS oldest
  FROM incident AS i
 WHERE ({areas}) AND {inside} AND i.merged_into IS NULL AND {late} GROUP BY i.path
"""
_WARNINGS = """
SELECT w.path, w.color, count(*) AS n, min(w.since) AS since
  FROM warning AS w
 WHERE {open} AND {answered} IS NULL AND ({areas}) AND {inside}
 GROUP BY w.path, w.color
"""


def ranking(connection: Connection, within: str, span: Span, *, now: datetime) -> dict[str, Any]:
    """The areas some levels below, the most pressing first; figures of each reason beside."""
    depth = min(area.level(within) + _STEPS_DOWN, len(holders.levels(connection)) + 1)
    facts = _facts(connection, within, span, depth, now)
    listed = attention.ranked([one["area"] for one in facts.values()], most=MOST_ROWS)
    called = wall_places.called(connection, {one.path for one, _ in listed}, within, now=now)
    return {
        "depth": depth,
        "rows": [
            {
                "path": one.path,
                "place": called[one.path],
                "reasons": [_reason(why, facts[one.path]) for why in reasons],
                "count": one.now,
            }
            for one, reasons in listed
        ],
    }


def _facts(
    connection: Connection, within: str, span: Span, depth: int, now: datetime
) -> dict[str, dict[str, Any]]:
    found: defaultdict[str, dict[str, Any]] = defaultdict(
        lambda: {"now": 0, "before": 0, "overdue": 0, "oldest": None, "colors": {}, "since": {}}
    )
    known = _tallies(connection, within, span, depth)
    for came, rows in (("now", known.now), ("before", known.before_so_far)) if known else ():
        for tally in rows:
            if (path := area.at_level(tally.path, depth)) is not None:
                found[path][came] += tally.taken_in
    statement = _LATE if known else _INCIDENTS
    for row in _asked(connection, statement, "incident", "i.path", within, span, now):
        if (path := area.at_level(row.path, depth)) is None:
            continue
        one = found[path]
        for name in ("now", "before", "overdue"):
            one[name] += getattr(row, name)
        one["oldest"] = _earlier(one["oldest"], row.oldest)
    for row in _asked(connection, _WARNINGS, "warning", "w.path", within, span, now):
        if (path := area.at_level(row.path, depth)) is None:
            continue
        one = found[path]
        one["colors"][row.color] = one["colors"].get(row.color, 0) + row.n
        one["since"][row.color] = _earlier(one["since"].get(row.color), row.since)
    for path, one in found.items():
        one["area"] = Area(
            path, tuple(one["colors"].items()), one["overdue"], one["now"], one["before"]
        )
    return dict(found)


def _tallies(connection: Connection, within: str, span: Span, depth: int) -> Tallies | None:
    if depth > holders.county_depth(holders.levels(connection)):
        return None
    return day_tally.tallies(connection, within, span, by=frozenset({"path"}))


def _asked(
    connection: Connection,
    sql: str,
    what: str,
    column: str,
    within: str,
    span: Span,
    now: datetime,
) -> Any:
    statement = sql.format(
        areas=readable(connection, what, column),
        inside=range_sql(area.bounds(within), column),
        late=f"({wall_then.late(past=span.past)})",
        open=wall_then.still_open("warning", past=span.past),
        answered=wall_then.by_then("w.answered_at", past=span.past),
    )
    return connection.execute(text(statement), span.parameters() | {"now": now})


def _earlier(known: datetime | None, other: datetime | None) -> datetime | None:
    return min((one for one in (known, other) if one), default=None)


def _reason(why: str, facts: dict[str, Any]) -> dict[str, Any]:
    if why == "unanswered":
        worst = max(facts["colors"])
        since = facts["since"][worst]
        return {"why": why, "color": worst, "n": facts["colors"][worst], "since": since.isoformat()}
    if why == "overdue":
        return {"why": why, "n": facts["overdue"], "since": facts["oldest"].isoformat()}
    return {"why": why, "now": facts["now"], "before": facts["before"]}
