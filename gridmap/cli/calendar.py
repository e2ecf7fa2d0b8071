"""Commands on the working calendar."""

from pathlib import Path

import click

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli.session import session
from gridmap.operations import calendar


@click.group(name="calendar")
def calendar_commands() -> None:
    """Holidays, and the working days that make up for them."""


@calendar_commands.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_days(file: Path) -> None:
    """Takes the days of FILE, a CSV with the columns day, works (1 or 0) and name."""
    days = calendar.read(file.read_bytes())
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        calendar.load(connection, days, given.circumstances())
    click.echo(f"已载入 {len(days)} 天；未办结事件的时限已按新日历重算。")


COMMANDS = (calendar_commands,)
