"""An incident as its desk sees it: clock, next steps, what happened, who is responsible."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, text

from gridmap import access, area
from gridmap.access import Viewer
from gridmap.queries import case, describe, holders, papers, policies, queues, timeline
from gridmap.rules import fields, life
from gridmap.rules.assignment import HOW

_MORE = f"""
SELECT c.kind, c.zh, c.en, r.around_the_clock, s.name AS worker, s.post, n.name AS center,
       d.name AS department, a.how, a.certain, a.share, a.border_m, a.distance_m, a.alternatives,
       g.during AS version_during, w.color, w.since AS warned_since, w.answered_at
  FROM incident AS i JOIN category AS c ON c.number = i.category
{case.HOLDER}
{policies.RULE_IN_FORCE}
  LEFT JOIN LATERAL (SELECT * FROM assignment WHERE county = i.county AND incident = i.id
                      ORDER BY n DESC LIMIT 1) AS a ON true
  LEFT JOIN grid_version AS g ON g.id = a.grid_version
  LEFT JOIN LATERAL (SELECT * FROM warning WHERE subject_id = i.id AND closed_at IS NULL
                      ORDER BY color DESC LIMIT 1) AS w ON true
 WHERE i.county = :county AND i.id = :id
"""


def page(
    connection: Connection, county: int, id: UUID, viewer: Viewer, *, now: datetime, zone: str
) -> dict[str, Any]:
    """Everything that the page of an incident shows; NotFound where the viewer may not see it."""
    row = case.found(connection, county, id)
    more = connection.execute(text(_MORE), {"county": county, "id": id}).one()
    names = describe.names_above(connection, [row.path], now)
    relations = case.relations(connection, row, viewer)
    words = reports(connection, county, id)
    return {
        "county": county,
        "id": str(id),
        "path": row.path,
        "number": row.number,
        "title": row.title or queues.first_words(words[0]["words"] if words else ""),
        "category": {"number": row.category, "zh": more.zh, "en": more.en},
        "kind": more.kind,
        "severity": row.severity,
        "state": row.state,
        "outcome": row.outcome,
        "rating": row.rating,
        "merged_into": str(row.merged_into) if row.merged_into else None,
        "place": queues.place_name(row.path, names),
        "chain": describe.chain(row.path, names),
        "lon": row.lon,
        "lat": row.lat,
        "received_at": row.received_at.isoformat(),
        "warning": _warning(more),
        "clock": _clock(connection, row, more, now, zone),
        "relations": sorted(relations),
        "steps": steps(connection, row, relations, now=now),
        "reports": words,
        "may_reveal": access.may(connection, "reveal", "r", row.path),
        "timeline": timeline.entries(connection, row),
        "holder": _holder(row, more),
        "why": _why(more, zone),
        "errands": errands(connection, county, id),
        "alike": _alike(connection, row, more.kind),
        "fields": _fields(row, more.kind),
        "attachments": papers.attachments(connection, county, id),
        "households": papers.households(connection, county, id, now=now)["count"],
    }


def _clock(
    connection: Connection, row: Row[Any], more: Row[Any], now: datetime, zone: str
) -> dict[str, Any]:
    calendar = policies.calendar(connection, zone, at=now)
    face = queues.clock_face(row, calendar, now, around_the_clock=more.around_the_clock)
    day = row.due_at.astimezone(ZoneInfo(zone)).date() if row.due_at else None
    provisional = bool(day and calendar.is_provisional(day) and not more.around_the_clock)
    return face | {"started_at": row.received_at.isoformat(), "provisional": provisional}


def steps(
    connection: Connection, row: Row[Any], relations: set[str], *, now: datetime
) -> list[dict[str, Any]]:
    """The steps that may be taken now, with what each needs."""
    days = policies.policy(connection, "file_unrated_after_days", at=now)
    offered = life.offered(case.as_case(row), relations, now=now, unrated_days=days)
    return [
        {"id": step.id, "zh": step.zh, "en": step.en, "needs": list(step.needs)} for step in offered
    ]


_REPORTS = """
SELECT id, channel, words, received_at, rating, wants_no_name FROM report
 WHERE county = :county AND incident = :id
 ORDER BY received_at, continues IS NOT NULL, id
