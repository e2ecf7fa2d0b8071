"""What is known of one thing: a grid, an incident, a warning."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.access import range_sql, readable
from gridmap.area import bounds
from gridmap.errors import NotFound
from gridmap.queries import describe, holders, timeline
from gridmap.rules import life
from gridmap.rules.assignment import HOW

RECENT_DAYS = 30
_RECENT_SHOWN = 5
COLORS = {1: ("蓝色", "blue"), 2: ("黄色", "yellow"), 3: ("橙色", "orange"), 4: ("红色", "red")}
SEVERITIES = {1: ("轻", "light"), 2: ("中", "medium"), 3: ("重", "grave"), 4: ("特重", "severe")}
STATES = {id: (zh, en.lower()) for id, (zh, en) in life.STATES.items()}
DUTIES = {"lead": "网格长", "full_time": "专职网格员", "backup": "后备网格员"}

_GRID = """
SELECT v.grid, v.path, g.code, v.number, v.area_m2,
       ST_XMin(v.shape) AS west, ST_YMin(v.shape) AS south,
       ST_XMax(v.shape) AS east, ST_YMax(v.shape) AS north
  FROM grid_version AS v JOIN grid AS g ON g.id = v.grid
 WHERE v.path = :path AND v.during @> CAST(:now AS timestamptz)
"""


def grid(connection: Connection, path: str, *, now: datetime) -> dict[str, Any]:
    """A grid with its people, center and recent incidents; NotFound where there is none now."""
    row = connection.execute(text(_GRID), {"path": path, "now": now}).first()
    if row is None:
        raise NotFound("现在没有路径为 {path} 的网格。", path=path)
    names = describe.names_above(connection, [path], now)
    depth = holders.answering_depth(holders.levels(connection))
    center = holders.center_above(connection, path, depth)
    return {
        "path": path,
        "code": row.code,
        "number": row.number,
        "name": describe.grid_name(path, names),
        "chain": describe.chain(path, names),
        "area_m2": row.area_m2,
        "bounds": [row.west, row.south, row.east, row.north],
        **_counts(connection, path),
        "workers": _workers(connection, row.grid, now),
        "center": {"name": center.name, "phone": center.phone} if center else None,
        "recent": _recent(connection, path, now),
    }


def _counts(connection: Connection, path: str) -> dict[str, int]:
    inside = range_sql(bounds(path), "h.path")
    areas = readable(connection, "household", "h.path")
    row = connection.execute(
        text(
            "SELECT count(DISTINCT (h.county, h.id)) AS households, count(p.id) AS people"
            " FROM household AS h LEFT JOIN person AS p"
            " ON p.county = h.county AND p.household = h.id"
            f" WHERE {inside} AND ({areas})"
        )
    ).one()
    return {"households": row.households, "people": row.people}


def _workers(connection: Connection, id: UUID, now: datetime) -> list[dict[str, Any]]:
    rows = connection.execute(
        text(
            "SELECT s.name, s.post, d.kind FROM duty AS d JOIN staff AS s ON s.id = d.staff"
            " WHERE d.grid = :grid AND d.during @> CAST(:now AS timestamptz)"
            " ORDER BY array_position('{lead,full_time,backup}', d.kind), s.code"
        ),
        {"grid": id, "now": now},
    )
    return [{"name": name, "post": post, "duty": kind} for name, post, kind in rows]


_RECENT = """
SELECT i.county, i.id, i.occurred_at, i.category, c.zh, c.en, i.state, i.severity,
       i.resolved_at IS NULL AS open, i.due_at < :now AND i.resolved_at IS NULL AS overdue,
       (SELECT max(w.color) FROM warning AS w
         WHERE w.subject_id = i.id AND w.closed_at IS NULL) AS color
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE {inside} AND ({areas}) AND i.occurred_at >= :since AND i.occurred_at <= :now
 ORDER BY i.occurred_at DESC, i.id
