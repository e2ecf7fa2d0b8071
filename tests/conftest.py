"""One private cluster and one migrated template database for the whole run; a clone per test."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import embedded, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database, connect, psycopg2_url
from gridmap.embedded import Cluster
from gridmap.operations import setup
from gridmap.secrets import Secrets

NOW = datetime(2026, 6, 11, 6, 32, tzinfo=UTC)
"""The moment at which the tests take place: 14:32 on 11 June 2026 in Shanghai."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """The cluster of this run, its secrets, and the migrated template."""

    cluster: Cluster
    secrets: Secrets

    def url(self, database: str) -> str:
        """The administrative address of a database."""
        return embedded.administrative_url(self.cluster, database)

    def execute(self, statement: str) -> None:
        """Runs a statement outside any transaction, as the administrator."""
        engine = create_engine(
            psycopg2_url(self.url("postgres")), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A private cluster for this run, without fsync: its data need not outlive it."""
    folder = Path(tempfile.mkdtemp(prefix="gm-"))
    folder.chmod(0o755)
    made = secrets.fresh()
    options = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
    cluster = Cluster(
        folder / "c", folder / "c" / "run", embedded.find_programs(), made.admin_password, options
    )
    embedded.start(cluster)
    yield Server(cluster, made)
    embedded.stop(cluster)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a database with the newest schema and nothing in it."""
    server.execute("CREATE DATABASE template_empty")
    setup.migrate(server.url("template_empty"), server.secrets, zone="Asia/Shanghai")
    return "template_empty"


@pytest.fixture
def database_url(server: Server, template: str) -> Iterator[str]:
    """The administrative address of a fresh clone of the template."""
    name = f"test_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    # a clone does not inherit what was revoked on its template
    server.execute(f"REVOKE TEMP ON DATABASE {name} FROM PUBLIC")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(server: Server, database_url: str) -> Iterator[Database]:
    """The application's engines on a fresh database."""
    connected = connect(database_url, server.secrets)
    yield connected
    connected.dispose()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A transaction of the local administrator, rolled back at the end."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        yield connection
        connection.rollback()
