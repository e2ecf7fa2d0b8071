"""Commands that run the product: up, migrate, status, backup, restore."""

from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from gridmap import embedded, secrets, supervisor
from gridmap.cli.session import bring_up_to_date, database_server, tell_missing
from gridmap.clock import system_clock
from gridmap.database import psycopg2_url
from gridmap.errors import SetupFailed
from gridmap.operations import backup as backing_up
from gridmap.operations import state
from gridmap.operations.backup_photos import Photos
from gridmap.outside.storage import storage_of
from gridmap.settings import Settings, from_environment

_KEEP = "请把这个文件当作机密保管：里面有数据库，也有打开封存字段的密钥（secrets）。"


@click.command()
def up() -> None:
    """Starts everything: a private PostGIS (unless DATABASE_URL), web and jobs, at one address."""
    supervisor.run(from_environment(), click.echo)


@click.command()
@click.option("--no-backup", is_flag=True, help="do not dump a database that holds data before")
def migrate(no_backup: bool) -> None:
    """Brings the database to the program's schema and hardens it."""
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    with database_server(settings, kept) as url:
        bring_up_to_date(url, settings, kept, dump=not no_backup)
    click.echo("数据库结构已是最新。")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Writes everything to FILE: the database, its photos, and the secrets that open sealed fields.

    Photos in S3-compatible storage (GRIDMAP_STORAGE) stay there.
    """
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    with database_server(settings, kept) as url:
        photos = backing_up.backup(url, settings.instance, file, photos=not settings.storage)
    if settings.storage:
        click.echo(f"照片和文件在 {settings.storage}，不在这个备份里；请另外备份那里。")
    else:
        click.echo(f"照片和文件 {photos.carried} 个{_gone(photos)}。")
    click.echo(f"已备份到 {file}，{file.stat().st_size / 1e6:.1f} MB。{_KEEP}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Restores the backup FILE, with its photos and secrets, into an empty database."""
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    with database_server(settings, kept) as url:
        done = backing_up.restore(
            url, settings.instance, file, zone=settings.zone, storage=storage_of(settings)
        )
    tell_missing(done.hardened)
    click.echo(f"照片和文件 {done.photos.carried} 个{_gone(done.photos)}。")
    click.echo(f"已恢复；密钥在 {settings.instance / 'secrets'}，请照样保管。")


def _gone(photos: Photos) -> str:
    return f"，另有 {photos.missing} 个不在原处" if photos.missing else ""


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
