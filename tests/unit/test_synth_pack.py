"""Packed tables come back as they were, the same bytes every time."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from gridmap.errors import FileRefused
from gridmap.synth import TABLES, Batch, generate, pack, unpack
from gridmap.synth.areas import Place, level_batch
from gridmap.synth.batch import Column, shapes
from gridmap.synth.county import county_batches
from gridmap.synth.land import make_land
from gridmap.synth.scales import COUNTY, MIDDLE, PREFECTURE, PROVINCE, SAMPLE_SEED
from tests.unit.test_synth_partition import SMALL

SAMPLE = Path(__file__).parents[2] / "sample_data"


def small_county() -> Iterator[Batch]:
    land = make_land(np.random.default_rng(9), MIDDLE, SMALL)
    yield level_batch()
    yield from county_batches(
        Place(*COUNTY), land, np.random.SeedSequence(9), [PROVINCE, PREFECTURE]
    )


def by_table(batches: Iterator[Batch]) -> dict[str, dict[str, list[object]]]:
    tables: dict[str, dict[str, list[object]]] = {}
    for batch in batches:
        columns = tables.setdefault(batch.table, {name: [] for name in TABLES[batch.table]})
        for name, values in batch.columns.items():
            columns[name] += comparable(values)
    return tables


def comparable(values: Column) -> list[object]:
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return [shapely.to_wkb(v) if isinstance(v, shapely.Geometry) else v for v in listed]


@pytest.fixture(scope="module")
def batches() -> list[Batch]:
    return list(small_county())


def test_unpacked_equals_packed(batches: list[Batch], tmp_path: Path) -> None:
    pack(batches, tmp_path)
    assert by_table(unpack(tmp_path)) == by_table(iter(batches))


def test_packing_anew_gives_the_same_bytes(batches: list[Batch], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, made in ((first, batches), (second, list(small_county()))):
        folder.mkdir()
        pack(made, folder)
    names = sorted(file.name for file in first.iterdir())
    assert len(names) == len(TABLES)
    assert all((first / n).read_bytes() == (second / n).read_bytes() for n in names)


def test_tables_come_in_loading_order_with_all_their_columns(batches: list[Batch]) -> None:
    order = list(dict.fromkeys(batch.table for batch in batches))
    assert order == list(TABLES)
    assert all(list(batch.columns) == list(TABLES[batch.table]) for batch in batches)
    assert all(len(c) == len(batch) for batch in batches for c in batch.columns.values())


@pytest.mark.parametrize(
    "texts",
    [
        ["二社 12号", "二社 007号", "", "100%", "a1b22c003"],
        ["0", "00", "000000000000000001", "9"],
        [],
    ],
)
def test_texts_with_numbers_survive(texts: list[str], tmp_path: Path) -> None:
    columns: dict[str, Column] = {"code": texts, "name": texts, "path": texts}
    pack([Batch("department", columns)], tmp_path)
    assert next(unpack(tmp_path)).columns == columns


def test_none_and_mixed_shapes_survive(tmp_path: Path) -> None:
    hole = shapely.Polygon([(0, 0), (3, 0), (3, 3)], [[(1, 0.5), (2, 0.5), (2, 1)]])
    lines = [shapely.LineString([(104.1234567, 35), (104.2, 35.1)]), hole]
    columns: dict[str, Column] = {
        "kind": ["river", "building"],
        "rank": np.array([1, -2]),
        "name": [None, "青河"],
        "geom": shapes(lines),
    }
    pack([Batch("guide", columns)], tmp_path)
    back = next(unpack(tmp_path)).columns
    assert back["name"] == [None, "青河"]
    assert list(back["rank"]) == [1, -2]
    assert shapely.equals_exact(back["geom"], lines).all()


def test_a_broken_file_is_refused(batches: list[Batch], tmp_path: Path) -> None:
    pack(batches[:1], tmp_path)
    file = tmp_path / "level.table.xz"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(FileRefused, match="level"):
        list(unpack(tmp_path))


def test_the_kept_sample_is_what_the_generator_makes() -> None:
    assert by_table(unpack(SAMPLE)) == by_table(generate(SAMPLE_SEED, scale="county"))
