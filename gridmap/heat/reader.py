"""What a process knows of the heat: the newest columns, and all changes since, per request.

Before each answer one statement asks, in one snapshot, which build is the newest and what has
committed since the last asking; the answer is then the truth as of that statement. New is what
the last snapshot had not seen (``xid >= xmax`` or still open in it), never "greater than the
last": transactions do not commit in the order of their numbers.
"""

import logging
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from gridmap.heat import files
from gridmap.heat.count import Moment
from gridmap.heat.delta import EMPTY, Delta
from gridmap.snapshot import NOTHING_SEEN, Snapshot

logger = logging.getLogger(__name__)

# prepared with a generic plan: three and a half times as fast as planned anew each time
_PREPARE = """
SET plan_cache_mode = force_generic_plan;
PREPARE heat_news(xid8, xid8[]) AS
SELECT s.snapshot, s.build, c.xid, c.cx, c.cy, c.day, c.class, c.n, c.path
  FROM (SELECT CAST(pg_current_snapshot() AS text) AS snapshot,
               (SELECT max(id) FROM heat_build) AS build) AS s
  LEFT JOIN (SELECT CAST(CAST(xid AS text) AS bigint) AS xid, cx, cy, day, class, n, path
               FROM heat_change WHERE xid >= $1
             UNION ALL
             SELECT CAST(CAST(xid AS text) AS bigint), cx, cy, day, class, n, path
               FROM heat_change WHERE xid = ANY ($2)) AS c ON true
"""
_NEWS = "EXECUTE heat_news(%s, CAST(%s AS xid8[]))"
_BUILD = """
SELECT CAST(b.snap AS text), b.usable AND b.sysid = s.system_identifier, b.files
  FROM heat_build AS b, pg_control_system() AS s WHERE b.id = %s
"""


@dataclass(frozen=True)
class _Known:
    """What was known at the last asking: published whole, never changed.

    Without a moment the build's files cannot be read, and nothing is kept until another comes.
    """

    build: int
    seen: Snapshot
    moment: Moment | None


_ALL_SEEN = Snapshot(2**62)


class Heat:
    """One for a process: holds the columns' maps, the changes and a database session of its own.

    A new session knows nothing any more: after a crash a transaction number that was seen may
    have been given to somebody else.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._lock = threading.Lock()
        self._session: Any = None
        self._known: _Known | None = None
        self._told_of = 0

    def now(self) -> Moment | None:
        """All that has committed by now; None while the columns cannot be read.

        Raises OperationalError where the database is away, as every other question does.
        """
        with self._lock:
            with suppress(psycopg2.OperationalError, psycopg2.InterfaceError):
                return self._refreshed()
            self._forget()
            try:
                return self._refreshed()
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                self._forget()
                raise OperationalError(_NEWS, None, error) from error

    def close(self) -> None:
        """Ends the session; another asking begins a new one."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = self._known = None

    def _refreshed(self) -> Moment | None:
        if self._session is None:
            self._session = self._sign_in()
        known = self._known or self._started()
        seen, build, changes = self._news(known.seen)
        if build != known.build and known.moment is None:
            self._known = known = self._started()
            seen, build, changes = self._news(known.seen)
        if (moment := known.moment) is not None:
            delta = moment.delta.more(changes)
            if build == known.build:
                moment = replace(moment, delta=delta)
            else:
                moment = self._opened(build, delta)[1]
        self._known = _Known(build, seen if moment else _ALL_SEEN, moment)
        return moment

    def _news(self, seen: Snapshot) -> tuple[Snapshot, int, list[tuple[Any, ...]]]:
        """The snapshot of this moment, the newest build, and what has committed since ``seen``."""
        rows = self._rows(_NEWS, str(seen.xmax), list(map(str, seen.open)))
        changes = [row[2:] for row in rows if row[2] is not None]
        return Snapshot.parse(rows[0][0]), rows[0][1] or 0, changes

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._session.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())

    def _started(self) -> _Known:
        """The newest build, with all that came after it still to be asked for."""
        build = self._rows("SELECT COALESCE(max(id), 0) FROM heat_build")[0][0]
        if not build:
            return _Known(0, NOTHING_SEEN, Moment({}))
        seen, moment = self._opened(build, EMPTY)
        return _Known(build, seen if moment else _ALL_SEEN, moment)

    def _sign_in(self) -> Any:
        """A session that no pool shares: what it has seen is kept beside it."""
        connection = self._engine.raw_connection()
        session: Any = connection.driver_connection
        connection.detach()
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(_PREPARE)
        return session

    def _opened(self, build: int, delta: Delta) -> tuple[Snapshot, Moment | None]:
        """The columns of a build with the changes that it has not seen; None: not usable."""
        snap, usable, names = self._rows(_BUILD, build)[0]
        try:
            if not usable:
                raise files.Damaged(f"build {build}")
            counties = {int(no): files.read(self._folder / name) for no, name in names.items()}
        except (OSError, files.Damaged) as missing:
            self._tell(build, missing)
            return _ALL_SEEN, None
        seen = Snapshot.parse(snap)
        return seen, Moment(counties, delta.without(seen))

    def _tell(self, build: int, why: Exception) -> None:
        if self._told_of != build:
            logger.warning("heat columns %s cannot be read (%s): counted by the table", build, why)
            self._told_of = build
