"""The command that fills an empty installation with made-up land, to try things at size."""

from functools import partial
from typing import Literal

import click

from gridmap import secrets
from gridmap.cli.session import bring_up_to_date, database_server, session
from gridmap.settings import from_environment
from gridmap.synth import generate
from gridmap.synth.ahead import ahead


@click.command()
@click.option(
    "--scale",
    type=click.Choice(["county", "prefecture", "province"]),
    required=True,
    help="one county, 7, or 86 with 100,000 grids and 8,000,000 households",
)
@click.option("--seed", type=int, default=1, help="the same seed makes the same land")
def synth(scale: Literal["county", "prefecture", "province"], seed: int) -> None:
    """Fills an empty database with made-up land, people and events.

    Before the first `gridmap up`, which brings the sample county into an empty database.
    """
    from gridmap.operations.synth import fill

    settings = from_environment()
    kept = secrets.load_or_make(settings.instance)
    with database_server(settings, kept) as url:
        bring_up_to_date(url, settings, kept)
        with session() as given:
            rows = fill(
                given.database,
                ahead(partial(generate, seed, scale=scale)),
                given.circumstances(),
                _tell_progress,
                administrative_url=url,
            )
    click.echo(f"已生成并载入 {rows:,} 行。")


def _tell_progress(rows: int, seconds: float) -> None:
    click.echo(f"{rows:>12,} 行  {rows / max(seconds, 1e-9):>9,.0f} 行/秒")


COMMANDS = (synth,)
