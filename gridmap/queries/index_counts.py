"""What the safety index is computed from: counts of every region of some levels in a month.

Each statement reads its rows once and groups them by region in the database, so that a province
comes back as its regions and not as its incidents. A count belongs to the month in which it
happened, and is still the same when it is asked for later, unless what happened was itself
corrected.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.clock import day_bounds
from gridmap.rules.safety_index import Tally

DAYS = 30
"""Rates are per 30 days, whatever the length of the month."""
BEFORE_DAYS = 90
"""So long before the month something resolved there can have come back."""
HEARD_DAYS = 365
"""A region that was not heard of for so long says nothing of how safe it is."""
NEEDED = ("incident", "warning", "visit", "duty")
"""Who may not read all of these in a region cannot compute its index."""


@dataclass(frozen=True)
class Asked:
    """The regions of a level (depth of path) within an area, in the month that begins on a day.

    ``also`` are further levels that are asked about in the same breath.
    """

    within: str
    depth: int
    month: date
    also: tuple[int, ...] = ()

    @property
    def depths(self) -> list[int]:
        """All levels asked about, each once, from the top down."""
        return sorted({self.depth, *self.also})


def last_day_of(month: date) -> date:
    """The last day of the month that begins on a day."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


_OCCURRED = """
SELECT k.path, count(*) FILTER (WHERE c.kind = 'dispute') AS disputes,
       count(*) FILTER (WHERE c.kind = 'hazard') AS hazards
  FROM incident AS i JOIN category AS c ON c.number = i.category {regions}
 WHERE i.occurred_at >= :begin AND i.occurred_at < :end AND i.merged_into IS NULL
   AND ({incidents}) AND {inside} GROUP BY 1
"""
# whether at all: the first row found is enough
_HEARD = """
SELECT k.path, 1 AS heard FROM (
    SELECT DISTINCT path FROM region_version WHERE depth = ANY(:depths)) AS k
 WHERE EXISTS (
    SELECT FROM incident AS i
     WHERE i.path >= k.path AND i.path < guard.after(k.path)
       AND i.occurred_at >= :heard_since AND i.occurred_at < :end AND i.merged_into IS NULL
       AND ({incidents}) AND {inside})
"""
# what is over its limit has in due_at when it went over
_WORKED = """
SELECT k.path, count(*) FILTER (WHERE i.received_at < :end) AS open,
       count(*) FILTER (WHERE i.received_at < :end AND {done}) AS resolved,
       count(*) FILTER (WHERE {done} AND i.rating IS NOT NULL) AS rated,
       count(*) FILTER (WHERE {done} AND i.rating >= 4) AS satisfied,
       count(*) FILTER (WHERE {done} AND i.used_min <= i.limit_min) AS in_time,
       count(*) FILTER (WHERE i.due_at >= :begin AND i.due_at < :end AND i.limit_min IS NOT NULL
           AND (i.resolved_at IS NULL OR i.used_min > i.limit_min)) AS late
  FROM incident AS i {regions}
 WHERE (i.resolved_at >= :begin OR i.resolved_at IS NULL AND i.state NOT IN ('resolved', 'filed'))
   AND i.merged_into IS NULL AND ({incidents}) AND {inside} GROUP BY 1
"""
_DONE = "(i.resolved_at >= :begin AND i.resolved_at < :end)"
# one sort, and no join: a plan that does not hang on what the planner believes
_AGAIN = """
SELECT k.path, count(*) FILTER (WHERE i.happened) AS placed,
       count(*) FILTER (WHERE i.happened AND i.first < i.occurred_at) AS again
  FROM (SELECT i.path, i.occurred_at, i.occurred_at >= :begin AND i.occurred_at < :end AS happened,
               min(i.resolved_at) FILTER (WHERE i.resolved_at >= :before AND i.resolved_at < :end)
                   OVER (PARTITION BY i.path, i.category, i.heat_cx, i.heat_cy) AS first
          FROM incident AS i
         WHERE (i.occurred_at >= :begin AND i.occurred_at < :end
                OR i.resolved_at >= :before AND i.resolved_at < :end)
           AND i.category IN (SELECT number FROM category WHERE kind IN ('dispute', 'hazard'))
           AND i.heat_cx >= 0 AND i.merged_into IS NULL AND ({incidents}) AND {inside}
       ) AS i {regions}
 GROUP BY 1
"""
_WARNED = """
SELECT k.path, count(*) AS warnings FROM warning AS i {regions}
 WHERE i.since < :end AND (i.closed_at IS NULL OR i.closed_at >= :begin)
   AND ({warnings}) AND {inside} GROUP BY 1
"""
_VISITED = """
SELECT k.path, count(DISTINCT i.household) FILTER (WHERE i.at >= :begin) AS visited,
       count(*) AS visits
  FROM visit AS i {regions}
 WHERE i.at >= :heard_since AND i.at < :end AND ({visits}) AND {inside} GROUP BY 1
"""
_HOMES = """
SELECT k.path, CAST(sum(i.own) AS bigint) AS households FROM rate_base AS i {regions}
 WHERE i.kind = 'household' AND i.own <> 0 AND ({rates}) AND {inside} GROUP BY 1
"""
_GRIDS = """
SELECT k.path, count(*) AS grids FROM grid_version AS i {regions}
 WHERE i.during @> CAST(:last AS timestamptz) AND {inside} GROUP BY 1
"""
_STAFF = """
SELECT k.path, count(DISTINCT i.staff) AS workers FROM duty AS i {regions}
 WHERE i.during @> CAST(:last AS timestamptz) AND ({duties}) AND {inside} GROUP BY 1
"""
_OF_WHOLE_MONTHS = ("resolution", "visiting")
_STATEMENTS = (_OCCURRED, _HEARD, _WORKED, _AGAIN, _WARNED, _VISITED, _HOMES, _GRIDS, _STAFF)


