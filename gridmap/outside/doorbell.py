"""The doorbell: says that something was committed, not what; a lost ring costs half a second.

NOTIFY inside a transaction would make all commits wait for each other, so it is a statement of its
own after the commit.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import Pool

from gridmap.database import after_commit

CHANNEL = "gridmap_event"
MOST_OFTEN_S = 0.1
"""A process rings no oftener; who was rung asks once more after this time."""

_rung: WeakKeyDictionary[Pool, float] = WeakKeyDictionary()
_lock = Lock()


def expect(connection: Connection) -> None:
    """Rings once this transaction has committed: it wrote events."""
    after_commit(connection, ring)


def ring(engine: Engine) -> None:
    """Rings, unless this process just did; what was committed stays so when it cannot."""
    with _lock:
        now = time.monotonic()
        if now - _rung.get(engine.pool, 0.0) < MOST_OFTEN_S:
            return
        _rung[engine.pool] = now
    with (
        suppress(SQLAlchemyError),
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.execute(text(f"NOTIFY {CHANNEL}"))


@dataclass(frozen=True)
class Bell:
    """A connection that hears the doorbell."""

    connection: psycopg.Connection

    def wait(self, seconds: float) -> bool:
        """Whether it rang within that time; rings that came together are one."""
        return any(True for _ in self.connection.notifies(timeout=seconds, stop_after=1))


@contextmanager
def listening(address: str) -> Iterator[Bell]:
    """Hears the doorbell on a connection of its own."""
    with psycopg.connect(
        address, autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        yield Bell(connection)