"""


def _recent(connection: Connection, path: str, now: datetime) -> dict[str, Any]:
    areas = readable(connection, "incident", "i.path")
    sql = _RECENT.format(inside=range_sql(bounds(path), "i.path"), areas=areas)
    since = now - timedelta(days=RECENT_DAYS)
    rows = connection.execute(text(sql), {"since": since, "now": now}).all()
    return {
        "days": RECENT_DAYS,
        "count": len(rows),
        "open": sum(row.open for row in rows),
        "overdue": sum(bool(row.overdue) for row in rows),
        "items": [
            {
                "county": row.county,
                "id": str(row.id),
                "at": row.occurred_at.isoformat(),
                "category": row.category,
                "category_zh": row.zh,
                "category_en": row.en,
                "state": row.state,
                "severity": row.severity,
                "color": row.color,
            }
            for row in rows[:_RECENT_SHOWN]
        ],
    }


_INCIDENT = """
SELECT i.*, ST_X(i.point) AS lon, ST_Y(i.point) AS lat, c.zh, c.en, c.kind,
       r.words, r.channel, a.how, a.certain, a.border_m,
       s.name AS worker, n.name AS center
  FROM incident AS i JOIN category AS c ON c.number = i.category
  LEFT JOIN LATERAL (SELECT words, channel FROM report
                      WHERE county = i.county AND incident = i.id
                      ORDER BY received_at LIMIT 1) AS r ON true
  LEFT JOIN LATERAL (SELECT how, certain, border_m FROM assignment
                      WHERE county = i.county AND incident = i.id
                      ORDER BY n DESC LIMIT 1) AS a ON true
  LEFT JOIN duty AS d ON d.id = i.holder_duty LEFT JOIN staff AS s ON s.id = d.staff
  LEFT JOIN center AS n ON n.id = i.holder_center
 WHERE i.county = :county AND i.id = :id
"""


def incident(connection: Connection, county: int, id: UUID, *, now: datetime) -> dict[str, Any]:
    """An incident with its place, holder, reason and history; NotFound where it is not seen."""
    row = connection.execute(text(_INCIDENT), {"county": county, "id": id}).first()
    if row is None:
        raise NotFound("没有这个事件，或者你不能查看它。")
    names = describe.names_above(connection, [row.path], now)
    how = HOW.get(row.how, ("", ""))
    return {
        "title": {"zh": row.zh, "en": row.en},
        "number": row.number,
        "kind": row.kind,
        "words": row.words,
        "path": row.path,
        "lon": row.lon,
        "lat": row.lat,
        "lines": [
            ["所在网格", "Grid", _place_name(row.path, names)],
            ["经办", "Held by", row.worker or row.center or "总台"],
            ["状态", "State", list(STATES[row.state])],
            ["轻重", "Severity", list(SEVERITIES[row.severity])],
            ["怎样判定", "How decided", list(how)],
            ["发生时间", "Occurred", row.occurred_at.isoformat()],
            ["受理时间", "Received", row.received_at.isoformat()],
        ],
        "timeline": [
            {key: entry[key] for key in ("at", "kind", "zh", "en")}
            for entry in reversed(timeline.entries(connection, row))
        ],
    }


_WARNING = """
SELECT w.*, ST_X(w.point) AS lon, ST_Y(w.point) AS lat FROM warning AS w
 WHERE w.county = :county AND w.id = :id
"""


def warning(connection: Connection, county: int, id: UUID, *, now: datetime) -> dict[str, Any]:
    """A warning with its place, reason and answer; NotFound where it is not seen."""
    row = connection.execute(text(_WARNING), {"county": county, "id": id}).first()
    if row is None:
        raise NotFound("没有这个预警，或者你不能查看它。")
    names = describe.names_above(connection, [row.path], now)
    zh, en = COLORS[row.color]
    answer = [f"{row.answered_by}", row.answered_at.isoformat()] if row.answered_at else None
    return {
        "title": {"zh": f"{zh}预警", "en": f"{en.capitalize()} warning"},
        "color": row.color,
        "path": row.path,
        "lon": row.lon,
        "lat": row.lat,
        "lines": [
            ["所在网格", "Grid", _place_name(row.path, names)],
            ["原因", "Why", row.why],
            ["自", "Since", row.since.isoformat()],
            ["签收", "Answered", answer or ["未签收", "not answered"]],
        ],
        "timeline": [{"at": row.since.isoformat(), "kind": "raised", "zh": "发布", "en": "Raised"}],
    }


def _place_name(path: str, names: dict[str, str]) -> str:
    if path in names:
        return names[path]
    return describe.grid_name(path, names) if path else "—"
