"""Commands on the packed columns behind the heat."""

import sys

import click

from gridmap.cli.session import session
from gridmap.operations import heat_columns


@click.group(name="heat")
def heat_commands() -> None:
    """The packed columns from which heat and densities are counted."""


@heat_commands.command(name="rebuild")
def rebuild_columns() -> None:
    """Builds the columns of all counties anew from the incidents."""
    with session() as given:
        number = heat_columns.rebuild(given.database, heat_columns.folder_of(given.settings))
    click.echo(f"热力数据已重建（第 {number} 版）。")


@heat_commands.command(name="check")
def check_columns() -> None:
    """Compares the columns with the incidents, county by county; exits with 1 on a difference."""
    with session() as given:
        wrong = heat_columns.check(given.database, heat_columns.folder_of(given.settings))
    if wrong:
        numbers = ", ".join(map(str, wrong))
        click.echo(f"与事件表不一致的县（编号）：{numbers}；请运行 gridmap heat rebuild。")
        sys.exit(1)
    click.echo("热力数据与事件表一致。")


COMMANDS = (heat_commands,)