def tallies(
    connection: Connection, asked: Asked, *, now: datetime, zone: str
) -> dict[str, dict[str, Tally]]:
    """What each region's dimensions are computed from, by path; only where anything is known.

    A month that is not over is counted up to now, and its rates by the days that have passed;
    what needs the whole month, resolution and visiting, has no data until then.
    """
    begin, over = day_bounds(asked.month, last_day_of(asked.month), zone)
    end = min(over, now)
    if end <= begin:
        return {}
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in _rows(connection, asked, begin, end):
        found[row["path"]] |= {name: int(n) for name, n in row.items() if name != "path"}
    days = (end - begin) / timedelta(days=1)
    told = {path: _tallied(defaultdict(int, counts), days) for path, counts in found.items()}
    if end < over:
        for one in told.values():
            one |= {id: Tally(0, 0) for id in _OF_WHOLE_MONTHS}
    return told


def _rows(
    connection: Connection, asked: Asked, begin: datetime, end: datetime
) -> Iterator[dict[str, Any]]:
    given = {
        "begin": begin,
        "end": end,
        "last": end - timedelta(microseconds=1),
        "before": begin - timedelta(days=BEFORE_DAYS),
        "depths": asked.depths,
        "heard_since": end - timedelta(days=HEARD_DAYS),
    }
    parts = {
        "regions": _regions("i.path", asked.depths),
        "done": _DONE,
        "inside": range_sql(area.bounds(asked.within), "i.path"),
        "incidents": readable(connection, "incident", "i.path"),
        "warnings": readable(connection, "warning", "i.path"),
        "visits": readable(connection, "visit", "i.path"),
        "rates": readable(connection, "rate", "i.path"),
        "duties": readable(connection, "duty", "i.path"),
    }
    for statement in _STATEMENTS:
        for row in connection.execute(text(statement.format(**parts)), given):
            yield row._asdict()


def _regions(column: str, depths: Iterable[int]) -> str:
    """The regions of some levels in which a row lies, as a join: no level it does not reach."""
    ancestors = (
        f"CASE WHEN split_part({column}, '/', {depth}) <> '' THEN {_prefix(column, depth)} END"
        for depth in depths
    )
    each = f"unnest(ARRAY[{', '.join(ancestors)}]) AS k (path)"
    return f"JOIN {each} ON k.path IS NOT NULL"


def _prefix(column: str, depth: int) -> str:
    return " || ".join(f"split_part({column}, '/', {n}) || '/'" for n in range(1, depth + 1))


def _tallied(counts: Mapping[str, int], days: float) -> dict[str, Tally]:
    households, grids = counts["households"], counts["grids"]
    home_months = households * days / DAYS if counts["heard"] else 0
    return {
        "disputes": Tally(counts["disputes"], home_months),
        "hazards": Tally(counts["hazards"], home_months),
        "warnings": Tally(counts["warnings"], grids),
        "timeliness": Tally(counts["in_time"], counts["in_time"] + counts["late"]),
        "resolution": Tally(counts["resolved"], counts["open"]),
        "recurrence": Tally(counts["again"], counts["placed"]),
        "satisfaction": Tally(counts["satisfied"], counts["rated"]),
        "visiting": Tally(counts["visited"], households if counts["visits"] else 0),
        "staffing": Tally(counts["workers"], grids),
    }
