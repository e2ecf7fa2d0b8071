"""Commands that take rows and maps out: export regions, grids, households, incidents, map."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli.session import Session, session
from gridmap.geo.coordinates import WGS84
from gridmap.operations import exports as exporting
from gridmap.queries import exports, filters
from gridmap.queries.exports import Asked

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(name="export")
def export_commands() -> None:
    """Takes rows out to GeoPackage, GeoJSON, CSV or XLSX, and a map to one HTML page."""


def _export(kind: str, help: str, *more: Any) -> None:
    """Adds the command that exports one kind of row."""

    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--crs", default=WGS84, help="EPSG:4490, gcj02, bd09 …; default EPSG:4326")
    @click.option("--as-of", type=_DAY, help="as of the end of that local day; default today")
    @click.option("--within", help="code of the region or grid to stay within")
    def command(
        file: Path, crs: str, as_of: datetime | None, within: str | None, level: int | None = None
    ) -> None:
        with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            at = _moment(given, as_of)
            path = exports.path_of(connection, within, at)
            asked = Asked(kind, at, given.settings.zone, path, level)
            count = exporting.export(connection, asked, file, crs=crs)
        click.echo(f"已导出 {count} 行到 {file}")

    for option in more:
        command = option(command)
    export_commands.command(name=kind, help=help)(command)


def _moment(given: Session, as_of: datetime | None) -> datetime:
    now = given.circumstances().now
    return exporting.end_of(as_of.date(), given.settings.zone) if as_of else now


_LEVEL = click.option("--level", type=int, help="one level of regions only, 1 is the highest")
_export("regions", "Exports regions with their boundaries.", _LEVEL)
_export("grids", "Exports grids with their boundaries.")
_export("households", "Exports households; no person is in the file.")
_export("incidents", "Exports incidents; no person and no free text is in the file.")


@export_commands.command(name="map")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--within", help="code of the region to show; default everything")
@click.option("--measure", default="density", help="what colors the areas")
@click.option("--days", type=click.IntRange(1, 3_700), default=365, help="days up to the last one")
@click.option("--to", type=_DAY, help="last day; default the last one that has data")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="language of the page")
def export_map(
    file: Path, within: str | None, measure: str, days: int, to: datetime | None, lang: str
) -> None:
    """Writes one page with the map of an area that opens with no network."""
    from gridmap.operations import map_export

    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        now, zone = given.circumstances().now, given.settings.zone
        last = to.date() if to else map_export.last_day(connection, now, zone)
        wanted = filters.Filters(_first(last, days), last)
        path = exports.path_of(connection, within, now)
        page = map_export.page(
            connection,
            map_export.Wanted(path, measure, wanted, lang),
            map_export.Setting(now, zone, given.settings.attribution, _number(given)),
        )
    exporting.write_whole(file, page)
    click.echo(f"已导出地图到 {file}")


def _first(last: date, days: int) -> date:
    return last - timedelta(days=days - 1)


def _number(given: Session) -> str:
    return given.settings.approval_number


COMMANDS = (export_commands,)
