"""Keys that no person holds: tokens of other systems, and kiosks of wall screens."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, text

_FIND = {
    "kiosk": "SELECT id, seen_at AS seen FROM kiosk WHERE hash = :hash AND revoked_at IS NULL",
    "token": (
        "SELECT id, used_at AS seen FROM api_token WHERE hash = :hash AND revoked_at IS NULL"
        " AND (expires_at IS NULL OR expires_at > :now)"
    ),
}
_SEEN = {
    "kiosk": "UPDATE kiosk SET seen_at = :now WHERE id = :id",
    "token": "UPDATE api_token SET used_at = :now WHERE id = :id",
}
_SEEN_EVERY = timedelta(minutes=1)


def holder_of(connection: Connection, kind: str, secret: str, *, now: datetime) -> UUID | None:
    """The kiosk or token that a secret belongs to, while it is good; noted once a minute."""
    hashed = sha256(secret.encode()).digest()
    row = connection.execute(text(_FIND[kind]), {"hash": hashed, "now": now}).first()
    if row is None:
        return None
    if row.seen is None or now - row.seen > _SEEN_EVERY:
        connection.execute(text(_SEEN[kind]), {"id": row.id, "now": now})
    id: UUID = row.id
    return id


def someone_signed_in(connection: Connection) -> bool:
    """Whether any account ever signed in."""
    return bool(connection.scalar(text("SELECT guard.someone_signed_in()")))
