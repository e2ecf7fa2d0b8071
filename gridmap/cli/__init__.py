"""The command line: the same operations and queries as the web."""

import sys

import click

from gridmap.cli import (
    accounts,
    calendar,
    data,
    exports,
    heat,
    imports,
    jobs,
    keys,
    server,
    synth,
    webhooks,
)
from gridmap.errors import GridmapError


@click.group()
@click.version_option(package_name="gridmap")
def commands() -> None:
    """网格地图 gridmap: a map for grid-based community governance."""


for _command in (
    *server.COMMANDS,
    *accounts.COMMANDS,
    *data.COMMANDS,
    *calendar.COMMANDS,
    *webhooks.COMMANDS,
    *imports.COMMANDS,
    *jobs.COMMANDS,
    *keys.COMMANDS,
    *exports.COMMANDS,
    *heat.COMMANDS,
    *synth.COMMANDS,
):
    commands.add_command(_command)


def main() -> None:
    """Runs a command; what gridmap refuses is one sentence and a non-zero exit."""
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except GridmapError as error:
        click.echo(f"gridmap: {error}", err=True)
        sys.exit(1)
