"""How often something may be tried, counted over all processes in one table."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, text

from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.errors import TooOften

_COUNT = """
INSERT INTO rate (key, window_start, n) VALUES (:key, :start, 1)
ON CONFLICT (key, window_start) DO UPDATE SET n = rate.n + 1 RETURNING n
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So many times within a window of time."""

    name: str
    most: int
    window: timedelta


SIGN_IN_BY_SOURCE = Limit("sign-in source", 60, timedelta(minutes=5))
"""A whole office may share one address."""
SIGN_IN_BY_LOGIN = Limit("sign-in login", 20, timedelta(minutes=15))
CHECKS_OF_ACCOUNT = Limit("account checks", 10, timedelta(minutes=15))
TOKEN = Limit("token", 600, timedelta(minutes=1))


def allow(connection: Connection, key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Counts one more try under ``key``, and whether that is still within the limit."""
    start = _EPOCH + (now - _EPOCH) // window * window
    hashed = sha256(key.encode()).hexdigest()
    n: int = connection.execute(text(_COUNT), {"key": hashed, "start": start}).scalar_one()
    return n <= limit


def spend(database: Database, viewer: Viewer, limit: Limit, key: str, *, now: datetime) -> None:
    """Counts one more try, kept whatever comes of it; raises TooOften beyond the limit."""
    with database.transaction(viewer) as connection:
        allowed = allow(connection, f"{limit.name} {key}", limit.most, limit.window, now)
    if not allowed:
        raise TooOften("试得太频繁，请 {minutes} 分钟后再试。", minutes=_minutes(limit.window))


def clear(connection: Connection, *, now: datetime) -> None:
    """Forgets windows that have long passed."""
    connection.execute(
        text("DELETE FROM rate WHERE window_start < :before"), {"before": now - KEPT}
    )


def _minutes(window: timedelta) -> int:
    return max(1, round(window / timedelta(minutes=1)))
