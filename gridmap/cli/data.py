"""Commands on data: locate, sample."""

import json
from pathlib import Path

import click

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli.session import session
from gridmap.operations import sample
from gridmap.queries import describe
from gridmap.queries.locate import Spot
from gridmap.queries.locate import locate as locate_place

SAMPLE = Path(__file__).parents[2] / "sample_data"


@click.command()
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--accuracy", type=float, help="stated accuracy of the point, meters")
def locate(lon: float, lat: float, accuracy: float | None) -> None:
    """Tells who answers for the point LON LAT (WGS 84), and why."""
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        told = given.circumstances()
        found = locate_place(
            connection,
            Spot(lon, lat, accuracy),
            at=told.now,
            now=told.now,
            nearest_limit_m=told.nearest_limit_m,
        )
        answer = describe.located(connection, found, now=told.now, zone=told.zone)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


@click.group(name="sample")
def sample_commands() -> None:
    """The made-up county."""


@sample_commands.command()
def remove() -> None:
    """Takes the made-up county out again, all of it."""
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        sample.remove(connection, given.circumstances())
    click.echo("示例数据已全部移除。")


COMMANDS = (locate, sample_commands)
