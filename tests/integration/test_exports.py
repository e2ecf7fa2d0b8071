"""What is exported is imported again without changing anything, and carries no person."""

import csv
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database, connect
from gridmap.errors import FileRefused, InvalidInput, NotFound
from gridmap.operations import exports
from gridmap.operations.imports import run
from gridmap.operations.imports.request import Counts, ImportRequest
from gridmap.queries.exports import Asked, path_of
from tests import world
from tests.conftest import NOW, ZONE, Server

TOWNSHIP = "99/01/01/101/"


def exported(database: Database, file: Path, kind: str, **options: Any) -> int:
    """Exports as the local administrator at the moment of the tests."""
    crs = options.pop("crs", "EPSG:4326")
    asked = Asked(kind, options.pop("at", NOW), ZONE, **options)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return exports.export(connection, asked, file, crs=crs)


@pytest.fixture
def own(server: Server, own_sample: str) -> Iterator[Database]:
    """A copy of the made-up county."""
    database = connect(own_sample, server.secrets)
    yield database
    database.dispose()


@pytest.mark.parametrize(
    ("kind", "name", "options"),
    [
        ("regions", "r.gpkg", {"depth": 4}),
        ("regions", "r.geojson", {"depth": 5}),
        ("regions", "r.csv", {"depth": 1}),
        ("grids", "g.gpkg", {}),
        ("grids", "g.csv", {"within": TOWNSHIP}),
        ("households", "h.csv", {}),
        ("households", "h.xlsx", {"within": f"{TOWNSHIP}201/"}),
        ("incidents", "i.gpkg", {"within": TOWNSHIP}),
        ("incidents", "i.xlsx", {"within": f"{TOWNSHIP}201/"}),
    ],
)
def test_what_was_exported_changes_nothing_when_it_is_imported_again(
    server: Server, own: Database, tmp_path: Path, kind: str, name: str, options: dict[str, Any]
) -> None:
    file = tmp_path / name
    count = exported(own, file, kind, **options)
    assert count > 0
    level = options.get("depth")
    request = ImportRequest(kind, file, crs="EPSG:4326", level=level)
    importing = run.start(own, request, server.circumstances())
    staged = run.stage(importing)
    assert (run.blocked(staged, request), staged.rejects[:3]) == (None, [])
    assert run.load(importing) == Counts(0, 0, count)


def test_a_file_holds_no_person_phone_or_word_of_a_report(
    sample: Database, sample_administrator: Connection, tmp_path: Path
) -> None:
    truth = sample_administrator
    names = truth.scalars(text("SELECT DISTINCT name FROM person_private LIMIT 50")).all()
    words = truth.scalars(text("SELECT DISTINCT words FROM report LIMIT 50")).all()
    assert names
    assert words
    for kind in ("households", "incidents"):
        exported(sample, tmp_path / f"{kind}.csv", kind, within=TOWNSHIP)
        content = (tmp_path / f"{kind}.csv").read_text("utf-8-sig")
        assert content.count("\n") > 1000
        assert [one for one in (*names, *words) if one and f",{one}," in content] == []


def test_boundaries_are_those_in_force_at_the_end_of_the_day(
    database: Database, tmp_path: Path
) -> None:
    changed = world.BEGIN + timedelta(days=100)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        world.end_grid(connection, world.grid_id(connection, world.B1), changed)
    day = changed.date()
    found = {}
    for each in (day - timedelta(days=1), day):
        found[each] = exported(
            database, tmp_path / "g.csv", "grids", at=exports.end_of(each, "UTC")
        )
    assert list(found.values()) == [3, 2]


def test_incidents_entered_later_are_left_out(sample: Database, tmp_path: Path) -> None:
    day = date(2025, 12, 31)
    count = exported(sample, tmp_path / "i.csv", "incidents", at=exports.end_of(day, ZONE))
    with (tmp_path / "i.csv").open(encoding="utf-8-sig") as file:
        received = [row["受理时间"] for row in csv.DictReader(file)]
    assert len(received) == count > 1000
    assert max(received)[:10] == "2025-12-31"


def test_another_system_is_written_and_said(sample: Database, tmp_path: Path) -> None:
    file = tmp_path / "网格.gpkg"
    exported(sample, file, "grids", within=TOWNSHIP, crs="EPSG:4545")
    with sqlite3.connect(file) as opened:
        layers = opened.execute("SELECT table_name, srs_id, min_x FROM gpkg_contents").fetchall()
    opened.close()
    assert [(name, srs) for name, srs, _ in layers] == [("网格", 4545)]
    assert layers[0][2] > 100_000


def test_a_viewer_without_rights_gets_no_row(sample: Database, tmp_path: Path) -> None:
    with sample.transaction(Viewer("stranger", "stranger")) as connection:
        asked = Asked("households", NOW, ZONE)
        assert exports.export(connection, asked, tmp_path / "h.csv") == 0


def test_what_cannot_be_written_leaves_the_older_file(sample: Database, tmp_path: Path) -> None:
    file = tmp_path / "grids.csv"
    file.write_text("older")
    with pytest.raises(InvalidInput, match="nowhere"):
        exported(sample, file, "grids", crs="nowhere")
    with pytest.raises(InvalidInput, match="shp"):
        exported(sample, tmp_path / "grids.shp", "grids")
    with pytest.raises(FileRefused, match="missing"):
        exported(sample, tmp_path / "missing" / "grids.csv", "grids")
    assert [one.name for one in tmp_path.iterdir()] == ["grids.csv"]
    assert file.read_text() == "older"


def test_a_code_is_a_place_or_is_refused(sample: Database) -> None:
    with sample.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert path_of(connection, "990101101", NOW) == TOWNSHIP
        assert path_of(connection, None, NOW) == ""
        with pytest.raises(NotFound, match="4711"):
            path_of(connection, "4711", NOW)
