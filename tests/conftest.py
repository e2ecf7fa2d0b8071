"""One private cluster for the whole run, with templates to clone: an empty one, and the sample's.

``database`` and ``connection`` are empty and a test's own. ``sample`` is the made-up county,
shared by the run: read it, or change it inside ``sample_connection``, which is rolled back;
a test that commits takes ``own_sample``.
"""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import create_app, embedded, sealing, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import fixed_clock
from gridmap.database import Database, connect, psycopg2_url
from gridmap.embedded import Cluster
from gridmap.operations import sample as sample_data
from gridmap.operations import sample_people, setup
from gridmap.operations.circumstances import Circumstances
from gridmap.secrets import Secrets
from gridmap.settings import Settings
from gridmap.synth import unpack
from tests.listening import listening
from tests.memory import quick_folder

NOW = datetime(2026, 6, 11, 6, 32, tzinfo=UTC)
"""The moment at which the tests take place: 14:32 on 11 June 2026 in Shanghai."""

ZONE = "Asia/Shanghai"
SAMPLE_DATA = Path(__file__).parents[1] / "sample_data"
FORGETFUL = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=256MB",
    "max_connections=200",
)
"""A cluster that need not outlive a crash, and whose log takes little room."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """The cluster of this run, its secrets, and the folder that they lie in."""

    cluster: Cluster
    secrets: Secrets
    instance: Path

    def url(self, database: str) -> str:
        """The administrative address of a database."""
        return embedded.administrative_url(self.cluster, database)

    def execute(self, statement: str, *, database: str = "postgres") -> None:
        """Runs a statement outside any transaction, as the administrator."""
        engine = create_engine(
            psycopg2_url(self.url(database)), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    @contextmanager
    def clone(self, template: str) -> Iterator[str]:
        """The administrative address of a copy of a database, dropped at the end."""
        name = f"test_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        # a clone does not inherit what was revoked on its template
        self.execute(f"REVOKE TEMP ON DATABASE {name} FROM PUBLIC")
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def circumstances(self) -> Circumstances:
        """The local administrator at the moment of the tests."""
        ring = sealing.sealer(self.secrets)
        return Circumstances(LOCAL_ADMINISTRATOR, NOW, ZONE, 200.0, ring)

    def app(self, database_url: str) -> Flask:
        """The web application on a database, its clock standing still."""
        settings = Settings(database_url=database_url, instance=self.instance)
        return create_app("web", settings=settings, clock=fixed_clock(NOW))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A private cluster for this run: its data need not outlive it."""
    folder = quick_folder()
    made = secrets.load_or_make(folder / "instance")
    cluster = Cluster(
        folder / "c", folder / "c" / "run", embedded.find_programs(), made.admin_password, FORGETFUL
    )
    embedded.start(cluster)
    yield Server(cluster, made, folder / "instance")
    embedded.stop(cluster)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a database with the newest schema and nothing in it."""
    server.execute("CREATE DATABASE template_empty")
    setup.migrate(server.url("template_empty"), server.secrets, zone=ZONE)
    return "template_empty"


@pytest.fixture
def database_url(server: Server, template: str) -> Iterator[str]:
    """The administrative address of a fresh clone of the template."""
    with server.clone(template) as url:
        yield url


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


@pytest.fixture(scope="session")
def sample_template(server: Server, template: str) -> str:
    """The name of a database that holds the made-up county, and some of its persons."""
    server.execute(f"CREATE DATABASE template_sample TEMPLATE {template}")
    loaded = connect(server.url("template_sample"), server.secrets)
    batches = list(unpack(SAMPLE_DATA))
    persons = next(batch for batch in batches if batch.table == "person")
    with loaded.transaction(LOCAL_ADMINISTRATOR) as connection:
        sample_data.load(connection, batches, server.circumstances())
        # one batch of three: enough to look for, and soon sealed
        sample_people.load(connection, [persons], server.circumstances())
    loaded.dispose()
    server.execute("VACUUM ANALYZE", database="template_sample")
    return "template_sample"


@pytest.fixture(scope="session")
def sample_url(server: Server, sample_template: str) -> Iterator[str]:
    """The administrative address of the made-up county that the run shares."""
    with server.clone(sample_template) as url:
        yield url


@pytest.fixture(scope="session")
def sample(server: Server, sample_url: str) -> Iterator[Database]:
    """The application's engines on the shared made-up county: for reading alone."""
    connected = connect(sample_url, server.secrets)
    yield connected
    connected.dispose()


@pytest.fixture
def sample_connection(sample: Database) -> Iterator[Connection]:
    """The local administrator in the made-up county; what the test changes is rolled back."""
    with sample.transaction(LOCAL_ADMINISTRATOR) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def sample_administrator(sample_url: str) -> Iterator[Connection]:
    """The owner of the database, whom no policy binds: the truth to compare with; rolled back."""
    engine = create_engine(psycopg2_url(sample_url), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.fixture
def own_sample(server: Server, sample_template: str) -> Iterator[str]:
    """The administrative address of a copy of the made-up county that a test may change."""
    with server.clone(sample_template) as url:
        yield url


@pytest.fixture(scope="session")
def sample_app(server: Server, sample_url: str) -> Iterator[Flask]:
    """The web application on the shared made-up county: for reading alone."""
    app = server.app(sample_url)
    yield app
    app.extensions["gridmap"].database.dispose()


@pytest.fixture
def client(sample_app: Flask) -> FlaskClient:
    """A client on this machine, who is the local administrator."""
    return sample_app.test_client()


@pytest.fixture
def own_app(server: Server, own_sample: str) -> Iterator[Flask]:
    """The web application on a copy of the made-up county that a test may change."""
    app = server.app(own_sample)
    yield app
    app.extensions["gridmap"].database.dispose()


@contextmanager
def served(app: Flask, through: WSGIApplication | None = None) -> Iterator[str]:
    """The address of an application that a thread serves on a free port; ``through`` wraps it."""
    with listening(through or app) as port:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            app.extensions["gridmap_hub"].close()


@pytest.fixture(scope="session")
def sample_site(sample_app: Flask) -> Iterator[str]:
    """The address of the shared made-up county's web site."""
    with served(sample_app) as address:
        yield address


SOFTWARE_GL = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium, drawing without a graphics card."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("no Chromium; make installs it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=SOFTWARE_GL)
        yield started
        started.close()
