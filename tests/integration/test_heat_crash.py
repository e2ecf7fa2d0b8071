"""Heat on a bad day: PostgreSQL is killed in the midst of writing and building.

A commit that did not wait for the disk is lost with the server, and its transaction number is
given to somebody else: what a process had seen of the old server must not survive it.
"""

import random
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gridmap import embedded, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import connect, psycopg2_url
from gridmap.embedded import Cluster
from gridmap.heat import Heat
from gridmap.operations import heat_columns, setup
from tests import world as places
from tests.conftest import NOW, ZONE
from tests.integration.heat_world import WRITERS, World, write
from tests.integration.killing import kill_postgres

CRASHES, TILES_BETWEEN = 4, 100
_SOME = """
INSERT INTO incident (county, id, path, number, point, category, severity, occurred_at,
                      received_at, state)
SELECT 1, gen_random_uuid(), path, 'S' || row_number() OVER (), ST_PointOnSurface(shape),
       1 + n % 6, 1 + n % 4, CAST('2026-06-10' AS timestamptz) - n * interval '7 hours', now(),
       'taken_in'
  FROM grid_version, generate_series(1, 400) AS n
"""


@pytest.fixture
def machine() -> Iterator[tuple[Cluster, World]]:
    """A cluster of its own, with fsync; the tiny world with incidents in every grid."""
    folder = Path(tempfile.mkdtemp(prefix="gm-heat-"))
    folder.chmod(0o755)
    kept = secrets.load_or_make(folder / "instance")
    cluster = Cluster(
        folder / "c", folder / "c" / "run", embedded.find_programs(), kept.admin_password
    )
    url = embedded.start(cluster)
    setup.migrate(url, kept, zone=ZONE)
    database = connect(url, kept)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        places.build(connection)
        connection.execute(text(_SOME))
    heat = Heat(database.engines["job"], folder / "heat")
    yield cluster, World(url, database, folder / "heat", heat)
    heat.close()
    database.dispose()
    embedded.stop(cluster)
    shutil.rmtree(folder)


def test_it_counts_the_table_after_every_crash(machine: tuple[Cluster, World]) -> None:
    cluster, world = machine
    draw = random.Random(11)
    for crash in range(CRASHES):
        stop = threading.Event()
        writers = [
            threading.Thread(target=_write_until_it_dies, args=(world, 10 * crash + n, stop))
            for n in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        assert world.compare(draw, TILES_BETWEEN) > 0
        heat_columns.tend(world.database, world.folder, now=NOW, at_least=1)
        assert world.compare(draw, TILES_BETWEEN) > 0
        kill_postgres(cluster)
        stop.set()
        for writer in writers:
            writer.join()
        embedded.start(cluster)
        world.database.dispose()
        assert world.compare(draw, TILES_BETWEEN) > 0
        assert heat_columns.check(world.database, world.folder) == []


def _write_until_it_dies(world: World, seed: int, stop: threading.Event) -> None:
    """Every second writer does not wait for the disk."""
    options = "-c synchronous_commit=off" if seed % 2 else ""
    engine = create_engine(
        psycopg2_url(world.url), poolclass=NullPool, connect_args={"options": options}
    )
    with suppress(DBAPIError):
        write(engine, seed, stop)
