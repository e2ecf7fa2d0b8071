"""Following events: each follower keeps the snapshot up to which it has read, never an id.

New is what the last snapshot had not seen and this one does, however late it was committed. The
snapshot moves in the transaction that does something with the events: whatever dies, nothing is
lost and nothing is read twice.
"""

from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap.snapshot import Snapshot

_START = """
INSERT INTO reader (name, snapshot) VALUES (:name, pg_current_snapshot())
ON CONFLICT (name) DO NOTHING
"""
_LOCK = "SELECT CAST(snapshot AS text) FROM reader WHERE name = :name FOR UPDATE"
# one statement, so that the rows and the snapshot are of the same moment
_NEW = """
SELECT CAST(pg_current_snapshot() AS text) AS snapshot, e.*
  FROM (SELECT 1) AS always
  LEFT JOIN (
      SELECT county, id, xid, path, kind, subject_kind, subject_id, at, actor, data
        FROM event WHERE xid >= CAST(:next AS xid8)
      UNION ALL
      SELECT county, id, xid, path, kind, subject_kind, subject_id, at, actor, data
        FROM event WHERE xid = ANY (CAST(:open AS xid8[]))) AS e ON true
 ORDER BY e.at, e.xid, e.id
"""
_MOVE = "UPDATE reader SET snapshot = CAST(:snapshot AS pg_snapshot) WHERE name = :name"


def new_events(connection: Connection, reader: str) -> list[Row[Any]]:
    """The events that this reader has not had, oldest first; its snapshot moves with the commit.

    A reader that is new begins with what happens from now on. A second process that reads in
    the same name waits for the first.
    """
    if connection.execute(text(_START), {"name": reader}).rowcount:
        return []
    seen = connection.scalar(text(_LOCK), {"name": reader})
    rows = connection.execute(text(_NEW), Snapshot.parse(str(seen)).parameters).all()
    connection.execute(text(_MOVE), {"name": reader, "snapshot": rows[0].snapshot})
    return [row for row in rows if row.id is not None]
