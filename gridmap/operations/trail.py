"""Writing acts that are no events into the audit trail."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.operations.circumstances import Circumstances

_NOTE = """
SELECT guard.audit(:now, :what, :kind, NULL, :id, :path, :source, :why, CAST(:data AS jsonb))
"""


def note(
    connection: Connection,
    what: str,
    *,
    kind: str,
    given: Circumstances,
    id: UUID | None = None,
    path: str = area.EVERYTHING,
    source: str = "",
    why: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Notes who did ``what`` to something of a ``kind``, in the transaction that did it."""
    connection.execute(
        text(_NOTE),
        {
            "now": given.now,
            "what": what,
            "kind": kind,
            "id": id,
            "path": path,
            "source": source,
            "why": why,
            "data": json.dumps(data or {}, ensure_ascii=False, default=str),
        },
    )
