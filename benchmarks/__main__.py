"""Prints the figures of the product, each beside what it was measured against, from one run.

``python -m benchmarks [NAME …]`` runs all or some; ``--scale province`` takes a province.
"""

import argparse
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks import filling, guarding, importing, locating, serving
from benchmarks.world import World
from gridmap import embedded, sealing, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import system_clock
from gridmap.database import connect, psycopg2_url
from gridmap.embedded import Cluster
from gridmap.operations import sample, setup
from gridmap.operations.circumstances import Circumstances
from gridmap.synth import generate, unpack
from gridmap.synth.batch import Batch

SAMPLE = Path(__file__).parents[1] / "sample_data"
BENCHMARKS: dict[str, Callable[[World], None]] = {
    "locate": locating.one,
    "locate-many": locating.many,
    "import-households": importing.households,
    "import-people": importing.people,
    "synth": filling.prefecture,
    "tiles": serving.tiles,
    "figures": serving.figures,
    "row-security": guarding.row_security,
}


def main() -> None:
    """Makes a cluster with the sample (or a province), runs the benchmarks, prints figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []])
    parser.add_argument("--scale", choices=["county", "prefecture", "province"], default="county")
    asked = parser.parse_args()
    with _world(asked.scale) as world:
        _say_where(world)
        for name in asked.names or BENCHMARKS:
            print(f"\n{name}")
            BENCHMARKS[name](world)


@contextmanager
def _world(scale: str) -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="gb-"))
    folder.chmod(0o755)
    made = secrets.fresh()
    cluster = Cluster(
        folder / "c",
        folder / "c" / "run",
        embedded.find_programs(),
        made.admin_password,
    )
    url = embedded.start(cluster)
    setup.migrate(url, made, zone="Asia/Shanghai")
    database = connect(url, made)
    given = Circumstances(
        LOCAL_ADMINISTRATOR, system_clock(), "Asia/Shanghai", 200.0, sealing.sealer(made)
    )
    try:
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            sample.load(connection, _batches(scale), given)
        _tidy(url)
        yield World(database, given, folder, url, made)
    finally:
        database.dispose()
        embedded.stop(cluster)
        shutil.rmtree(folder)


def _tidy(url: str) -> None:
    """What autovacuum does within a minute of loading: statistics, and which pages all may see."""
    engine = create_engine(psycopg2_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _batches(scale: str) -> Iterator[Batch]:
    return unpack(SAMPLE) if scale == "county" else generate(3, scale=scale)  # type: ignore[arg-type]


def _say_where(world: World) -> None:
    processor = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        version = connection.scalar(text("SELECT version() || ' / PostGIS ' || postgis_version()"))
        counts = connection.execute(
            text(
                "SELECT (SELECT count(*) FROM grid), (SELECT count(*) FROM household),"
                " (SELECT count(*) FROM incident)"
            )
        ).one()
    print(f"{processor}\n{version}")
    print("{} grids, {} households, {} incidents".format(*counts))


if __name__ == "__main__":
    main()
