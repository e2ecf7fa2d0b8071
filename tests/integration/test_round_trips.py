"""What names no place survives export and import: regions by name, households by grid."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.files.rejects import write_rejects
from gridmap.operations import exports
from gridmap.operations.imports.request import Counts
from gridmap.queries.exports import Asked
from tests import world
from tests.conftest import NOW, ZONE
from tests.integration.test_imports import loaded, rows, staged, write

FORMATS = ("gpkg", "geojson", "csv", "xlsx")
BOUND = """户编号,地址,lon,lat,网格编号,标签
0001,柳川镇松岭村一社1号,104.605,35.405,,低保户
0002,柳川镇松岭村二社2号,104.605,35.405,990101102201001,
0003,松岭村牧点,,,990101101201002,独居老人
"""


@pytest.fixture(autouse=True)
def _world(database: Database) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)


def exported(database: Database, file: Path, kind: str, depth: int | None = None) -> Path:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        exports.export(connection, Asked(kind, NOW, ZONE, depth=depth), file)
    return file


def without_boundary(database: Database, path: str) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text("UPDATE region_version SET shape = NULL, label = NULL WHERE path = :path"),
            {"path": path},
        )


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("villages", [1, 2])
def test_regions_known_by_name_alone_come_back_unchanged(
    database: Database, tmp_path: Path, suffix: str, villages: int
) -> None:
    for township in ("101", "102")[:villages]:
        without_boundary(database, f"{world.COUNTY}{township}/201/")
    file = exported(database, tmp_path / f"villages.{suffix}", "regions", depth=5)
    before = rows(database, "SELECT * FROM region_version ORDER BY path")
    _, counts = loaded(database, "regions", file, level=5)
    assert counts == Counts(0, 0, 2)
    assert rows(database, "SELECT * FROM region_version ORDER BY path") == before


def test_a_region_that_lost_its_boundary_or_got_one_is_changed(
    database: Database, tmp_path: Path
) -> None:
    whole = exported(database, tmp_path / "whole.gpkg", "regions", depth=5)
    without_boundary(database, f"{world.COUNTY}101/201/")
    bare = exported(database, tmp_path / "bare.gpkg", "regions", depth=5)
    shapeless = "SELECT count(*) FROM region_version WHERE upper_inf(during) AND shape IS NULL"
    for day, (file, left) in enumerate(((whole, 0), (bare, 1)), start=1):
        since = datetime(2026, 1, day, tzinfo=UTC)
        _, counts = loaded(database, "regions", file, level=5, since=since)
        assert counts == Counts(0, 1, 1)
        assert rows(database, shapeless) == [(left,)]


def test_a_region_without_a_shape_is_bad_unless_its_row_says_so(
    database: Database, tmp_path: Path
) -> None:
    content = """{"type": "FeatureCollection", "features": [
      {"type": "Feature", "geometry": null,
       "properties": {"code": "990101103", "name": "甲镇", "parent": "990101"}},
      {"type": "Feature", "geometry": null,
       "properties": {"code": "990101104", "name": "乙镇", "parent": "990101", "boundary": "none"}}
    ]}"""
    _, found = staged(database, "regions", write(tmp_path, "t.geojson", content), level=4)
    assert [(one.row, one.reason) for one in found.rejects] == [(1, "没有几何图形")]
    assert found.rows == 1


@pytest.mark.parametrize("suffix", FORMATS)
def test_households_bound_by_name_come_back_unchanged(
    database: Database, tmp_path: Path, suffix: str
) -> None:
    loaded(database, "households", write(tmp_path, "h.csv", BOUND))
    before = rows(database, "SELECT * FROM household ORDER BY code")
    assert households(database) == [
        ("0001", "POINT(104.605 35.405)", world.A1),
        ("0002", "POINT(104.605 35.405)", world.B1),
        ("0003", None, world.A2),
    ]
    file = exported(database, tmp_path / f"out.{suffix}", "households")
    _, counts = loaded(database, "households", file)
    assert counts == Counts(0, 0, 3)
    assert rows(database, "SELECT * FROM household ORDER BY code") == before


@pytest.mark.parametrize("suffix", FORMATS)
def test_and_load_into_an_empty_installation(
    database: Database, tmp_path: Path, suffix: str
) -> None:
    importing, _ = loaded(database, "households", write(tmp_path, "h.csv", BOUND))
    before = households(database)
    file = exported(database, tmp_path / f"out.{suffix}", "households")
    remove_origin(database, importing.id)
    _, counts = loaded(database, "households", file)
    assert counts == Counts(3, 0, 0)
    assert households(database) == before


def test_a_household_of_a_map_file_with_neither_point_nor_grid_is_bad_and_can_be_mended(
    database: Database, tmp_path: Path
) -> None:
    feature = (
        '{"type": "Feature", "geometry": null, "properties":'
        ' {"code": "%s", "address": "松岭村", "grid": %s}}'
    )
    features = [feature % ("0001", "null"), feature % ("0002", '"990101101201002"')]
    content = f'{{"type": "FeatureCollection", "features": [{",".join(features)}]}}'
    _, found = staged(database, "households", write(tmp_path, "h.geojson", content))
    assert [(one.row, one.reason) for one in found.rejects] == [(1, "没有几何图形")]
    assert found.rows == 1
    mended = tmp_path / "mended.csv"
    write_rejects(mended, found.info.columns, found.rejects)
    mended.write_text(mended.read_text("utf-8-sig").replace("松岭村,", "松岭村,990101101201001"))
    _, counts = loaded(database, "households", mended)
    assert counts == Counts(1, 0, 0)


def households(database: Database) -> list[tuple[str, str | None, str]]:
    """Code, point and path of every household."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        found = connection.execute(
            text("SELECT code, ST_AsText(point) AS point, path FROM household ORDER BY code")
        )
        return [(row.code, row.point, row.path) for row in found]


def remove_origin(database: Database, importing: UUID) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("DELETE FROM household WHERE origin = :id"), {"id": importing})
