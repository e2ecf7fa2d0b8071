"""The figures beside the map: how many of each kind, which warnings, and day by day."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries import filters
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


def summary(connection: Connection, wanted: Filters, *, within: str, zone: str) -> dict[str, Any]:
    """Counts of incidents by kind and day, and open warnings by color, in an area."""
    where, parameters = filters.conditions(wanted, zone)
    rows = connection.execute(
        text(
            _DAILY.format(
                areas=readable(connection, "incident", "i.path"),
                inside=range_sql(area.bounds(within), "i.path"),
                wanted=where,
            )
        ),
        parameters | {"zone": zone},
    ).all()
    kinds: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    days: Counter[str] = Counter()
    for row in rows:
        kinds[row.kind] += row.n
        days[row.day.isoformat()] += row.n
    every = ((wanted.first + timedelta(days=n)).isoformat() for n in range(wanted.days))
    return {
        "total": sum(days.values()),
        "kinds": dict(kinds),
        "daily": [[day, days[day]] for day in every],
        **_warnings(connection, within),
    }


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
