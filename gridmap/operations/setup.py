"""Bringing a database to the program's schema, safely: roles, migrations, hardening."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import hardening
from gridmap.database import psycopg2_url
from gridmap.errors import SetupFailed
from gridmap.hardening import Hardened
from gridmap.operations import calendar
from gridmap.secrets import Secrets

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def migrate(administrative_url: str, secrets: Secrets, *, zone: str) -> Hardened:
    """Migrates to the newest schema and hardens; what it could not do comes back.

    Raises SetupFailed where the schema is newer than the program, Unsafe where a row could
    be seen by someone who may not.
    """
    engine = create_engine(psycopg2_url(administrative_url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            refuse_newer_schema(connection)
            hardening.make_roles(connection, secrets)
        with engine.connect() as connection:
            config = alembic_config(connection)
            config.attributes["zone"] = zone
            command.upgrade(config, "head")
        with engine.begin() as connection:
            connection.execute(text(hardening.HAND_OVER))
            connection.execute(
                text("INSERT INTO installation (zone) VALUES (:zone) ON CONFLICT DO NOTHING"),
                {"zone": zone},
            )
            kept_zone = connection.scalar(text("SELECT zone FROM installation"))
            calendar.seed(connection, zone=str(kept_zone))
            hardened = hardening.harden(connection, secrets)
            hardening.assert_guarded(connection)
    finally:
        engine.dispose()
    return hardened


def downgrade(administrative_url: str, revision: str) -> None:
    """Takes the schema back to a revision, or to nothing at ``base``."""
    engine = create_engine(psycopg2_url(administrative_url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            command.downgrade(alembic_config(connection), revision)
    finally:
        engine.dispose()


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(MIGRATIONS.parent))
    config.attributes["connection"] = connection
    return config


def schema_versions(connection: Connection) -> tuple[str | None, str | None]:
    """The database's revision, and the program's newest."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision(), head


def refuse_newer_schema(connection: Connection) -> None:
    """Raises SetupFailed where the database has a revision that this program does not know."""
    scripts = ScriptDirectory.from_config(alembic_config())
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise SetupFailed(
            "数据库的结构（{current}）比程序新；请使用更新的 gridmap，或恢复旧备份。",
            current=current,
        )
