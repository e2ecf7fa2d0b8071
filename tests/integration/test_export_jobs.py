"""Exports are jobs: made with their owner's eyes, marked, fetched by the owner alone, expiring."""

import csv
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.ids import uuid7
from gridmap.jobs import exports as jobs
from gridmap.jobs.crew import Crew
from gridmap.operations import export_jobs
from gridmap.operations.export_jobs import Wanted
from gridmap.operations.exports import MARK_HEADING
from gridmap.operations.imports import run
from gridmap.operations.imports.request import Counts, ImportRequest
from gridmap.queries import export_jobs as asked
from tests import world
from tests.conftest import NOW, Server
from tests.integration.homes import NAME, PHONE, settle
from tests.integration.offices import Office, acting, open_office
from tests.integration.work import crew_of
from tests.integration.work import work as do_work

WANTED = Wanted("households", "csv", date(2026, 6, 11), "", "核对门牌")
DAYS = 7


@pytest.fixture
def crew(server: Server, database: Database, database_url: str, tmp_path: Path) -> Crew:
    made = crew_of(server, database, database_url, tmp_path)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    for n, path in enumerate((world.A1, world.A2, world.B1)):
        settle(database_url, made.sealer, path, code=f"=H{n}")
    return made


@pytest.fixture
def office(crew: Crew, database_url: str) -> Office:
    return open_office(database_url)


@pytest.fixture
def work(server: Server, crew: Crew) -> Callable[[], None]:
    return lambda: do_work(server, crew)


def ask(crew: Crew, viewer: Viewer, wanted: Wanted = WANTED) -> UUID:
    given = crew.circumstances(viewer)
    with crew.database.transaction(viewer) as connection:
        return export_jobs.ask(connection, wanted, given, days=DAYS)


def fetched(crew: Crew, viewer: Viewer, id: UUID, *, later: timedelta = timedelta()) -> Path:
    given = acting(crew.circumstances(viewer), viewer, NOW + later)
    with crew.database.transaction(viewer) as connection:
        ready = export_jobs.fetch(
            connection, crew.settings.instance, id, source="203.0.113.7", given=given
        )
    return ready.file


def states(crew: Crew, viewer: Viewer) -> list[tuple[str, int | None, int]]:
    with crew.database.transaction(viewer) as connection:
        mine = asked.mine(connection, str(viewer))
    return [(one["state"], one["rows"], one["downloads"]) for one in mine]


