"""The figures that a center reports upward: what came in, what was resolved, how fast, how well.

Each figure says how it is computed (``FIGURES``); times are of events in the range:
taken in by ``received_at``, resolved by ``resolved_at``.
"""

from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.clock import day_bounds
from gridmap.errors import InvalidInput
from gridmap.queries import holders

FEW = 5
"""With fewer cases a place is shown, and never ranked."""
_Z = 1.96

FIGURES: dict[str, tuple[str, str, str, str]] = {
    "taken_in": (
        "受理",
        "Taken in",
        "受理时间在所选日期内的事件；并案的只算一件。",
        "Incidents received within the days; merged ones count once.",
    ),
    "resolved": (
        "办结",
        "Resolved",
        "办结时间在所选日期内的事件。",
        "Incidents resolved within the days.",
    ),
    "rate": (
        "办结率",
        "Resolved, share",
        "所选日期内受理的事件里，到现在已办结的份额；按 95% 区间的下限排名。",
        "Of those taken in within the days, the share resolved by now; ranked by the lower end of"
        " its 95% interval (Wilson 1927).",
    ),
    "median_hours": (
        "用时中位数",
        "Median time",
        "所选日期内办结的事件，从受理到办结的小时数的中位数。",
        "Of those resolved within the days, the median of hours from received to resolved.",
    ),
    "satisfaction": (
        "满意率",
        "Satisfied",
        "所选日期内办结并有评价的事件里，评 4 分和 5 分的份额。",
        "Of those resolved and rated within the days, the share rated 4 or 5.",
    ),
    "overdue": (
        "逾期",
        "Overdue",
        "现在还在办、已过时限的事件。",
        "Incidents open now and past their limit.",
    ),
}


@dataclass(frozen=True)
class Asked:
    """Which figures: area, days, and by what they are broken down: area, kind or month."""

    within: str
    first: date
    last: date
    by: str


_BY = {
    "kind": "c.kind",
    "category": "i.category::text",
    "month": "to_char(i.received_at AT TIME ZONE :zone, 'YYYY-MM')",
}
_SQL = """
SELECT {key} AS key,
       count(*) FILTER (WHERE {received}) AS taken_in,
       count(*) FILTER (WHERE {resolved}) AS resolved,
       count(*) FILTER (WHERE {received} AND i.state IN ('resolved', 'filed')) AS of_those,
       percentile_cont(0.5) WITHIN GROUP (
           ORDER BY extract(epoch FROM i.resolved_at - i.received_at) / 3600)
           FILTER (WHERE {resolved}) AS median_hours,
       count(*) FILTER (WHERE {resolved} AND i.rating IS NOT NULL) AS rated,
       count(*) FILTER (WHERE {resolved} AND i.rating >= 4) AS satisfied,
       count(*) FILTER (WHERE i.due_at < :now AND i.state NOT IN ('resolved', 'filed')) AS overdue
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE ({mine}) AND {inside} AND i.merged_into IS NULL
   AND ({received} OR {resolved} OR i.state NOT IN ('resolved', 'filed'))
 GROUP BY 1
"""


def figures(connection: Connection, asked: Asked, *, now: Any, zone: str) -> dict[str, Any]:
    """The figures in total and broken down; raises InvalidInput for an unknown breakdown."""
    depth = area.level(asked.within) + 1
    key = f"split_part(i.path, '/', {depth})" if asked.by == "area" else _BY.get(asked.by)
    if key is None:
        raise InvalidInput("可以按 area、kind、category 或 month 分，收到“{by}”。", by=asked.by)
    begin, end = day_bounds(asked.first, asked.last, zone)
    parameters = {"begin": begin, "end": end, "now": now, "zone": zone}
    rows = [_row(row) for row in connection.execute(text(_sql(connection, asked, key)), parameters)]
    total = [
        _row(row)
        for row in connection.execute(text(_sql(connection, asked, "'total'")), parameters)
    ]
    return {
        "by": asked.by,
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "total": total[0] if total else None,
        "rows": _named(connection, asked, _ranked(rows), now),
        "figures": {
            id: {"zh": zh, "en": en, "how": {"zh": how_zh, "en": how_en}}
            for id, (zh, en, how_zh, how_en) in FIGURES.items()
        },
    }


def _sql(connection: Connection, asked: Asked, key: str) -> str:
    return _SQL.format(
        key=key,
        received="(i.received_at >= :begin AND i.received_at < :end)",
        resolved="(i.resolved_at >= :begin AND i.resolved_at < :end)",
        mine=readable(connection, "incident", "i.path"),
        inside=range_sql(area.bounds(asked.within), "i.path"),
    )


def _row(row: Any) -> dict[str, Any]:
    return {
        "key": row.key,
        "taken_in": row.taken_in,
        "resolved": row.resolved,
        "rate": row.of_those / row.taken_in if row.taken_in else None,
        "rate_low": wilson_low(row.of_those, row.taken_in),
        "median_hours": round(row.median_hours, 1) if row.median_hours is not None else None,
        "satisfaction": row.satisfied / row.rated if row.rated else None,
        "rated": row.rated,
        "overdue": row.overdue,
        "few": row.taken_in < FEW,
    }


def wilson_low(successes: int, of: int) -> float | None:
    """The lower end of the 95 % interval of a share (Wilson 1927): luck of small numbers sinks."""
    if of == 0:
        return None
    share = successes / of
    middle = share + _Z**2 / (2 * of)
    spread = _Z * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return (middle - spread) / (1 + _Z**2 / of)


def _ranked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By the lower end of the rate's interval; places with few cases after all others."""
    return sorted(rows, key=lambda row: (row["few"], -(row["rate_low"] or 0), str(row["key"])))


def _named(
    connection: Connection, asked: Asked, rows: list[dict[str, Any]], now: Any
) -> list[dict[str, Any]]:
    if asked.by == "area":
        paths = [f"{asked.within}{row['key']}/" for row in rows]
        names = holders.names(connection, paths, now)
        return [
            row
            | {
                "path": path,
                "name": {"zh": names.get(path, row["key"]), "en": names.get(path, row["key"])},
            }
            for row, path in zip(rows, paths, strict=True)
        ]
    if asked.by == "category":
        known = {
            str(one.number): {"zh": one.zh, "en": one.en}
            for one in connection.execute(text("SELECT number, zh, en FROM category"))
        }
        return [row | {"name": known[row["key"]]} for row in rows]
    kinds = {
        "dispute": {"zh": "矛盾纠纷", "en": "Disputes"},
        "hazard": {"zh": "安全隐患", "en": "Hazards"},
        "service": {"zh": "便民服务", "en": "Services"},
    }
    named = [
        row | {"name": kinds.get(row["key"], {"zh": row["key"], "en": row["key"]})} for row in rows
    ]
    return sorted(named, key=lambda row: row["key"]) if asked.by == "month" else named
