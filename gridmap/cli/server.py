"""Commands that run the product: up, migrate, status, backup, restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from gridmap import embedded, secrets, supervisor
from gridmap.clock import system_clock
from gridmap.database import psycopg2_url
from gridmap.errors import SetupFailed
from gridmap.hardening import Hardened
from gridmap.operations import backup as backing_up
from gridmap.operations import setup, state
from gridmap.operations.server_checks import check_server
from gridmap.secrets import Secrets
from gridmap.settings import Settings, from_environment

_KEEP = "请把这个文件当作机密保管：里面有数据库，也有打开封存字段的密钥（secrets）。"


@click.command()
def up() -> None:
    """Starts everything: a private PostGIS (unless DATABASE_URL), web and jobs, at one address."""
    supervisor.run(from_environment(), click.echo)


@contextmanager
def _database(settings: Settings, kept: Secrets) -> Iterator[str]:
    """The administrative address; a private cluster that does not run is started for a while."""
    if settings.database_url:
        check_server(settings.database_url)
        yield settings.database_url
        return
    with embedded.running(embedded.cluster_of(settings, kept.admin_password)) as url:
        yield url


def _tell(done: Hardened) -> None:
    for what in done.missing:
        click.echo(f"没有超级用户权限，未做到：{what}", err=True)


@click.command()
@click.option("--no-backup", is_flag=True, help="do not dump a database that holds data before")
def migrate(no_backup: bool) -> None:
    """Brings the database to the program's schema and hardens it."""
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    with _database(settings, kept) as url:
        if not no_backup:
            backing_up.before_migration(url, settings.instance, click.echo)
        _tell(setup.migrate(url, kept, zone=settings.zone))
    click.echo("数据库结构已是最新。")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Writes everything to FILE: the database, and the secrets that open its sealed fields."""
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    with _database(settings, kept) as url:
        backing_up.backup(url, settings.instance, file)
    click.echo(f"已备份到 {file}，{file.stat().st_size / 1e6:.1f} MB。{_KEEP}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Restores the backup FILE, with its secrets, into an empty database."""
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    with _database(settings, kept) as url:
        _tell(backing_up.restore(url, settings.instance, file, zone=settings.zone))
    click.echo(f"已恢复；密钥在 {settings.instance / 'secrets'}，请照样保管。")


@click.command()
def status() -> None:
    """Tells processes, sizes, schema, lag, and what could not be hardened."""
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    url = settings.database_url
    if not url:
        cluster = embedded.cluster_of(settings, kept.admin_password)
        if not embedded.is_running(cluster):
            raise SetupFailed(
                "PostGIS 没有运行（{folder}）；请先运行 gridmap up。", folder=cluster.folder
            )
        url = embedded.administrative_url(cluster)
    engine = create_engine(psycopg2_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        told = state.state(connection, now=system_clock())
    engine.dispose()
    for line in _lines(told, settings):
        click.echo(line)


def _lines(told: state.State, settings: Settings) -> Iterator[str]:
    answers = state.answers(settings.host, settings.port)
    yield f"PostGIS   运行中，{told.server}"
    yield f"web       {'运行中' if answers else '没有应答'}，{settings.host}:{settings.port}"
    yield f"jobs      {f'运行中，{told.workers} 个' if told.workers else '没有运行'}"
    yield f"结构      {told.schema}（程序 {told.newest_schema}）"
    yield f"数据库    {told.size_bytes / 1e6:,.0f} MB"
    for table, count in told.counts.items():
        yield f"  {table:<10} {count:>12,}"
    waited = f"，最早的已等 {told.lag_s:.0f} 秒" if told.waiting else ""
    yield f"待办任务  {told.waiting}{waited}"
    for what in told.not_hardened:
        yield f"未加固    {what}"
    yield f"要保管    {settings.instance.absolute() / 'secrets'}（备份里也有一份）"


COMMANDS = (up, migrate, status, backup, restore)
