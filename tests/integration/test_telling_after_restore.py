"""After a restore, followers of events begin anew: nothing twice, and nothing new is lost."""

from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database, connect, psycopg2_url
from gridmap.operations import backup
from gridmap.operations.telling import TELLER, tell
from tests import world
from tests.conftest import ZONE, Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk

_FAR_AHEAD = """
UPDATE reader SET snapshot = '900000000:900000000:';
UPDATE event SET xid = '800000000'
"""
"""As on a machine that has done much more than the one on which the backup is restored."""


def test_nothing_is_told_twice_and_nothing_new_is_lost(
    server: Server, database: Database, database_url: str, tmp_path: Path
) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    desk = Desk(database, open_office(database_url), server.circumstances())
    tell(database, acting(desk.given, TELLER))
    engine = create_engine(psycopg2_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(_FAR_AHEAD))
    engine.dispose()
    file = tmp_path / "gridmap.tar"
    backup.backup(database_url, server.instance, file)
    server.execute("CREATE DATABASE told_again")
    url = server.url("told_again")
    backup.restore(url, _instance(server, tmp_path), file, zone=ZONE)
    restored = connect(url, server.secrets)
    desk.database = restored
    assert tell(restored, acting(desk.given, TELLER)) == 0
    desk.reported()
    assert tell(restored, acting(desk.given, TELLER)) == 2
    restored.dispose()
    server.execute("DROP DATABASE told_again WITH (FORCE)")


def _instance(server: Server, folder: Path) -> Path:
    """A folder of secrets that the restore may replace."""
    made = folder / "instance"
    made.mkdir(mode=0o700)
    secrets.replace(made / "secrets", server.secrets)
    return made
