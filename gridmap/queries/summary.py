"""The figures beside the map: how many of each kind, which warnings, and day by day."""

from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import areas, range_sql, readable
from gridmap.heat import Heat, Moment, by_day
from gridmap.heat.cells import Ints
from gridmap.queries import counting, filters
from gridmap.queries.filters import KINDS, Filters

_DAILY = """
SELECT CAST(i.occurred_at AT TIME ZONE :zone AS date) AS day, c.kind, count(*) AS n
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE ({areas}) AND {inside} AND {wanted} GROUP BY 1, 2
"""
_WARNINGS = """
SELECT w.color, count(*) AS n, count(*) FILTER (WHERE w.answered_at IS NULL) AS unanswered
  FROM warning AS w
 WHERE w.closed_at IS NULL AND ({areas}) AND {inside} GROUP BY w.color
"""


def summary(
    connection: Connection, wanted: Filters, *, within: str, zone: str, heat: Heat | None = None
) -> dict[str, Any]:
    """Counts of incidents by kind and day, and open warnings by color, in an area.

    Counted from the packed columns, or one by one where there are none.
    """
    if heat and (moment := heat.now()):
        counts = _packed(connection, moment, wanted, within)
    else:
        counts = _one_by_one(connection, wanted, within, zone)
    return {
        "total": int(counts.sum()),
        "kinds": dict(zip(KINDS, counts.sum(axis=0).tolist(), strict=True)),
        "daily": [
            [(wanted.first + timedelta(days=n)).isoformat(), count]
            for n, count in enumerate(counts.sum(axis=1).tolist())
        ],
        **_warnings(connection, within),
    }


def _packed(connection: Connection, moment: Moment, wanted: Filters, within: str) -> Ints:
    ranges = area.narrowed(areas(connection, "incident"), within)
    asked = counting.asked(connection, wanted, ranges)
    return by_day(moment, asked, counting.kind_of_class(connection), len(KINDS))


def _one_by_one(connection: Connection, wanted: Filters, within: str, zone: str) -> Ints:
    where, parameters = filters.conditions(wanted, zone)
    statement = _DAILY.format(
        areas=readable(connection, "incident", "i.path"),
        inside=range_sql(area.bounds(within), "i.path"),
        wanted=where,
    )
    counts = np.zeros((wanted.days, len(KINDS)), np.int64)
    for row in connection.execute(text(statement), parameters | {"zone": zone}):
        counts[(row.day - wanted.first).days, KINDS.index(row.kind)] += row.n
    return counts


def _warnings(connection: Connection, within: str) -> dict[str, dict[str, int]]:
    sql = _WARNINGS.format(
        areas=readable(connection, "warning", "w.path"),
        inside=range_sql(area.bounds(within), "w.path"),
    )
    rows = {row.color: row for row in connection.execute(text(sql))}
    colors = range(1, 5)
    return {
        "warnings": {str(c): rows[c].n if c in rows else 0 for c in colors},
        "unanswered": {str(c): rows[c].unanswered if c in rows else 0 for c in colors},
    }