"""


def reports(connection: Connection, county: int, id: UUID) -> list[dict[str, Any]]:
    """What was reported; who reported it is revealed elsewhere, and noted."""
    rows = connection.execute(text(_REPORTS), {"county": county, "id": id})
    return [
        {
            "id": str(row.id),
            "channel": row.channel,
            "words": row.words,
            "at": row.received_at.isoformat(),
            "rating": row.rating,
            "wants_no_name": row.wants_no_name,
        }
        for row in rows
    ]


def _holder(row: Row[Any], more: Row[Any]) -> dict[str, Any] | None:
    for kind, id, name in (
        ("duty", row.holder_duty, more.worker),
        ("center", row.holder_center, more.center),
        ("department", row.holder_department, more.department),
    ):
        if id:
            post = more.post if kind == "duty" else None
            return {"kind": kind, "id": str(id), "name": name, "post": post}
    return None


def _why(more: Row[Any], zone: str) -> dict[str, Any]:
    """The receipt of the assignment: rule, boundary version, meters to the border."""
    zh, en = HOW.get(more.how, ("", ""))
    since = more.version_during.lower if more.version_during else None
    return {
        "zh": zh,
        "en": en,
        "certain": more.certain,
        "share": more.share,
        "border_m": more.border_m,
        "version": since.astimezone(ZoneInfo(zone)).date().isoformat() if since else None,
        "alternatives": more.alternatives or [],
    }


def _warning(more: Row[Any]) -> dict[str, Any] | None:
    if more.color is None:
        return None
    return {
        "color": more.color,
        "since": more.warned_since.isoformat(),
        "answered": more.answered_at is not None,
    }


_ERRANDS = """
SELECT e.id, e.kind, e.words, e.asked_at, e.due_at, e.arrived_at, e.answered_at, e.answer,
       COALESCE(d.name, n.name) AS whom
  FROM errand AS e LEFT JOIN department AS d ON d.id = e.department
  LEFT JOIN center AS n ON n.id = e.center
 WHERE e.county = :county AND e.incident = :id ORDER BY e.asked_at, whom
"""


def errands(connection: Connection, county: int, id: UUID) -> list[dict[str, Any]]:
    """What was asked of whom for an incident; whoever was whistled for is in, or is late."""
    rows = connection.execute(text(_ERRANDS), {"county": county, "id": id})
    return [
        {
            key: value.isoformat()
            if isinstance(value, datetime)
            else str(value)
            if key == "id"
            else value
            for key, value in row._mapping.items()
        }
        for row in rows
    ]


def _fields(row: Row[Any], kind: str) -> list[dict[str, Any]]:
    """What the family of the incident asks, with what was answered."""
    return [
        {
            "id": one.id,
            "zh": one.zh,
            "en": one.en,
            "type": one.type,
            "choices": [{"id": id, "zh": zh, "en": en} for id, zh, en in one.choices],
            "value": row.fields.get(one.id),
        }
        for one in fields.FIELDS[kind]
    ]


_ALIKE = """
SELECT count(*) FILTER (WHERE i.path >= :village AND i.path < :village_end) AS village,
       count(*) AS township
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE i.path >= :township AND i.path < :township_end AND c.kind = :kind
   AND i.state IN ('taken_in', 'verified', 'dispatched', 'under_way') AND i.id <> :id
   AND i.merged_into IS NULL
"""


def _alike(connection: Connection, row: Row[Any], kind: str) -> dict[str, int]:
    """How many others of the kind are open in the village and in the township."""
    depth = holders.answering_depth(holders.levels(connection))
    township = area.at_level(row.path, depth)
    if township is None:
        return {"village": 0, "township": 0}
    village = area.at_level(row.path, depth + 1) or township
    found = connection.execute(
        text(_ALIKE),
        {
            "village": village,
            "village_end": area.bounds(village)[1],
            "township": township,
            "township_end": area.bounds(township)[1],
            "kind": kind,
            "id": row.id,
        },
    ).one()
    return {"village": found.village, "township": found.township}
