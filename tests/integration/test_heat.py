"""Heat from packed columns: what it counts is what the table holds, at every moment.

The truth is counted from the rows of one snapshot in which the columns are asked as well.
"""

import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import connect, psycopg2_url
from gridmap.heat import Heat, Moment, build, encode, files
from gridmap.heat.cells import CELLS, COLUMN, ROW
from gridmap.layers import base, layers
from gridmap.operations import heat_columns
from gridmap.queries.filters import Filters
from tests.conftest import NOW, ZONE, Server
from tests.integration.heat_world import WRITERS, World, write

ROUNDS, TILES_A_ROUND = 40, 80
WALL = Viewer("wall", "local:administrator")


@pytest.fixture
def world(server: Server, own_sample: str, tmp_path: Path) -> Iterator[World]:
    """The made-up county, nothing built yet."""
    database = connect(own_sample, server.secrets)
    heat = Heat(database.engines["job"], tmp_path)
    yield World(own_sample, database, tmp_path, heat)
    heat.close()
    database.dispose()


def test_before_a_build_after_it_and_after_a_merge_it_counts_the_table(world: World) -> None:
    draw = random.Random(1)
    assert world.compare(draw, 60) > 20
    assert heat_columns.rebuild(world.database, world.folder) > 0
    assert world.compare(draw, 60) > 20
    with world.owner() as connection:
        connection.execute(
            text(
                "UPDATE incident SET severity = 5 - severity, state = 'filed',"
                " point = ST_Translate(point, 0.001, 0.002) WHERE heat_class % 3 = 0"
            )
        )
        connection.execute(
            text("DELETE FROM incident WHERE heat_day % 7 = 0 AND heat_class % 3 = 1")
        )
        connection.commit()
    assert world.compare(draw, 60) > 20
    assert heat_columns.tend(world.database, world.folder, now=NOW, at_least=1)
    assert not len(_now(world).delta.path)
    assert world.compare(draw, 60) > 20
    assert heat_columns.check(world.database, world.folder) == []


def _now(world: World) -> Moment:
    moment = world.heat.now()
    assert moment is not None
    return moment


def test_it_is_right_to_the_last_commit_whoever_writes_and_builds(world: World) -> None:
    """Long transactions, savepoints and rollbacks; builders that die: no difference."""
    draw = random.Random(7)
    stop = threading.Event()
    engine = create_engine(psycopg2_url(world.url), poolclass=NullPool)
    writers = [threading.Thread(target=write, args=(engine, seed, stop)) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()
    held = 0
    try:
        for number in range(ROUNDS):
            held += world.compare(draw, TILES_A_ROUND)
            if number % 5 == 4:
                _build(world, draw)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert held > ROUNDS * TILES_A_ROUND / 4
    assert world.compare(draw, TILES_A_ROUND) > 0
    assert heat_columns.check(world.database, world.folder) == []


def _build(world: World, draw: random.Random) -> None:
    """A merge, a build from the table, or one whose builder dies before its row is there."""
    fate = draw.randrange(4)
    if fate == 0:
        heat_columns.rebuild(world.database, world.folder)
    elif fate == 1:
        with world.database.transaction(heat_columns.HEAT, one_snapshot=True) as connection:
            build.merge(connection, world.folder)
            connection.rollback()
    else:
        heat_columns.tend(world.database, world.folder, now=NOW, at_least=1)


def _of_another_form(file: Path) -> None:
    """As a program of another version wrote it."""
    content = file.read_bytes()
    form = files._FORM.encode()
    assert form in content
    file.write_bytes(content.replace(form, form[:-1] + b"0", 1))


@pytest.mark.parametrize("spoil", [Path.unlink, _of_another_form])
def test_files_that_cannot_be_read_are_noticed_and_made_again(
    world: World, spoil: Callable[[Path], None]
) -> None:
    heat_columns.rebuild(world.database, world.folder)
    _now(world)
    for file in world.folder.glob(f"*{files.ENDING}"):
        spoil(file)
    fresh = Heat(world.database.engines["job"], world.folder)
    assert fresh.now() is None
    assert fresh.now() is None
    assert heat_columns.tend(world.database, world.folder, now=NOW)
    assert fresh.now() is not None
    fresh.close()


@pytest.mark.parametrize("viewer", [LOCAL_ADMINISTRATOR, WALL])
def test_by_the_table_a_tile_counts_the_same(world: World, viewer: Viewer) -> None:
    """A wall, too, is answered from the table while the columns cannot be read."""
    filters = Filters(date(2025, 6, 11), date(2026, 6, 10))
    heat_columns.rebuild(world.database, world.folder)
    counted = []
    for heat in (world.heat, None):
        asked = base.Tile(9, 404, 202, filters, ZONE, heat)
        with world.database.transaction(viewer) as connection:
            content = base.tile(connection, layers()["heat"], asked)
        assert content
        features = mapbox_vector_tile.decode(content)["heat"]["features"]
        counted.append(sum(one["properties"]["n"] for one in features))
    # the table's tile has a margin that reaches into its neighbors
    assert 1_000 < counted[0] <= counted[1] < 1.1 * counted[0]


@pytest.mark.parametrize("share", [0.001, 0.5, 0.9])
def test_a_damaged_file_is_not_believed(world: World, share: float) -> None:
    heat_columns.rebuild(world.database, world.folder)
    (file,) = (f for f in world.folder.glob(f"*{files.ENDING}"))
    # an odd number of bytes, so that the last number is cut as well
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share) | 1])
    assert world.heat.now() is None


