"""Work in the background: asked for inside a transaction, done by a process of its own login."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR, Viewer
from gridmap.database import Database, login_url, psycopg2_url
from gridmap.errors import Conflict, InvalidInput, NotFound
from gridmap.ids import uuid7
from gridmap.jobs import imports
from gridmap.jobs.crew import Crew
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.imports import paged, run, state
from gridmap.operations.imports.request import ImportRequest
from gridmap.outside import uploads
from gridmap.outside.queue import enqueue
from gridmap.queries import imports as asked
from tests import world
from tests.conftest import NOW, Server
from tests.integration.work import crew_of
from tests.integration.work import work as do_work

HOUSEHOLDS = "户编号,地址,lon,lat\n0001,松岭村1号,104.605,35.405\n0002,松岭村2号,104.615,35.405\n"
Bring = Callable[..., UUID]


@pytest.fixture(autouse=True)
def _world(database: Database) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)


@pytest.fixture
def crew(server: Server, database: Database, database_url: str, tmp_path: Path) -> Crew:
    return crew_of(server, database, database_url, tmp_path)


@pytest.fixture
def given(crew: Crew) -> Circumstances:
    return crew.circumstances(LOCAL_ADMINISTRATOR)


@pytest.fixture
def work(server: Server, crew: Crew) -> Callable[[], None]:
    """Does all the jobs that are waiting."""
    return lambda: do_work(server, crew)


@pytest.fixture
def bring(crew: Crew, given: Circumstances) -> Bring:
    def upload(content: str = HOUSEHOLDS, name: str = "h.csv", kind: str = "households") -> UUID:
        id = uuid7(NOW)
        file = uploads.receive(crew.settings.instance, id, name, [content.encode()])
        paged.accept(crew.database, given, id=id, kind=kind, name=name, file=file)
        return id

    return upload


def seen(database: Database, id: UUID, viewer: Viewer = LOCAL_ADMINISTRATOR) -> dict[str, Any]:
    with database.transaction(viewer) as connection:
        return asked.one(connection, id)


def count(database: Database, table: str) -> int:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def options(kind: str = "households", **changes: Any) -> ImportRequest:
    return ImportRequest(kind, Path("ignored"), **({"crs": "EPSG:4326"} | changes))


def read(crew: Crew, given: Circumstances, id: UUID, **changes: Any) -> None:
    paged.ask_to_stage(crew.database, given, id, options(**changes))


def confirm(crew: Crew, given: Circumstances, id: UUID, **accepted: bool) -> None:
    said = {"keep_good": False, "as_is": False, "remove_sample": False} | accepted
    paged.ask_to_load(crew.database, given, id, **said)


def test_an_upload_is_read_and_loaded_in_the_background(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    id = bring()
    assert seen(crew.database, id)["state"] == "uploaded"
    read(crew, given, id)
    assert seen(crew.database, id)["state"] == "staging"
    work()
    found = seen(crew.database, id)
    assert (found["state"], found["rows"], found["rejects"]) == ("staged", 2, 0)
    assert found["bounds"] == pytest.approx([104.605, 35.405, 104.615, 35.405])
    assert found["progress"] == 2
    assert count(crew.database, "household") == 0
    confirm(crew, given, id)
    work()
    found = seen(crew.database, id)
    assert (found["state"], found["added"]) == ("loaded", 2)
    assert count(crew.database, "household") == 2
    assert not uploads.file_of(crew.settings.instance, id).exists()
    assert run.take_back(crew.database, id, given) == 2


def test_a_job_is_part_of_its_transaction(
    database: Database, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[UUID] = []
    monkeypatch.setitem(imports.TASKS, "imports.stage", lambda crew, id: done.append(id))
    kept, lost = uuid7(NOW), uuid7(NOW)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        enqueue(connection, "imports.stage", one_at_a_time="a", id=lost)
        connection.rollback()
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        enqueue(connection, "imports.stage", one_at_a_time="a", id=kept)
    work()
    assert done == [kept]


@pytest.mark.parametrize("table", ["procrastinate_jobs", "procrastinate_events", "import_row"])
def test_the_application_sees_nothing_of_the_queue_and_of_staged_rows(
    database: Database, table: str
) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        database.transaction(LOCAL_ADMINISTRATOR) as connection,
    ):
        connection.execute(text(f"SELECT * FROM {table}"))


def test_nobody_enqueues_without_a_viewer(server: Server, database_url: str) -> None:
    login = login_url(database_url, "gridmap_app", server.secrets.app_password)
    engine = create_engine(psycopg2_url(str(login.render_as_string(False))), poolclass=NullPool)
    with engine.begin() as connection, pytest.raises(ProgrammingError, match="no viewer"):
        enqueue(connection, "imports.stage", one_at_a_time="a", id=uuid7(NOW))
    engine.dispose()


def test_another_viewer_sees_neither_the_import_nor_its_rows(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    id = bring()
    read(crew, given, id)
    work()
    other = Viewer("account", "other")
    with crew.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert asked.preview(connection, id)["total"] == 2
    with crew.database.transaction(other) as connection:
        assert asked.listing(connection) == []
        assert connection.scalar(text("SELECT count(*) FROM own_import_row")) == 0
    with pytest.raises(NotFound):
        seen(crew.database, id, other)
    with pytest.raises(NotFound):
        paged.throw_away(crew.database, crew.circumstances(other), id)


def test_bad_rows_wait_in_a_file_and_must_be_accepted_by_name(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    id = bring(HOUSEHOLDS + "0001,又一户,104.605,35.405\n,没有编号,104.6,35.4\n")
    read(crew, given, id)
    work()
    found = seen(crew.database, id)
    assert found["first_rejects"] == [[4, "编号 0001 在文件里重复"], [5, "缺少 code"]]
    written = uploads.rejects_of(crew.settings.instance, id).read_text("utf-8-sig")
    assert written.splitlines()[1].startswith("4,编号 0001 在文件里重复,0001,又一户")
    with pytest.raises(InvalidInput):
        confirm(crew, given, id)
    confirm(crew, given, id, keep_good=True)
    work()
    assert count(crew.database, "household") == 2


def test_a_file_that_cannot_be_loaded_says_why_and_may_be_read_again(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    id = bring("a,b,lon,lat\n1,松岭村1号,104.605,35.405\n")
    read(crew, given, id)
    work()
    found = seen(crew.database, id)
    assert found["state"] == "failed"
    assert found["error"]["message"].startswith("没有找到 {missing} 的列")
    read(crew, given, id, mapping=("code=a", "address=b"))
    work()
    assert (seen(crew.database, id)["state"], seen(crew.database, id)["rows"]) == ("staged", 1)


def test_place_columns_are_those_that_were_chosen(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    id = bring("户编号,地址,横,纵,lon,lat\n1,x,104.605,35.405,0,0\n")
    read(crew, given, id, mapping=("lon=横", "lat=纵"))
    work()
    assert seen(crew.database, id)["bounds"] == pytest.approx([104.605, 35.405, 104.605, 35.405])


def test_a_coordinate_system_is_never_chosen_silently(
    crew: Crew, given: Circumstances, bring: Bring
) -> None:
    id = bring()
    with pytest.raises(InvalidInput, match="坐标系"):
        read(crew, given, id, crs=None)
    assert seen(crew.database, id)["state"] == "uploaded"


def test_an_import_given_up_while_it_is_read_leaves_nothing(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    id = bring()
    read(crew, given, id)
    paged.throw_away(crew.database, given, id)
    work()
    assert seen(crew.database, id)["state"] == "thrown_away"
    with crew.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert connection.scalar(text("SELECT count(*) FROM own_import_row")) == 0
    with pytest.raises(Conflict):
        read(crew, given, id)


def test_a_second_try_of_an_interrupted_reading_begins_anew(
    crew: Crew, given: Circumstances, bring: Bring
) -> None:
    id = bring()
    read(crew, given, id)
    imports.stage(crew, id)
    with crew.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("UPDATE import SET state = 'staging'"))
    imports.stage(crew, id)
    with crew.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert asked.preview(connection, id)["total"] == 2


def test_rows_lost_in_a_crash_are_not_loaded_as_nothing(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    id = bring()
    read(crew, given, id)
    work()
    importing = imports._resumed(crew, id, "staged")[0]
    state.clear(importing)
    confirm(crew, given, id)
    work()
    assert seen(crew.database, id)["state"] == "failed"
    assert count(crew.database, "event") == 0


def test_a_job_that_never_ends_is_given_up(crew: Crew, given: Circumstances, bring: Bring) -> None:
    id = bring()
    read(crew, given, id)
    imports.give_up(crew, id)
    assert seen(crew.database, id)["state"] == "failed"


def test_the_sample_goes_in_the_same_transaction(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    with crew.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("UPDATE installation SET sample = true"))
    inside = bring()
    read(crew, given, inside)
    elsewhere = bring("户编号,地址,lon,lat\n0001,别处,110,30\n")
    read(crew, given, elsewhere)
    work()
    with pytest.raises(InvalidInput, match="示例县"):
        confirm(crew, given, inside, remove_sample=True)
    confirm(crew, given, elsewhere, remove_sample=True)
    work()
    assert seen(crew.database, elsewhere)["state"] == "loaded"
    assert (count(crew.database, "grid"), count(crew.database, "household")) == (0, 1)
    with crew.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert not asked.installation_has_sample(connection)


def test_the_name_of_a_file_is_never_a_path(tmp_path: Path) -> None:
    id = uuid7(NOW)
    file = uploads.receive(tmp_path, id, "../../etc/cron.d/x.CSV", [b"a"])
    assert file == tmp_path / "imports" / str(id) / "upload.csv"
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert uploads.receive(tmp_path, uuid7(NOW), "x.sh", [b"a"]).name == "upload"


def test_an_upload_beyond_the_limit_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD_BYTES", 10)
    with pytest.raises(InvalidInput, match="文件太大"):
        uploads.receive(tmp_path, uuid7(NOW), "x.csv", [b"123456", b"789012"])
    assert list((tmp_path / "imports").iterdir()) == []
