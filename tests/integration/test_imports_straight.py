"""Imports in one go: parts are loaded while the next are read, and stand or fall together."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database
from gridmap.errors import InvalidInput
from gridmap.files import reading
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.imports import run
from gridmap.operations.imports.request import Counts, ImportRequest
from gridmap.operations.imports.staging import Staged
from gridmap.operations.imports.straight import straight
from tests import world
from tests.integration.test_intake import GIVEN


@pytest.fixture(autouse=True)
def _world(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small county, and files that are read in parts of seven rows."""
    defaults = reading.read.__kwdefaults__ or {}
    monkeypatch.setattr(reading.read, "__kwdefaults__", defaults | {"batch": 7})
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)


def rows(database: Database, sql: str) -> list[Any]:
    """The rows of a query, as the administrator sees them."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def write(folder: Path, content: str) -> Path:
    file = folder / "h.csv"
    file.write_text(content)
    return file


def straight_in(database: Database, file: Path, given: Circumstances, **options: Any) -> Counts:
    """A whole import in one go, as a command does it; InvalidInput where something is wrong."""
    request = ImportRequest("households", file, crs="EPSG:4326")
    importing = run.start(database, request, given)

    def accept(found: Staged) -> None:
        if reason := run.blocked(found, request):
            run.throw_away(importing)
            raise InvalidInput(reason, n=len(found.rejects))

    return straight(importing, accept, **options)


def many_households(count: int) -> str:
    """A file of that many households, all in one grid."""
    lines = [f"m{n},某村{n}号,104.605,35.405,低保户" for n in range(count)]
    return "\n".join(["户编号,地址,lon,lat,标签", *lines]) + "\n"


def test_what_is_loaded_while_it_is_read_is_the_same(database: Database, tmp_path: Path) -> None:
    file = write(tmp_path, many_households(40))
    assert straight_in(database, file, GIVEN, dry_run=True) == Counts(40, 0, 0)
    assert rows(database, "SELECT count(*) FROM household") == [(0,)]
    assert straight_in(database, file, GIVEN) == Counts(40, 0, 0)
    assert straight_in(database, file, GIVEN) == Counts(0, 0, 40)
    assert rows(database, "SELECT DISTINCT path FROM household") == [(world.A1,)]
    # all of one moment, so in no order but that of their words
    assert rows(database, "SELECT state FROM import ORDER BY state") == [
        ("loaded",),
        ("loaded",),
        ("thrown_away",),
    ]


def test_nothing_stays_of_a_file_that_is_bad_at_its_end(database: Database, tmp_path: Path) -> None:
    file = write(tmp_path, many_households(40) + ",没有编号,104.6,35.4,\n")
    with pytest.raises(InvalidInput):
        straight_in(database, file, GIVEN)
    assert rows(database, "SELECT count(*) FROM household") == [(0,)]
    assert rows(database, "SELECT state FROM import") == [("thrown_away",)]
    assert rows(database, "SELECT count(*) FROM own_import_row") == [(0,)]


def test_who_may_not_write_households_loads_none(database: Database, tmp_path: Path) -> None:
    file = write(tmp_path, many_households(3))
    with pytest.raises(ProgrammingError, match="row-level security"):
        straight_in(database, file, replace(GIVEN, actor=Viewer("account", "nobody")))
    assert rows(database, "SELECT count(*) FROM household") == [(0,)]
