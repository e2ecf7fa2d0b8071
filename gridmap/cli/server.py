"""Commands that run the product: up, migrate, status, backup, restore."""

import click
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap import embedded, secrets, supervisor
from gridmap.cli.session import administrative_url, session
from gridmap.database import psycopg2_url
from gridmap.operations import setup
from gridmap.settings import from_environment


@click.command()
def up() -> None:
    """Starts everything: a private PostGIS (unless DATABASE_URL), and the web at one address."""
    supervisor.run(from_environment(), click.echo)


@click.command()
def migrate() -> None:
    """Brings the database to the program's schema and hardens it."""
    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    if not settings.database_url:
        embedded.start(embedded.cluster_of(settings, kept.admin_password))
    done = setup.migrate(administrative_url(settings, kept), kept, zone=settings.zone)
    for what in done.missing:
        click.echo(f"没有超级用户权限，未做到：{what}", err=True)
    click.echo("数据库结构已是最新。")


@click.command()
def status() -> None:
    """Tells processes, sizes and schema."""
    with session() as given:
        url = administrative_url(given.settings, given.secrets)
        engine = create_engine(psycopg2_url(url), poolclass=NullPool)
        with engine.connect() as connection:
            current, newest = setup.schema_versions(connection)
            click.echo(f"结构 schema: {current}（程序 {newest}）")
            size = connection.scalar(
                text("SELECT pg_size_pretty(pg_database_size(current_database()))")
            )
            click.echo(f"数据库大小 size: {size}")
            for table in ("region", "grid", "household", "incident", "warning", "event"):
                count = connection.scalar(text(f"SELECT count(*) FROM {table}"))
                click.echo(f"  {table:<10} {count:>10}")
        engine.dispose()


COMMANDS = (up, migrate, status)
