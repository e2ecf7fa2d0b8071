"""Backups: a database's dump with its photos and the secrets that open its sealed fields."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from gridmap import embedded, hardening, secrets
from gridmap.clock import system_clock
from gridmap.database import psycopg2_url
from gridmap.errors import FileRefused, SetupFailed
from gridmap.hardening import Hardened
from gridmap.operations import backup_photos, heat_columns, setup
from gridmap.operations.backup_photos import Photos
from gridmap.outside.storage import Folder, Storage, folder_of
from gridmap.secrets import Secrets

_DUMP = "database.dump"
_SECRETS = "secrets"


@dataclass(frozen=True)
class Restored:
    """What could not be hardened again, and the photos that came back."""

    hardened: Hardened
    photos: Photos


def backup(url: str, instance: Path, file: Path, *, photos: bool = True) -> Photos:
    """Writes a backup: everything in the database, the photos on disk, and the secrets.

    Without ``photos`` they are left where they are: in S3-compatible storage, or before a
    migration, which touches none. Whoever holds the file can open the sealed fields: keep it as a
    secret. It appears whole or not at all. Raises SetupFailed where the login may not read every
    row.
    """
    _refuse_blind_login(url)
    try:
        beside = tempfile.TemporaryDirectory(prefix=".gridmap-", dir=file.absolute().parent)
    except OSError as error:
        raise FileRefused("不能写到 {file}：{why}", file=file, why=error.strerror) from error
    with beside as folder:
        dump, whole = Path(folder) / _DUMP, Path(folder) / file.name
        _program(url, "pg_dump", "--format=custom", f"--file={dump}")
        with tarfile.open(whole, "w") as archive:
            archive.add(dump, _DUMP)
            archive.add(instance / _SECRETS, _SECRETS)
            carried = _pack(url, archive, folder_of(instance)) if photos else Photos(0, 0)
        whole.chmod(0o600)
        os.replace(whole, file)
    return carried


def _pack(url: str, archive: tarfile.TarFile, storage: Folder) -> Photos:
    """After the dump: a photo lies in its place before any row names it."""
    with _connection(url) as connection:
        return backup_photos.pack(archive, connection, storage)


def restore(
    url: str, instance: Path, file: Path, *, zone: str, storage: Storage | None = None
) -> Restored:
    """Restores a backup into an empty database, with its photos and secrets.

    Followers of events start anew. Photos go to ``storage``, else into the instance's folder.

    The server's own roles are made first and get the passwords of the restored secrets; what a
    dump does not hold is done again: hardening, and the marks on functions of extensions. Raises
    FileRefused for a file that is no backup, SetupFailed where the database holds data; nothing
    is changed then.
    """
    _refuse_data(url)
    with tempfile.TemporaryDirectory() as folder:
        dump, kept = _unpacked(file, Path(folder))
        # the cluster of this machine has its own administrator, whose password stays
        kept = replace(kept, admin_password=secrets.load_or_make(instance).admin_password)
        with _connection(url) as connection:
            hardening.make_roles(connection, kept)
        with tarfile.open(file) as archive:
            found = backup_photos.unpack(archive, storage or folder_of(instance))
        _load(url, dump)
    secrets.replace(instance / _SECRETS, kept)
    hardened = setup.migrate(url, kept, zone=zone)
    with _connection(url) as connection:
        # transaction numbers of the old server mean nothing here: no event is new
        connection.execute(text("UPDATE event SET xid = '0'"))
        connection.execute(text("UPDATE reader SET snapshot = pg_current_snapshot()"))
        heat_columns.forget(connection)
        return Restored(hardened, backup_photos.missing(connection, found))


def before_migration(url: str, instance: Path, say: Callable[[str], None]) -> None:
    """Dumps a database that holds data and is about to be migrated."""
    with _connection(url) as connection:
        setup.refuse_newer_schema(connection)
        current, newest = setup.schema_versions(connection)
    if current is None or current == newest:
        return
    file = instance / f"before-{newest}-{system_clock().astimezone(UTC):%Y%m%d-%H%M%S}.tar"
    backup(url, instance, file, photos=False)
    say(f"升级前已备份到 {file}")


def _unpacked(file: Path, folder: Path) -> tuple[Path, Secrets]:
    """The dump and the secrets of a backup; FileRefused for a file that is none."""
    try:
        with tarfile.open(file) as archive:
            for name in (_DUMP, _SECRETS):
                _take_out(archive, name, folder / name)
        kept = secrets.read(folder / _SECRETS)
        _program(None, "pg_restore", "--list", str(folder / _DUMP))
    except (tarfile.TarError, OSError, KeyError, ValueError, TypeError, SetupFailed) as error:
        raise FileRefused("{file} 不是 gridmap 的备份文件。", file=file.name) from error
    return folder / _DUMP, kept


def _take_out(archive: tarfile.TarFile, name: str, target: Path) -> None:
    """One file by its name: nothing else of an archive is ever unpacked."""
    member = archive.extractfile(name)
    if member is None:
        raise ValueError(name)
    with member, target.open("wb") as written:
        shutil.copyfileobj(member, written)


def _load(url: str, dump: Path) -> None:
    """All of the dump or nothing; comments on extensions belong to those who installed them."""
    listed = _program(None, "pg_restore", "--list", str(dump)).splitlines()
    wanted = dump.with_name("wanted")
    wanted.write_text("\n".join(line for line in listed if " COMMENT - EXTENSION " not in line))
    _program(url, "pg_restore", "--single-transaction", f"--use-list={wanted}", str(dump))


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    """A transaction of the administrative login, with nothing left open after it."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _refuse_blind_login(url: str) -> None:
    with _connection(url) as connection:
        sees_all = connection.scalar(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        )
    if not sees_all:
        raise SetupFailed(
            "DATABASE_URL 的登录角色看不到全部的行，不能备份；"
            "请由超级用户或有 BYPASSRLS 的角色备份。"
        )


def _refuse_data(url: str) -> None:
    with _connection(url) as connection:
        tables = connection.scalar(
            text(
                "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'guard')"
                " AND tablename <> 'spatial_ref_sys'"
            )
        )
    if tables:
        raise SetupFailed("目标数据库不是空的；请恢复到新的 GRIDMAP_CLUSTER 文件夹或新建的数据库。")


def _program(url: str | None, name: str, *arguments: str) -> str:
    """Runs a program of PostgreSQL on a database; its password is in no list of processes."""
    environment = dict(os.environ)
    database: tuple[str, ...] = ()
    if url is not None:
        address = make_url(url).set(drivername="postgresql")
        environment["PGPASSWORD"] = address.password or environment.get("PGPASSWORD", "")
        plain = address.set(password=None).render_as_string(hide_password=False)
        database = ("--dbname", plain)
    done = subprocess.run(
        [_path(name), *database, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["?"]
        raise SetupFailed("{name} 没有成功：{said}", name=name, said=said[-1])
    return done.stdout


def _path(name: str) -> str:
    """The program beside the private cluster's, else the one that a client's package brought."""
    try:
        return str(embedded.find_programs() / name)
    except SetupFailed:
        if (found := shutil.which(name)) is None:
            raise
        return found
