"""Backups: a database's dump together with the secrets that open its sealed fields."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import embedded
from gridmap.clock import system_clock
from gridmap.database import psycopg2_url
from gridmap.errors import FileRefused, SetupFailed
from gridmap.operations import setup

_DUMP = "database.dump"
_SECRETS = "secrets"


def backup(url: str, instance: Path, file: Path) -> None:
    """Writes a backup: everything in the database, and the secrets beside it.

    Whoever holds the file can open the sealed fields: keep it as a secret.
    """
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / _DUMP
        _program("pg_dump", "--format=custom", f"--file={dump}", "--dbname", url)
        with tarfile.open(file, "w") as archive:
            archive.add(dump, _DUMP)
            archive.add(instance / _SECRETS, _SECRETS)
    file.chmod(0o600)


def restore(url: str, instance: Path, file: Path) -> None:
    """Restores a backup into an empty database; followers of events start anew.

    Raises FileRefused for a file that is no backup, SetupFailed where the database holds data.
    """
    _refuse_data(url)
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise FileRefused("{file} 不是 gridmap 的备份文件。", file=file.name) from error
        if not all((Path(folder) / name).exists() for name in (_DUMP, _SECRETS)):
            raise FileRefused("{file} 不是 gridmap 的备份文件。", file=file.name)
        _program("pg_restore", "--exit-on-error", "--dbname", url, str(Path(folder) / _DUMP))
        shutil.copy(Path(folder) / _SECRETS, instance / _SECRETS)
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        # transaction numbers of the old server mean nothing here: no event is new
        connection.execute(text("UPDATE event SET xid = '0'"))
    engine.dispose()


def before_migration(url: str, instance: Path, say: Callable[[str], None]) -> None:
    """Dumps a database that holds data and is about to be migrated."""
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        setup.refuse_newer_schema(connection)
        current, newest = setup.schema_versions(connection)
    engine.dispose()
    if current is None or current == newest:
        return
    file = instance / f"before-{newest}-{system_clock().astimezone(UTC):%Y%m%d-%H%M%S}.tar"
    backup(url, instance, file)
    say(f"升级前已备份到 {file}")


def _refuse_data(url: str) -> None:
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        tables = connection.scalar(
            text("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'guard')")
        )
    engine.dispose()
    if (tables or 0) > 1:
        raise SetupFailed("目标数据库不是空的，恢复只能进空数据库。")


def _program(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(embedded.find_programs() / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["?"]
        raise SetupFailed("{name} 没有成功：{said}", name=name, said=said[-1])
