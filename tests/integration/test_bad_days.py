"""Bad days: the application and PostgreSQL are killed in the midst of a thousand reports.

A cluster of its own, with fsync; every report that was acknowledged is there once, assigned, and
announced once. Senders do what a phone does: the same id again until there is an answer.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import embedded, secrets
from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import connect, psycopg2_url
from gridmap.embedded import Cluster
from gridmap.operations import setup
from gridmap.operations.following import new_events
from tests import world
from tests.conftest import ZONE
from tests.integration.killing import kill_postgres

REPORTS, SENDERS = 1_000, 6
TELLER = Viewer("job", "teller")
ROOT = Path(__file__).parents[2]
PATIENCE_S = 120


@dataclass
class Machine:
    """A cluster and the application on it, both of which can be killed."""

    folder: Path
    cluster: Cluster
    port: int
    process: subprocess.Popen[bytes] | None = None
    acknowledged: dict[str, str] = field(default_factory=dict)
    refusals: set[tuple[int, bool]] = field(default_factory=set)
    progress: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """The administrative address."""
        return embedded.administrative_url(self.cluster)

    def start_application(self) -> None:
        """Starts the web as production does."""
        environment = os.environ | {
            "DATABASE_URL": self.url,
            "GRIDMAP_INSTANCE": str(self.folder / "instance"),
        }
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT)),
                *("--worker-class", "gthread", "--threads", str(SENDERS), "--workers", "1"),
                *("--bind", f"127.0.0.1:{self.port}", "--no-control-socket"),
            ],
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill_application(self) -> None:
        """kill -9, of all its processes."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def send(self, id: str) -> None:
        """Sends one report until it is acknowledged, as a phone does."""
        lon, lat = world.middle(0.5)
        body = json.dumps({"id": id, "category": 1, "lon": lon, "lat": lat, "words": "示例"})
        while True:
            try:
                answer = self._post(body)
            except urllib.error.HTTPError as refused:
                with self.progress:
                    self.refusals.add((refused.code, "Retry-After" in refused.headers))
                refused.close()
            except (OSError, ValueError):
                pass
            else:
                with self.progress:
                    self.acknowledged[id] = answer["number"]
                    self.progress.notify_all()
                return
            threading.Event().wait(0.05)

    def _post(self, body: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/incidents",
            data=body.encode(),
            headers={"Content-Type": "application/json", "X-Requested-With": "gridmap"},
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)

    def wait_for(self, count: int) -> None:
        """Until so many reports were acknowledged."""
        with self.progress:
            assert self.progress.wait_for(lambda: len(self.acknowledged) >= count, PATIENCE_S)


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A fresh machine with the tiny world on it."""
    folder = Path(tempfile.mkdtemp(prefix="gm-bad-"))
    folder.chmod(0o755)
    kept = secrets.load_or_make(folder / "instance")
    cluster = Cluster(
        folder / "c", folder / "c" / "run", embedded.find_programs(), kept.admin_password
    )
    embedded.start(cluster)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Machine(folder, cluster, port)
    setup.migrate(made.url, kept, zone=ZONE)
    database = connect(made.url, kept)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    with database.transaction(TELLER) as connection:
        assert new_events(connection, "witness") == []
    database.dispose()
    made.start_application()
    yield made
    if made.process:
        made.kill_application()
    embedded.stop(cluster)
    shutil.rmtree(folder)


def test_what_was_acknowledged_is_there_once_whatever_is_killed(machine: Machine) -> None:
    ids = [str(uuid4()) for _ in range(REPORTS)]
    with ThreadPoolExecutor(SENDERS) as senders:
        sent = [senders.submit(machine.send, id) for id in ids]
        machine.wait_for(REPORTS // 4)
        machine.kill_application()
        machine.start_application()
        machine.wait_for(REPORTS // 2)
        kill_postgres(machine.cluster)
        embedded.start(machine.cluster)
        machine.wait_for(3 * REPORTS // 4)
        machine.kill_application()
        kill_postgres(machine.cluster)
        embedded.start(machine.cluster)
        machine.start_application()
        for one in sent:
            one.result()
    # status, and whether it says when to try again
    assert machine.refusals <= {(503, True)}
    _there_once(machine, ids)
    _announced_once(machine, len(ids))


def _there_once(machine: Machine, ids: list[str]) -> None:
    engine = create_engine(psycopg2_url(machine.url), poolclass=NullPool)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT r.id, i.number, i.holder_duty IS NOT NULL AS held,"
                " (SELECT count(*) FROM assignment AS a WHERE a.incident = i.id) AS assigned"
                " FROM report AS r JOIN incident AS i ON i.county = r.county"
                " AND i.id = r.incident"
            )
        ).all()
        incidents = connection.scalar(text("SELECT count(*) FROM incident"))
    engine.dispose()
    assert {str(row.id): row.number for row in rows} == machine.acknowledged
    assert len(rows) == incidents == len(ids)
    assert all(row.held and row.assigned == 1 for row in rows)


def _announced_once(machine: Machine, count: int) -> None:
    database = connect(machine.url, secrets.load_or_make(machine.folder / "instance"))
    with database.transaction(TELLER) as connection:
        told = [row.subject_id for row in new_events(connection, "witness")]
    with database.transaction(TELLER) as connection:
        again = new_events(connection, "witness")
    database.dispose()
    assert (len(told), len(set(told)), again) == (count, count, [])
