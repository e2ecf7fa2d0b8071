"""A backup opens again on another machine: rows, rights, sealed fields, and no event twice."""

import io
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import embedded, hardening, sealing, secrets
from gridmap.access import INTAKE, LOCAL_ADMINISTRATOR, STRANGER
from gridmap.database import connect, psycopg2_url
from gridmap.embedded import Cluster
from gridmap.errors import FileRefused, SetupFailed
from gridmap.hardening import assert_guarded
from gridmap.operations import backup, setup
from gridmap.operations.intake import report
from gridmap.outside.storage import folder_of
from tests import world
from tests.conftest import ZONE, Server
from tests.integration.test_intake import new_report
from tests.integration.test_setup import query

PHONE = "19900001234"
PHOTO = b"a photo"
PHOTO_NAME = sha256(PHOTO).hexdigest()


def fill(server: Server, url: str) -> None:
    """A small world with a report in it, sealed with the keys of the server's secrets."""
    database = connect(url, server.secrets)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
        report(connection, new_report(reporter_phone=PHONE), server.circumstances())
        keep_photo(connection, server.instance)
    database.dispose()


def keep_photo(connection: Connection, instance: Path) -> None:
    """A photo of the report's incident, and a document whose file is gone."""
    storage = folder_of(instance)
    storage.put(PHOTO_NAME, PHOTO)
    storage.put(f"{PHOTO_NAME}-320", b"small")
    for name, media_type in ((PHOTO_NAME, "image/jpeg"), ("00" * 32, "application/pdf")):
        connection.execute(
            text(
                "INSERT INTO attachment (county, id, incident, sha256, media_type, bytes, name,"
                " complete, added_by, added_at) SELECT county, gen_random_uuid(), id,"
                " decode(:sha256, 'hex'), :type, 7, '墙.jpg', true, 'test', received_at"
                " FROM incident"
            ),
            {"sha256": name, "type": media_type},
        )


@pytest.fixture
def saved(server: Server, database_url: str, tmp_path: Path) -> Path:
    """The backup of a small world with a report in it."""
    fill(server, database_url)
    file = tmp_path / "gridmap.tar"
    backup.backup(database_url, server.instance, file)
    return file


@pytest.fixture(scope="module")
def other() -> Iterator[tuple[str, Path]]:
    """Another machine: a cluster with no role of gridmap, and its own secrets."""
    folder = Path(tempfile.mkdtemp(prefix="gm-"))
    folder.chmod(0o755)
    made = secrets.load_or_make(folder / "instance")
    programs = embedded.find_programs()
    options = ("fsync=off", "full_page_writes=off")
    cluster = Cluster(folder / "c", folder / "c" / "run", programs, made.admin_password, options)
    yield embedded.start(cluster), folder / "instance"
    embedded.stop(cluster)
    shutil.rmtree(folder)


def test_a_backup_is_restored_on_another_machine(saved: Path, other: tuple[str, Path]) -> None:
    url, instance = other
    before = secrets.load_or_make(instance)
    done = backup.restore(url, instance, saved, zone=ZONE)
    assert done.hardened.missing == ()
    kept = secrets.read(instance / "secrets")
    assert kept.admin_password == before.admin_password
    assert kept.viewer_key != before.viewer_key
    assert (instance / "secrets").stat().st_mode & 0o777 == 0o600
    assert query(url, "SELECT count(*) FROM grid_version") == [(3,)]
    assert query(url, "SELECT count(*), max(xid::text) FROM event WHERE xid <> '0'") == [(0, None)]
    assert query(url, "SELECT count(*) > 0 FROM event") == [(True,)]
    assert (done.photos.carried, done.photos.missing) == (1, 1)
    assert folder_of(instance).get(PHOTO_NAME) == PHOTO
    assert folder_of(instance).get(f"{PHOTO_NAME}-320") == b"small"
    database = connect(url, kept)
    for viewer, seen in ((LOCAL_ADMINISTRATOR, 1), (INTAKE, 1), (STRANGER, 0)):
        with database.transaction(viewer) as connection:
            assert connection.scalar(text("SELECT count(*) FROM incident")) == seen
    with database.transaction(INTAKE) as connection:
        row = connection.execute(text("SELECT id, reporter_phone_sealed AS s FROM report")).one()
    database.dispose()
    opened = sealing.unseal(
        sealing.sealer(kept), bytes(row.s), field="report.reporter_phone", row=row.id
    )
    assert opened == PHONE


