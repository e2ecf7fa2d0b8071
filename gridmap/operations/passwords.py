"""Passwords: signing in by one, setting it, and being locked out after many wrong ones.

Like sessions, all of it runs as the viewer ``job:door``.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Row, text

from gridmap.errors import InvalidInput, NotAllowed
from gridmap.operations import second_factor
from gridmap.operations.sessions import audit, end_sessions, open_session
from gridmap.sealing import Sealer

MOST_FAILURES = 8
LOCKED_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 10

# 19 MiB a sign-in (OWASP's second profile): twenty at once do not exhaust a small machine
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


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
    right = _verified(row.password if row and row.password else _nobody(), password)
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


@cache
def _nobody() -> str:
    """A hash that no password fits: who does not exist is verified, too, in the same time."""
    return _HASHER.hash("nobody has this password")
