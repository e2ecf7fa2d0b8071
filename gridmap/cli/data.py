"""Commands on data: locate, assign, classes, sample, settings."""

import json
from dataclasses import fields
from pathlib import Path

import click

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli.session import session
from gridmap.operations import assigning, classes, sample
from gridmap.queries import catalog, describe
from gridmap.queries.locate import Spot
from gridmap.queries.locate import locate as locate_place
from gridmap.settings import from_environment

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


@click.command()
@click.option("--ended-too", is_flag=True, help="incidents that have ended as well")
def assign(ended_too: bool) -> None:
    """Assigns incidents and households anew by today's boundaries and duties."""
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        told = given.circumstances()
        incidents = assigning.assign_incidents(connection, told, ended_too=ended_too)
        households = assigning.assign_households(connection, told)
    click.echo(f"事件：看了 {incidents.looked_at} 件，改派 {incidents.changed} 件")
    click.echo(f"住户：看了 {households.looked_at} 户，改属 {households.changed} 户")


@click.group(name="classes")
def classes_commands() -> None:
    """The class limits of measures, by which areas are colored."""


@classes_commands.command(name="fit")
def fit_classes() -> None:
    """Fits the limits of all measures anew from the last year of data."""
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        told = given.circumstances()
        last = catalog.last_day(connection, told.now, told.zone)
        fitted = classes.fit(connection, last_day=last, zone=told.zone)
    click.echo(f"已重算 {fitted} 组分级界限。")


@click.command(name="settings")
def show_settings() -> None:
    """Prints every setting with its value and what it is; no passwords."""
    current = from_environment()
    for one in fields(current):
        shown = getattr(current, one.name)
        if shown and one.name.endswith(("_url", "_secret", "_key")) and one.name != "basemap_url":
            shown = "（已设）"
        click.echo(f"{one.metadata['name']}={shown}\n    {one.metadata['help']}")


COMMANDS = (locate, sample_commands, assign, classes_commands, show_settings)