def test_files_that_nobody_names_are_deleted_when_nobody_can_be_reading_them(
    world: World,
) -> None:
    heat_columns.rebuild(world.database, world.folder)
    orphan = world.folder / f"1.orphan{files.ENDING}"
    orphan.write_bytes(b"")
    written = datetime.fromtimestamp(orphan.stat().st_mtime, UTC)
    heat_columns.tend(world.database, world.folder, now=written + timedelta(minutes=9))
    assert orphan.exists()
    heat_columns.tend(world.database, world.folder, now=written + timedelta(minutes=11))
    assert not orphan.exists()
    assert world.heat.now() is not None


def test_of_two_builders_on_one_parent_the_second_leaves_nothing(world: World) -> None:
    with world.owner() as connection:
        row = {"snap": "1:1:", "files": "{}", "parent": 0}
        connection.execute(text(build._PUBLISH), row)
        with pytest.raises(IntegrityError):
            connection.execute(text(build._PUBLISH), row)


def test_columns_of_another_server_are_not_read_and_a_restore_forgets_them(world: World) -> None:
    heat_columns.rebuild(world.database, world.folder)
    with world.owner() as connection:
        connection.execute(text("UPDATE heat_build SET sysid = sysid + 1"))
        connection.commit()
    assert world.heat.now() is None
    with world.owner() as connection:
        heat_columns.forget(connection)
        connection.commit()
    assert world.compare(random.Random(3), 30) > 5


def test_the_check_finds_what_went_past_the_triggers(world: World) -> None:
    heat_columns.rebuild(world.database, world.folder)
    with world.owner() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(
            text(
                "DELETE FROM incident WHERE id = (SELECT min(CAST(id AS text))::uuid FROM incident"
                " WHERE merged_into IS NULL)"
            )
        )
        connection.commit()
    assert heat_columns.check(world.database, world.folder) == [1]
    heat_columns.rebuild(world.database, world.folder)
    assert heat_columns.check(world.database, world.folder) == []


def test_the_check_does_not_call_right_what_it_cannot_read(world: World) -> None:
    assert heat_columns.check(world.database, world.folder) == []
    heat_columns.rebuild(world.database, world.folder)
    for file in world.folder.glob(f"*{files.ENDING}"):
        file.unlink()
    assert heat_columns.check(world.database, world.folder) == [1]
    heat_columns.rebuild(world.database, world.folder)
    with world.owner() as connection:
        connection.execute(text("UPDATE heat_build SET sysid = sysid + 1"))
        connection.commit()
    assert heat_columns.check(world.database, world.folder) == [1]


def test_a_database_that_is_away_is_said_as_everywhere(tmp_path: Path) -> None:
    away = create_engine(f"postgresql+psycopg2:///none?host={tmp_path}", poolclass=NullPool)
    with pytest.raises(OperationalError):
        Heat(away, tmp_path).now()


def test_the_tile_is_read_by_a_decoder_that_is_not_ours() -> None:
    draw = random.Random(5)
    counts = np.zeros(CELLS, np.int64)
    for cell in draw.sample(range(CELLS), 900):
        counts[cell] = draw.choice([1, 2, 127, 128, 300, 70_000, 5_000_000])
    tile = mapbox_vector_tile.decode(
        encode(counts, layer="heat", key="n"), default_options={"y_coord_down": True}
    )["heat"]
    assert tile["extent"] == 128
    found = {
        tuple(feature["geometry"]["coordinates"]): feature["properties"]["n"]
        for feature in tile["features"]
    }
    assert found == {
        (2 * COLUMN[cell] + 1, 2 * ROW[cell] + 1): counts[cell] for cell in np.flatnonzero(counts)
    }
    assert encode(np.zeros(CELLS, np.int64), layer="heat", key="n") == b""
