"""The state of an installation: server, schema, sizes, and what waits to be done."""

import http.client
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from gridmap import hardening
from gridmap.operations import setup

TABLES = ("region", "grid", "household", "incident", "warning", "event")
WORKER_SILENT_S = 60
_ANSWER_WITHIN_S = 2


@dataclass(frozen=True)
class State:
    """Sizes in bytes and rows; ``lag_s`` is how long the oldest waiting job is due."""

    server: str
    schema: str | None
    newest_schema: str | None
    size_bytes: int
    counts: dict[str, int]
    workers: int
    waiting: int
    lag_s: float
    not_hardened: tuple[str, ...]


_WAITING = """
SELECT count(*) AS n, min(COALESCE(j.scheduled_at, d.at)) AS oldest
  FROM procrastinate_jobs AS j
  LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events AS e
                      WHERE e.job_id = j.id AND e.type IN ('deferred', 'deferred_for_retry')) AS d
    ON true
 WHERE j.status = 'todo' AND COALESCE(j.scheduled_at, :now) <= :now
"""
_WORKERS = """
SELECT count(*) FROM procrastinate_workers
 WHERE last_heartbeat > CAST(:now AS timestamptz) - make_interval(secs => :silent)
"""


def state(connection: Connection, *, now: datetime) -> State:
    """The state, as the administrative login sees it."""
    current, newest = setup.schema_versions(connection)
    waiting = connection.execute(text(_WAITING), {"now": now}).one()
    workers = connection.scalar(text(_WORKERS), {"now": now, "silent": WORKER_SILENT_S})
    return State(
        server=f"PostgreSQL {connection.scalar(text('SHOW server_version'))}",
        schema=current,
        newest_schema=newest,
        size_bytes=int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0),
        counts={
            table: int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)
            for table in TABLES
        },
        workers=int(workers or 0),
        waiting=waiting.n,
        lag_s=(now - waiting.oldest).total_seconds() if waiting.oldest else 0.0,
        not_hardened=hardening.not_hardened(connection),
    )


def answers(host: str, port: int) -> bool:
    """Whether a gridmap at that address says that it is ready."""
    asking = http.client.HTTPConnection(host, port, timeout=_ANSWER_WITHIN_S)
    try:
        asking.request("GET", "/readyz")
        return asking.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()
