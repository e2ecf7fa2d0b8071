"""Writing down what happened, and making sure that it happens once."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text

from gridmap.access import Viewer
from gridmap.errors import Conflict
from gridmap.events import Event
from gridmap.ids import many_bytes
from gridmap.models.event import Event as EventRow
from gridmap.outside import doorbell


def record(connection: Connection, event: Event, *, actor: Viewer, at: datetime) -> None:
    """Adds an event to the one append-only table, in the transaction that it tells of."""
    record_all(connection, [event], actor=actor, at=at)


def record_all(
    connection: Connection, events: Sequence[Event], *, actor: Viewer, at: datetime
) -> None:
    """Adds the events of one transaction, in their order, however many they are."""
    if events:
        ids = [UUID(bytes=one.tobytes()) for one in many_bytes(at, len(events))]
        rows = [_row(one, id, actor, at) for one, id in zip(events, ids, strict=True)]
        connection.execute(insert(EventRow), rows)
        doorbell.expect(connection)


def _row(event: Event, id: UUID, actor: Viewer, at: datetime) -> dict[str, Any]:
    return {
        "county": event.county,
        "id": id,
        "path": event.path,
        "kind": event.kind,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject,
        "at": at,
        "actor": str(actor),
        "data": event.data,
    }


def content_hash(content: Any) -> bytes:
    """The same for the same content, whatever the order of its keys."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return blake2b(plain.encode(), digest_size=16).digest()


def open_receipt(
    connection: Connection, *, id: UUID, kind: str, county: int, content: bytes, at: datetime
) -> dict[str, Any] | None:
    """Claims an id, first thing in a transaction; None where it is new.

    The same id with the same content comes back with the first answer, a second sender at the
    same moment waits for the first; with other content it raises Conflict.
    """
    claimed = connection.execute(
        text(
            "INSERT INTO receipt (id, kind, county, hash, at)"
            " VALUES (:id, :kind, :county, :hash, :at) ON CONFLICT (id) DO NOTHING"
        ),
        {"id": id, "kind": kind, "county": county, "hash": content, "at": at},
    )
    if claimed.rowcount:
        return None
    first = connection.execute(
        text("SELECT kind, hash, answer FROM receipt WHERE id = :id"), {"id": id}
    ).one()
    if first.kind != kind or bytes(first.hash) != content:
        raise Conflict("编号 {id} 已经用于别的内容；请换一个编号再提交。", id=id)
    return dict(first.answer or {})


def close_receipt(connection: Connection, *, id: UUID, answer: dict[str, Any]) -> None:
    """Keeps the answer, so that a second send gets the same."""
    connection.execute(
        text("UPDATE receipt SET answer = CAST(:answer AS jsonb) WHERE id = :id"),
        {"id": id, "answer": json.dumps(answer, ensure_ascii=False, default=str)},
    )
