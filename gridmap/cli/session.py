"""What a command works with: settings, secrets, database; as the local administrator."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from sqlalchemy.exc import OperationalError

from gridmap import embedded, sealing, secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import system_clock
from gridmap.database import Database, connect
from gridmap.errors import SetupFailed
from gridmap.hardening import Hardened
from gridmap.operations import backup, setup
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.server_checks import check_server
from gridmap.secrets import Secrets
from gridmap.settings import Settings, from_environment


@dataclass(frozen=True)
class Session:
    """The collaborators of one command."""

    settings: Settings
    secrets: Secrets
    database: Database

    def circumstances(self) -> Circumstances:
        """Who acts (the local administrator), when, and under which settings."""
        return Circumstances(
            LOCAL_ADMINISTRATOR,
            system_clock(),
            self.settings.zone,
            self.settings.nearest_limit_m,
            sealing.sealer(self.secrets, self.settings.instance / "secrets"),
        )


def administrative_url(settings: Settings, kept: Secrets) -> str:
    """The administrative address: the setting, else the private cluster's."""
    if settings.database_url:
        return settings.database_url
    return embedded.administrative_url(embedded.cluster_of(settings, kept.admin_password))


@contextmanager
def database_server(settings: Settings, kept: Secrets) -> Iterator[str]:
    """The administrative address; a private cluster that does not run is started for a while."""
    if settings.database_url:
        check_server(settings.database_url)
        yield settings.database_url
        return
    with embedded.running(embedded.cluster_of(settings, kept.admin_password)) as url:
        yield url


def bring_up_to_date(url: str, settings: Settings, kept: Secrets, *, dump: bool = True) -> None:
    """Migrates and hardens, after dumping a database that holds data; says what it could not."""
    if dump:
        backup.before_migration(url, settings.instance, click.echo)
    tell_missing(setup.migrate(url, kept, zone=settings.zone))


def tell_missing(done: Hardened) -> None:
    """Says what could not be hardened without a superuser."""
    for what in done.missing:
        click.echo(f"没有超级用户权限，未做到：{what}", err=True)


@contextmanager
def session() -> Iterator[Session]:
    """A command's session on the running database; SetupFailed where none answers."""
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    database = connect(administrative_url(settings, kept), kept)
    try:
        yield Session(settings, kept, database)
    except OperationalError as error:
        raise SetupFailed("数据库没有应答；请先运行 gridmap up。") from error
    finally:
        database.dispose()
