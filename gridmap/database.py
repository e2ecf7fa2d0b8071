"""Engines, and the one way to a transaction: in the name of a viewer.

The viewer is a signed string, set first thing in every transaction and gone with it; the
database's policies believe nothing else. The login follows from the viewer's kind alone.
"""

import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from psycopg import ClientCursor
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.pool import PoolResetState

from gridmap.access import Viewer, forget_areas
from gridmap.secrets import Secrets

_SIGNATURE_LIFE_S = 30
_LOGIN_OF_KIND = {"kiosk": "wall", "wall": "wall", "job": "job"}
_AFTER_COMMIT = "gridmap_after_commit"
POOL_SIZE = 6
PSYCOPG2, PSYCOPG = "postgresql+psycopg2", "postgresql+psycopg"
"""The drivers: the second one waits without holding up the other streams of its process."""


@dataclass(frozen=True)
class Database:
    """The engines by login (app, wall, job), and the key that signs viewers."""

    engines: dict[str, Engine]
    viewer_key: bytes = field(repr=False)

    @contextmanager
    def transaction(self, viewer: Viewer, *, one_snapshot: bool = False) -> Iterator[Connection]:
        """A transaction in which ``viewer`` asks; commits at the end, rolls back on an error.

        With ``one_snapshot`` all its statements see the same moment (REPEATABLE READ).
        """
        engine = self.engines[_LOGIN_OF_KIND.get(viewer.kind, "app")]
        if one_snapshot:
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.begin() as connection:
            self.name_viewer(connection, viewer)
            connection.info.pop(_AFTER_COMMIT, None)
            yield connection
            waiting = connection.info.pop(_AFTER_COMMIT, {})
        for do in waiting:
            do(engine)

    def name_viewer(self, connection: Connection, viewer: Viewer) -> None:
        """Tells the database who asks, until the transaction ends."""
        forget_areas(connection)
        signed = sign(self.viewer_key, viewer, _backend_pid(connection))
        connection.execute(
            text("SELECT set_config('gridmap.viewer', :signed, true)"), {"signed": signed}
        )

    def dispose(self) -> None:
        """Closes all connections."""
        for engine in self.engines.values():
            engine.dispose()


def after_commit(connection: Connection, do: Callable[[Engine], None]) -> None:
    """Does something, once, after the transaction has committed; never if it rolls back."""
    connection.info.setdefault(_AFTER_COMMIT, {})[do] = None


def sign(key: bytes, viewer: Viewer, pid: int) -> str:
    """The viewer's signed string: bound to one backend, good for a transaction's beginning.

    Expiry is a security time and goes by the machine's clock, as the database's own does.
    """
    claim = f"{viewer}|{int(time.time()) + _SIGNATURE_LIFE_S}|{pid}"
    return f"{claim}|{hmac.new(key, claim.encode(), sha256).hexdigest()}"


def connect(administrative_url: str, secrets: Secrets, *, driver: str = PSYCOPG2) -> Database:
    """The application's engines on the server of the administrative address."""
    passwords = {
        "app": secrets.app_password,
        "wall": secrets.wall_password,
        "job": secrets.job_password,
    }
    engines = {
        login: _engine(
            login_url(administrative_url, f"gridmap_{login}", password).set(drivername=driver)
        )
        for login, password in passwords.items()
    }
    return Database(engines, bytes.fromhex(secrets.viewer_key))


def login_url(administrative_url: str, user: str, password: str) -> URL:
    """The same server and database for another login."""
    return psycopg2_url(administrative_url).set(username=user, password=password)


def psycopg2_url(address: str) -> URL:
    """A PostgreSQL address with the driver that the application uses."""
    return make_url(address).set(drivername=PSYCOPG2)


def _engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_reset_on_return=None,
        hide_parameters=True,
        # no prepared statements: areas are literals, and a plan is for them
        connect_args={"cursor_factory": ClientCursor} if url.drivername == PSYCOPG else {},
    )
    event.listen(engine, "reset", _forget_session)
    return engine


# DISCARD ALL but for the plans: they hold nothing of a viewer, and to plan the functions of row
# security anew costs each request several milliseconds
_FORGET = """
CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; DEALLOCATE ALL; UNLISTEN *;
SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES
"""


def _forget_session(dbapi_connection: Any, _record: object, state: PoolResetState) -> None:
    """Nothing of one viewer's session may reach the next: cursors, settings, temporary tables."""
    if state.terminate_only:
        return
    dbapi_connection.rollback()
    dbapi_connection.autocommit = True
    with dbapi_connection.cursor() as cursor:
        cursor.execute(_FORGET)
    dbapi_connection.autocommit = False


def _backend_pid(connection: Connection) -> int:
    driver: Any = connection.connection.dbapi_connection
    return int(driver.info.backend_pid)
