"""The exports that somebody asked for."""

from typing import Any

from sqlalchemy import Connection, text

_MOST = 100
_MINE = """
SELECT e.id, e.what, e.options, e.why, e.state, e.rows, e.failure, e.asked_at, e.expires_at,
       (SELECT count(*) FROM download AS d WHERE d.export = e.id) AS downloads
  FROM export AS e WHERE e.owner = :owner ORDER BY e.asked_at DESC, e.id LIMIT :most
"""


def mine(connection: Connection, owner: str) -> list[dict[str, Any]]:
    """The owner's exports, the newest first; a hundred at most."""
    rows = connection.execute(text(_MINE), {"owner": owner, "most": _MOST})
    return [
        {
            "id": str(row.id),
            "what": row.what,
            **row.options,
            "why": row.why,
            "state": row.state,
            "rows": row.rows,
            "failure": row.failure,
            "asked_at": row.asked_at.isoformat(),
            "expires_at": row.expires_at.isoformat(),
            "downloads": row.downloads,
        }
        for row in rows
    ]