def lines(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_only_what_its_owner_may_see_is_in_it(
    crew: Crew, office: Office, work: Callable[[], None]
) -> None:
    ids = {login: ask(crew, office[login]) for login in ("officer", "county", "fire")}
    work()
    files = {login: fetched(crew, office[login], id) for login, id in ids.items()}
    paths = {login: [one["路径"] for one in lines(file)] for login, file in files.items()}
    assert paths == {
        "officer": [world.A1, world.A2],
        "county": [world.A1, world.A2, world.B1],
        "fire": [],
    }
    content = files["county"].read_text("utf-8-sig")
    assert NAME not in content
    assert PHONE not in content


MARK = "示例中心 2026-06-11 14:32 核对门牌"


def test_each_row_says_who_made_it_when_and_what_for(
    crew: Crew, office: Office, work: Callable[[], None]
) -> None:
    id = ask(crew, office["officer"])
    work()
    rows = lines(fetched(crew, office["officer"], id))
    assert [row[MARK_HEADING] for row in rows] == [MARK] * 2
    assert [row["户编号"] for row in rows] == ["'=H0", "'=H1"]


@pytest.mark.parametrize("format", ["xlsx", "geojson", "gpkg"])
def test_the_mark_is_in_every_format(
    crew: Crew, office: Office, work: Callable[[], None], format: str
) -> None:
    id = ask(crew, office["officer"], replace(WANTED, format=format))
    work()
    file = fetched(crew, office["officer"], id)
    content = file.read_bytes()
    if format == "xlsx":
        with zipfile.ZipFile(file) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    assert MARK.encode() in content or json.dumps(MARK)[1:-1].encode() in content


def test_a_marked_file_is_imported_again_without_changing_anything(
    crew: Crew, office: Office, work: Callable[[], None]
) -> None:
    id = ask(crew, office["officer"])
    work()
    given = crew.circumstances(office["officer"])
    request = ImportRequest("households", fetched(crew, office["officer"], id), crs="EPSG:4326")
    importing = run.start(crew.database, request, given)
    assert run.stage(importing).rejects == []
    assert run.load(importing) == Counts(0, 0, 2)


def test_nobody_else_fetches_it_and_each_fetching_is_kept(
    crew: Crew, office: Office, work: Callable[[], None]
) -> None:
    id = ask(crew, office["officer"])
    with pytest.raises(NotFound):
        fetched(crew, office["officer"], id)
    work()
    for login in ("county", "admin", "auditor", "commander"):
        with pytest.raises(NotFound):
            fetched(crew, office[login], id)
        assert states(crew, office[login]) == []
    for _ in range(2):
        assert fetched(crew, office["officer"], id).is_file()
    assert states(crew, office["officer"]) == [("ready", 2, 2)]
    with crew.database.transaction(office["officer"]) as connection:
        kept = connection.execute(text("SELECT n, who, source FROM download ORDER BY n")).all()
    assert kept == [(n, str(office["officer"]), "203.0.113.7") for n in (1, 2)]
    with crew.database.transaction(office["auditor"]) as connection:
        trail = text("SELECT count(*) FROM audit WHERE what = 'export_fetched'")
        assert connection.scalar(trail) == 0, "the auditor of the county reads no row of all areas"
    with crew.database.transaction(office["auditor"]) as connection:
        assert connection.scalar(text("SELECT count(*) FROM export")) == 0


def test_it_expires_and_its_file_goes(crew: Crew, office: Office, work: Callable[[], None]) -> None:
    id = ask(crew, office["officer"])
    work()
    file = fetched(crew, office["officer"], id)
    assert file.is_relative_to(crew.settings.instance / "exports")
    assert (file.parent.parent.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (
        0o700,
        0o700,
    )
    with pytest.raises(NotFound):
        fetched(crew, office["officer"], id, later=timedelta(days=DAYS))
    jobs.clear(crew)
    assert file.is_file()
    export_jobs.clear_expired(crew.database, crew.settings.instance, NOW + timedelta(days=DAYS))
    assert not file.parent.exists()
    assert states(crew, office["officer"]) == [("expired", 2, 1)]


def test_a_right_that_was_lost_meanwhile_makes_no_file(
    crew: Crew, office: Office, work: Callable[[], None], database_url: str
) -> None:
    id = ask(crew, office["officer"])
    with crew.database.transaction(office["admin"]) as connection:
        connection.execute(
            text("SELECT guard.dismiss(:who, 'center_officer', :path)"),
            {"who": str(office["officer"]), "path": f"{world.COUNTY}101/"},
        )
    work()
    assert states(crew, office["officer"]) == [("failed", None, 0)]
    assert not export_jobs.folder_of(crew.settings.instance, id).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"why": ""},
        {"why": "x" * 201},
        {"format": "exe"},
        {"what": "person"},
        {"as_of": date(2026, 6, 12)},
    ],
)
def test_what_cannot_be_exported_is_refused(
    crew: Crew, office: Office, change: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        ask(crew, office["officer"], replace(WANTED, **change))  # type: ignore[arg-type]


def test_who_may_not_export_is_refused(crew: Crew, office: Office) -> None:
    for login in ("worker", "auditor", "nobody"):
        with pytest.raises(NotAllowed):
            ask(crew, office[login])
    with pytest.raises(NotFound):
        export_jobs.owner_of(crew.database, uuid7(NOW))
