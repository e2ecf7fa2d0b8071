"""Prints the figures of the product, each beside what it was measured against, from one run.

``python -m benchmarks [NAME …]`` runs all or some; ``--scale province`` takes a province, which
``--keep FOLDER`` fills once and finds again.
"""

import argparse
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks import (
    caching,
    filling,
    guarding,
    heating,
    importing,
    locating,
    serving,
    soaking,
    streaming,
)
from benchmarks.world import World, rate
from gridmap import embedded, sealing, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import system_clock
from gridmap.database import connect, psycopg2_url
from gridmap.operations import keeping, sample, sample_people, sample_work, setup
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.synth import fill
from gridmap.settings import Settings
from gridmap.synth import generate, unpack
from gridmap.synth.ahead import ahead

_ZONE = "Asia/Shanghai"
SAMPLE = Path(__file__).parents[1] / "sample_data"
BENCHMARKS: dict[str, Callable[[World], None]] = {
    "locate": locating.one,
    "locate-many": locating.many,
    "import-households": importing.households,
    "import-people": importing.people,
    "synth": filling.prefecture,
    "tiles": serving.tiles,
    "figures": serving.figures,
    "heat": heating.heat,
    "heat-writing": heating.writing,
    "row-security": guarding.row_security,
    "walls": streaming.walls,
    "soak": soaking.wall,
    "cached-tiles": caching.tiles,
}


def main() -> None:
    """Makes a cluster with the sample (or a province), runs the benchmarks, prints figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []])
    parser.add_argument("--scale", choices=["county", "prefecture", "province"], default="county")
    parser.add_argument("--keep", type=Path, help="where the database stays for another time")
    asked = parser.parse_args()
    with _folder(asked.keep) as folder, _world(folder, asked.scale) as world:
        _say_where(world)
        for name in asked.names or BENCHMARKS:
            print(f"\n{name}")
            BENCHMARKS[name](world)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """A folder that the database's own user may enter; thrown away unless it is to be kept."""
    if kept is not None:
        kept.mkdir(mode=0o755, exist_ok=True)
        yield kept.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="gb-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _world(folder: Path, scale: str) -> Iterator[World]:
    kept = secrets.load_or_make(folder / "instance")
    cluster = embedded.cluster_of(
        Settings(instance=folder / "instance", cluster=folder / "cluster"), kept.admin_password
    )
    with embedded.running(cluster) as url:
        setup.migrate(url, kept, zone=_ZONE)
        database = connect(url, kept)
        given = Circumstances(
            LOCAL_ADMINISTRATOR, system_clock(), _ZONE, 200.0, sealing.sealer(kept)
        )
        world = World(database, given, folder, url, kept)
        try:
            _fill(world, scale)
            yield world
        finally:
            database.dispose()


def _fill(world: World, scale: str) -> None:
    """The sample, or what ``gridmap synth`` makes; nothing where the folder was filled before."""
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        if connection.scalar(text("SELECT EXISTS (SELECT FROM level)")):
            return
        if scale == "county":
            sample.load(connection, unpack(SAMPLE), world.given)
            # without these a start of the product would go on loading
            sample_work.load(connection, world.given)
            sample_people.load(connection, unpack(SAMPLE), world.given)
    if scale != "county":
        begin = time.perf_counter()
        made = ahead(partial(generate, 1, scale=scale))  # type: ignore[arg-type]
        rows = fill(world.database, made, world.given, administrative_url=world.url)
        rate("made, located, stored and indexed", rows, time.perf_counter() - begin)
    _tidy(world)


def _tidy(world: World) -> None:
    """What happens within an hour of loading: sums merged, statistics, which pages all may see."""
    keeping.merge_sums(world.database)
    engine = create_engine(psycopg2_url(world.url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


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