def test_what_a_dump_loses_is_hardened_again(other: tuple[str, Path]) -> None:
    url, _ = other
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        assert_guarded(connection)
        assert hardening.not_hardened(connection) == ()
    engine.dispose()
    assert query(
        url, "SELECT DISTINCT proleakproof FROM pg_proc WHERE proname = 'geometry_overlaps'"
    ) == [(True,)]


def test_a_second_restore_is_refused_and_changes_nothing(
    saved: Path, other: tuple[str, Path]
) -> None:
    url, instance = other
    before = (instance / "secrets").read_text()
    with pytest.raises(SetupFailed, match="不是空的"):
        backup.restore(url, instance, saved, zone=ZONE)
    assert (instance / "secrets").read_text() == before
    assert query(url, "SELECT count(*) FROM grid_version") == [(3,)]


@pytest.mark.parametrize("name", [PHOTO_NAME, f"../../{PHOTO_NAME}", "photo"])
def test_a_photo_that_is_not_what_it_is_called_is_never_put_in_its_place(
    server: Server, saved: Path, tmp_path: Path, name: str
) -> None:
    instance, file = tmp_path / "instance", tmp_path / "changed.tar"
    with tarfile.open(saved) as whole, tarfile.open(file, "w") as changed:
        for member in list(whole)[:2]:
            changed.addfile(member, whole.extractfile(member))
        told = tarfile.TarInfo(f"attachments/{name}")
        told.size = len(b"another")
        changed.addfile(told, io.BytesIO(b"another"))
    with server.clone("template0") as url:
        if name == PHOTO_NAME:
            with pytest.raises(FileRefused, match="坏了"):
                backup.restore(url, instance, file, zone=ZONE)
            assert query(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'guard'") == [(0,)]
        else:
            assert backup.restore(url, instance, file, zone=ZONE).photos.carried == 0
    assert not [one for one in tmp_path.rglob(f"*{PHOTO_NAME}*") if one.is_file()]


@pytest.mark.parametrize("kind", ["missing", "text", "empty tar", "no dump"])
def test_a_file_that_is_no_backup_is_refused(server: Server, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "no-backup.tar"
    if kind == "text":
        file.write_text("这不是备份")
    elif kind != "missing":
        with tarfile.open(file, "w") as archive:
            if kind == "no dump":
                archive.add(server.instance / "secrets", "secrets")
                archive.add(server.instance / "secrets", "database.dump")
    with server.clone("template0") as url, pytest.raises(FileRefused, match=r"no-backup\.tar"):
        backup.restore(url, server.instance, file, zone=ZONE)


def test_a_backup_can_be_read_by_its_owner_alone(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    with tarfile.open(saved) as archive:
        assert archive.getnames() == [
            "database.dump",
            "secrets",
            f"attachments/{PHOTO_NAME}",
            f"attachments/{PHOTO_NAME}-320",
        ]
    assert [one.name for one in saved.parent.iterdir()] == [saved.name]


def test_a_database_with_data_is_dumped_before_it_is_migrated(
    server: Server, database_url: str, tmp_path: Path
) -> None:
    fill(server, database_url)
    said: list[str] = []
    shutil.copy(server.instance / "secrets", tmp_path / "secrets")
    backup.before_migration(database_url, tmp_path, said.append)
    assert said == []
    setup.downgrade(database_url, "0004")
    backup.before_migration(database_url, tmp_path, said.append)
    files = list(tmp_path.glob("before-*.tar"))
    assert len(files) == 1
    assert said == [f"升级前已备份到 {files[0]}"]
    with tarfile.open(files[0]) as archive:
        assert set(archive.getnames()) == {"database.dump", "secrets"}
