"""What happened between two snapshots, as much of it as may leave the database for open pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.snapshot import Snapshot

MOST = 2_000
"""So many events are told one by one; beyond, whoever follows asks for everything anew."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as open pages are told of it: no words, no data, and not who acted."""

    kind: str
    subject_kind: str
    subject: UUID | None
    county: int
    path: str
    at: datetime
    category: int | None
    severity: int | None
    color: int | None

    @property
    def message(self) -> dict[str, Any]:
        """Fit for JSON, without what the event has not."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values |= {"subject": str(self.subject) if self.subject else None}
        values |= {"at": self.at.isoformat()}
        return {
            name: value for name, value in values.items() if value is not None or name == "subject"
        }


class News(NamedTuple):
    """What is new, oldest first, and the snapshot up to which; ``too_many``: it was cut off."""

    snapshot: str
    events: list[Happened]
    too_many: bool


# one statement, so that the rows and the snapshot are of the same moment
_NEW = """
SELECT CAST(pg_current_snapshot() AS text) AS snapshot, e.*, i.category, i.severity, w.color
  FROM (SELECT 1) AS always
  LEFT JOIN (
      SELECT county, id, xid, path, kind, subject_kind, subject_id, at
        FROM event WHERE xid >= CAST(:next AS xid8)
      UNION ALL
      SELECT county, id, xid, path, kind, subject_kind, subject_id, at
        FROM event WHERE xid = ANY (CAST(:open AS xid8[]))) AS e ON {until}
  LEFT JOIN incident AS i
         ON e.subject_kind = 'incident' AND i.county = e.county AND i.id = e.subject_id
  LEFT JOIN warning AS w
         ON e.subject_kind = 'warning' AND w.county = e.county AND w.id = e.subject_id
 ORDER BY e.at, e.xid, e.id LIMIT :most
"""
_UNTIL = "pg_visible_in_snapshot(e.xid, CAST(:until AS pg_snapshot))"


def snapshot_now(connection: Connection) -> str:
    """The current snapshot of transactions."""
    return str(connection.scalar(text("SELECT CAST(pg_current_snapshot() AS text)")))


def system(connection: Connection) -> str:
    """The identifier of this database's server: snapshots of another one mean nothing here."""
    found = connection.scalar(text("SELECT system_identifier FROM pg_control_system()"))
    return str(found)


def is_answerable(seen: str, now: str) -> bool:
    """Whether a client's snapshot is one of this server's past."""
    parts = seen.split(":")
    numbers = [*parts[:2], *(one for one in ":".join(parts[2:]).split(",") if one)]
    if len(parts) != 3 or not all(one.isascii() and one.isdigit() for one in numbers):
        return False
    low, high, *open = map(int, numbers)
    return 0 < low <= high <= int(now.split(":")[1]) and all(low <= one < high for one in open)


def news(connection: Connection, seen: str, *, until: str = "", most: int = MOST) -> News:
    """What the snapshot ``seen`` had not, and this transaction's (or ``until``) has.

    The viewer's rights decide what of it is there.
    """
    given = Snapshot.parse(seen).parameters | {"most": most + 1}
    if until:
        given["until"] = until
    statement = _NEW.format(until=_UNTIL if until else "true")
    rows = connection.execute(text(statement), given).all()
    events = [_happened(row) for row in rows if row.kind is not None]
    return News(until or rows[0].snapshot, events[:most], len(events) > most)


def _happened(row: Row[Any]) -> Happened:
    return Happened(
        row.kind,
        row.subject_kind,
        row.subject_id,
        row.county,
        row.path,
        row.at,
        row.category,
        row.severity,
        row.color,
    )


_GOOD = """
SELECT 'session' AS kind, encode(s.id, 'hex') AS id,
       'account:' || COALESCE(s.viewing_as, s.account) AS viewer
  FROM web_session AS s JOIN account AS a ON a.id = s.account
 WHERE s.id = ANY (CAST(:sessions AS bytea[])) AND s.expires_at > :now AND s.seen_at > :idle
   AND a.closed_at IS NULL
UNION ALL
SELECT 'kiosk', CAST(id AS text), 'kiosk:' || id FROM kiosk
 WHERE id = ANY (CAST(:kiosks AS uuid[])) AND revoked_at IS NULL
UNION ALL
SELECT 'token', CAST(id AS text), 'token:' || id FROM api_token
 WHERE id = ANY (CAST(:tokens AS uuid[])) AND revoked_at IS NULL
   AND (expires_at IS NULL OR expires_at > :now)
"""


class Key(NamedTuple):
    """What opened a stream: a session's hash, a kiosk's or token's id; or being at the machine."""

    kind: str
    id: str


def good_keys(
    connection: Connection, keys: Collection[Key], *, now: datetime, idle_since: datetime
) -> dict[Key, str]:
    """The keys that have not ended, each with the viewer that it now stands for.

    Looking does not count as being active: a page that is only open lets its session end.
    """
    of = {kind: [one.id for one in keys if one.kind == kind] for kind in _KINDS}
    rows = connection.execute(
        text(_GOOD),
        {
            "sessions": [bytes.fromhex(one) for one in of["session"]],
            "kiosks": of["kiosk"],
            "tokens": of["token"],
            "now": now,
            "idle": idle_since,
        },
    )
    return {Key(row.kind, row.id): row.viewer for row in rows}


_KINDS = ("session", "kiosk", "token")
