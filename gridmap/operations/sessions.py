"""Signing in and staying signed in: passwords, sessions, one-time links, looking as another.

Everything here runs as the viewer ``job:door``, which alone may read what opens an account.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Row, text

from gridmap.access import Viewer
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.operations import second_factor
from gridmap.sealing import Sealer

DOOR = Viewer("job", "door")
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
LINK_LIFE = timedelta(hours=24)
MOST_FAILURES = 8
LOCKED_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 10

# 19 MiB a sign-in (OWASP's second profile): twenty at once do not exhaust a small machine
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this password")


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


def sign_in(
    connection: Connection,
    *,
    login: str,
    password: str,
    code: str,
    now: datetime,
    source: str,
    sealer: Sealer,
) -> str | NotAllowed:
    """Opens a session; returns the cookie's value, or why not.

    A refusal is returned and not raised, so that the count of failures is kept. Wrong name and
    wrong password say the same and take the same time.
    """
    row = connection.execute(text(_ACCOUNT), {"login": login.strip().lower()}).first()
    refused = _refusal(connection, row, password, code, now, sealer)
    if refused is not None or row is None:
        return refused or NotAllowed("用户名或密码不对。")
    connection.execute(
        text(
            "UPDATE account SET failures = 0, locked_until = NULL, looked_at = :now WHERE id = :id"
        ),
        {"id": row.id, "now": now},
    )
    audit(connection, now, "sign_in", row, source)
    return open_session(connection, row.id, now=now, source=source)


_ACCOUNT = """
SELECT id, login, path, password, totp_sealed, totp_on, totp_step, failures, locked_until, closed_at
  FROM account WHERE login = :login FOR UPDATE
"""


def _refusal(
    connection: Connection,
    row: Row[Any] | None,
    password: str,
    code: str,
    now: datetime,
    sealer: Sealer,
) -> NotAllowed | None:
    right = _verified(row.password if row and row.password else _NOBODY, password)
    if row is None or row.closed_at is not None:
        return NotAllowed("用户名或密码不对。")
    if row.locked_until is not None and row.locked_until > now:
        return NotAllowed("试错太多次，账号暂时锁定；请稍后再试，或找管理员解锁。")
    if right and row.totp_on:
        right = second_factor.accept(connection, row.id, code, now=now, sealer=sealer)
    if right:
        return None
    _count_failure(connection, row, now)
    if row.totp_on:
        return NotAllowed("用户名、密码或动态码不对。")
    return NotAllowed("用户名或密码不对。")


def _verified(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _count_failure(connection: Connection, row: Row[Any], now: datetime) -> None:
    failures = row.failures + 1
    locked = now + LOCKED_FOR if failures >= MOST_FAILURES else None
    connection.execute(
        text("UPDATE account SET failures = :failures, locked_until = :locked WHERE id = :id"),
        {"failures": failures % MOST_FAILURES, "locked": locked, "id": row.id},
    )


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


def set_password(connection: Connection, account: UUID, password: str) -> None:
    """Sets a password and ends all sessions; raises InvalidInput for one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput("密码至少 {n} 个字符。", n=SHORTEST_PASSWORD)
    connection.execute(
        text("UPDATE account SET password = :hash, failures = 0 WHERE id = :id"),
        {"hash": _HASHER.hash(password), "id": account},
    )
    end_sessions(connection, account)


def change_password(
    connection: Connection, account: UUID, *, old: str, new: str, now: datetime, source: str
) -> bool:
    """Sets a new password if the old one is right, or there was none; ends all sessions."""
    row = connection.execute(
        text("SELECT id, path, password FROM account WHERE id = :id FOR UPDATE"), {"id": account}
    ).one()
    if row.password is not None and not _verified(row.password, old):
        return False
    set_password(connection, account, new)
    audit(connection, now, "password_changed", row, source)
    return True


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
