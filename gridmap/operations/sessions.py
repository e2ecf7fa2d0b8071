"""Staying signed in: sessions, one-time links, looking as another.

Everything here runs as the viewer ``job:door``, which alone may read what opens an account.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.access import Viewer
from gridmap.errors import NotFound

DOOR = Viewer("job", "door")
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
LINK_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Session:
    """Who a cookie stands for; ``viewing_as`` is whose view an administrator looks through."""

    account: UUID
    login: str
    name: str
    viewing_as: UUID | None
    viewing_name: str | None
    how: str
    codes_on: bool
    has_password: bool

    @property
    def viewer(self) -> Viewer:
        """Whose rights the session has."""
        return Viewer("account", str(self.viewing_as or self.account))


def open_session(
    connection: Connection, account: UUID, *, now: datetime, source: str, how: str = "password"
) -> str:
    """A new session of an account, opened by 'password', 'link' or 'oidc'.

    The returned value is known to its cookie alone.
    """
    value = secrets.token_urlsafe(32)
    connection.execute(
        text(
            "INSERT INTO web_session (id, account, created_at, seen_at, expires_at, source, how)"
            " VALUES (:id, :account, :now, :now, :expires, :source, :how)"
        ),
        {
            "id": _hash(value),
            "account": account,
            "now": now,
            "expires": now + LONGEST,
            "source": source,
            "how": how,
        },
    )
    return value


_SESSION = """
SELECT s.id, s.seen_at, a.id AS account, a.login, a.name, s.viewing_as, v.name AS viewing_name,
       s.how, a.totp_on, a.password IS NOT NULL AS has_password
  FROM web_session AS s JOIN account AS a ON a.id = s.account
  LEFT JOIN account AS v ON v.id = s.viewing_as
 WHERE s.id = :id AND s.expires_at > :now AND s.seen_at > :idle AND a.closed_at IS NULL
"""
_SEEN_EVERY = timedelta(minutes=1)


def session_of(connection: Connection, value: str, *, now: datetime) -> Session | None:
    """Who a cookie stands for; None where it has ended."""
    row = connection.execute(
        text(_SESSION), {"id": _hash(value), "now": now, "idle": now - IDLE}
    ).first()
    if row is None:
        return None
    if now - row.seen_at > _SEEN_EVERY:
        connection.execute(
            text("UPDATE web_session SET seen_at = :now WHERE id = :id"),
            {"now": now, "id": row.id},
        )
    return Session(
        row.account,
        row.login,
        row.name,
        row.viewing_as,
        row.viewing_name,
        row.how,
        row.totp_on,
        row.has_password,
    )


def look_as(connection: Connection, value: str, account: UUID | None) -> None:
    """Lets a session see what another account sees; with None it sees its own again."""
    connection.execute(
        text("UPDATE web_session SET viewing_as = :account WHERE id = :id"),
        {"account": account, "id": _hash(value)},
    )


def sign_out(connection: Connection, value: str) -> None:
    """Ends one session."""
    connection.execute(text("DELETE FROM web_session WHERE id = :id"), {"id": _hash(value)})


def end_sessions(connection: Connection, account: UUID) -> None:
    """Ends every session of an account: its password or its rights changed."""
    connection.execute(
        text("DELETE FROM web_session WHERE account = :a OR viewing_as = :a"), {"a": account}
    )


def end_session(connection: Connection, account: UUID, short: str) -> None:
    """Ends one session of an account, named by the head of its hash."""
    connection.execute(
        text("DELETE FROM web_session WHERE account = :a AND left(encode(id, 'hex'), 16) = :short"),
        {"a": account, "short": short},
    )


def end_other_sessions(connection: Connection, account: UUID, value: str) -> None:
    """Ends every session of an account but the one of this cookie."""
    connection.execute(
        text("DELETE FROM web_session WHERE account = :a AND id <> :id"),
        {"a": account, "id": _hash(value)},
    )


def make_link(connection: Connection, account: UUID, *, now: datetime) -> str:
    """A link's secret that signs in once, within a day."""
    value = secrets.token_urlsafe(32)
    connection.execute(
        text("INSERT INTO sign_in_link (id, account, expires_at) VALUES (:id, :account, :expires)"),
        {"id": _hash(value), "account": account, "expires": now + LINK_LIFE},
    )
    return value


def use_link(connection: Connection, value: str, *, now: datetime, source: str) -> str:
    """Opens a session by a link; raises NotFound for one that was used or has expired."""
    account = connection.scalar(
        text(
            "UPDATE sign_in_link AS l SET used_at = :now FROM account AS a WHERE l.id = :id"
            " AND l.used_at IS NULL AND l.expires_at > :now AND a.id = l.account"
            " AND a.closed_at IS NULL RETURNING l.account"
        ),
        {"id": _hash(value), "now": now},
    )
    if account is None:
        raise NotFound("这个登录链接已用过或已过期；请找管理员再要一个。")
    row = connection.execute(
        text("UPDATE account SET looked_at = :now WHERE id = :id RETURNING id, path"),
        {"now": now, "id": account},
    ).one()
    audit(connection, now, "sign_in_by_link", row, source)
    return open_session(connection, account, now=now, source=source, how="link")


def audit(connection: Connection, now: datetime, what: str, row: Row[Any], source: str) -> None:
    """Writes a sign-in into the trail: the subject is who signed in."""
    connection.execute(
        text("SELECT guard.audit(:now, :what, 'account', NULL, :id, :path, :source, NULL, '{}')"),
        {"now": now, "what": what, "id": row.id, "path": row.path, "source": source},
    )


def audit_of(connection: Connection, now: datetime, what: str, account: UUID, source: str) -> None:
    """Writes what somebody did to the own account into the trail."""
    row = connection.execute(
        text("SELECT id, path FROM account WHERE id = :id"), {"id": account}
    ).one()
    audit(connection, now, what, row, source)


def short_of(value: str) -> str:
    """The head of the hash of a cookie, which names its session in a list."""
    return _hash(value).hex()[:16]


def clear_ended(connection: Connection, *, now: datetime) -> None:
    """Forgets sessions and links that have ended."""
    for table in ("web_session", "sign_in_link"):
        connection.execute(text(f"DELETE FROM {table} WHERE expires_at < :now"), {"now": now})


def _hash(value: str) -> bytes:
    return sha256(value.encode()).digest()
