"""What one was told, and the log of who was told what, when and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap.access import Viewer, areas, readable
from gridmap.queries import describe, queues
from gridmap.queries.timeline import KINDS
from gridmap.rules.notices import AUDIENCES

SHOWN = 50
_MORE_KINDS = {
    "StandInNamed": ("代班", "Standing in"),
    "WorkerSucceeded": ("接任", "Succeeded"),
}

_SELECT = """
SELECT n.id, n.county, n.path, n.kind, n.urgent, n.subject_kind, n.subject_id, n.why, n.n, n.data,
       n.made_at, n.told_at, n.seen_at, a.name AS who, i.number,
       COALESCE(NULLIF(i.title, ''), (
           SELECT words FROM report AS p WHERE p.county = i.county AND p.incident = i.id
            ORDER BY p.received_at LIMIT 1)) AS words
  FROM notice AS n LEFT JOIN account AS a ON a.id = n.account
  LEFT JOIN incident AS i ON n.subject_kind = 'incident' AND i.county = n.county
                         AND i.id = n.subject_id
"""
_MINE = f"{_SELECT} WHERE n.account = :account AND n.told_at IS NOT NULL"
_COUNT = """
SELECT count(*) FILTER (WHERE told_at IS NOT NULL AND seen_at IS NULL) AS unseen,
       count(*) FILTER (WHERE told_at IS NULL) AS waiting
  FROM notice WHERE account = :account
"""


def counts(connection: Connection, viewer: Viewer) -> dict[str, int]:
    """How many notices the viewer has not seen, and how many wait for the digest."""
    row = connection.execute(text(_COUNT), {"account": _account(viewer)}).one()
    return {"unseen": row.unseen, "waiting": row.waiting}


def mine(connection: Connection, viewer: Viewer, *, now: datetime) -> dict[str, Any]:
    """What the viewer was told, the newest first, with how much is unseen.

    ``keeps_log`` says whether the viewer may read of others, too.
    """
    rows = connection.execute(
        text(f"{_MINE} ORDER BY n.told_at DESC, n.made_at DESC, n.id LIMIT :rows"),
        {"account": _account(viewer), "rows": SHOWN},
    ).all()
    return {
        **counts(connection, viewer),
        "notices": _described(connection, rows, now),
        "keeps_log": bool(areas(connection, "notice")),
    }


def log(connection: Connection, *, now: datetime, page: int = 1) -> dict[str, Any]:
    """Who was told what, when and why, in the area that the viewer administers."""
    mine = readable(connection, "notice", "n.path")
    rows = connection.execute(
        text(f"{_SELECT} WHERE {mine} ORDER BY n.made_at DESC, n.id LIMIT :rows OFFSET :skip"),
        {"rows": SHOWN, "skip": (page - 1) * SHOWN},
    ).all()
    total = connection.scalar(text(f"SELECT count(*) FROM notice AS n WHERE {mine}")) or 0
    pages = max(1, -(-total // SHOWN))
    return {"rows": _described(connection, rows, now), "page": page, "pages": pages}


def _account(viewer: Viewer) -> str | None:
    return viewer.name if viewer.kind == "account" else None


def _described(
    connection: Connection, rows: list[Row[Any]] | Any, now: datetime
) -> list[dict[str, Any]]:
    names = describe.names_above(connection, {row.path for row in rows}, now)
    return [_notice(row, names) for row in rows]


def _notice(row: Row[Any], names: dict[str, str]) -> dict[str, Any]:
    zh, en = {**KINDS, **_MORE_KINDS}.get(row.kind, (row.kind, row.kind))
    why_zh, why_en = AUDIENCES.get(row.why, (row.why, row.why))
    return {
        "id": str(row.id),
        "who": row.who,
        "kind": row.kind,
        "words": {"zh": zh, "en": en},
        "why": {"zh": why_zh, "en": why_en},
        "urgent": row.urgent,
        "n": row.n,
        "county": row.county,
        "subject_kind": row.subject_kind,
        "subject_id": str(row.subject_id) if row.subject_id else None,
        "number": row.number,
        "title": queues.first_words(row.words),
        "place": queues.place_name(row.path, names),
        "made_at": row.made_at.isoformat(),
        "told_at": row.told_at.isoformat() if row.told_at else None,
        "seen_at": row.seen_at.isoformat() if row.seen_at else None,
    }
