"""From request to bytes: each layer's tile and each measure's figures, by the application."""

import math
from datetime import timedelta
from functools import partial

from flask.testing import FlaskClient
from sqlalchemy import text

from benchmarks.world import World, quantiles, timed_ms
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import fixed_clock
from gridmap.heat import Heat
from gridmap.layers import layers, measures
from gridmap.operations import heat_columns
from gridmap.queries import holders
from gridmap.queries.extent import what_is_there
from gridmap.settings import Settings
from gridmap.web import assemble
from gridmap.web.context import Services

_TIMES, _PATIENCE_MS = 60, 1_500
_RANGES = (30, 365, 1_825)
_AS_BROWSERS_ASK = {"Accept-Encoding": "gzip"}


def tiles(world: World) -> None:
    """Each layer's tile over the middle of what is there, at its first zoom and closer."""
    client, (lon, lat) = client_of(world), _middle(world)
    for layer in layers().values():
        for zoom in sorted({max(layer.min_zoom, 8), max(layer.min_zoom, 12)}):
            x, y = _tile_of(lon, lat, zoom)
            address = f"/tiles/{layer.id}/{zoom}/{x}/{y}.mvt?from=2025-01-01"
            size_kb = len(client.get(address).data) / 1000
            milliseconds = timed_ms(partial(client.get, address, headers=_AS_BROWSERS_ASK), _TIMES)
            quantiles(f"{layer.id} z{zoom} ({size_kb:.0f} kB before gzip)", milliseconds)


def figures(world: World) -> None:
    """Each measure for the areas of a level within another, over 30 days, a year and five."""
    client = client_of(world)
    for what, within, depth, ranges in _scopes(world):
        for measure in measures():
            for days in ranges:
                first = world.given.now.date() - timedelta(days=days)
                last = world.given.now.date() - timedelta(days=1)
                address = f"/figures/{measure}?within={within}&level={depth}&from={first}&to={last}"
                number = len(client.get(address).get_json()["values"])
                ask = partial(client.get, address)
                times = int(min(_TIMES, max(3, _PATIENCE_MS / timed_ms(ask, 1)[0])))
                quantiles(f"{measure}, {days} d, {what} ({number})", timed_ms(ask, times))


def _scopes(world: World) -> list[tuple[str, str, int, tuple[int, ...]]]:
    """What is compared: within which area, on which level, over how many days."""
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        declared = holders.levels(connection)
        counties = connection.scalars(text("SELECT path FROM county WHERE path <> ''")).all()
    grids = len(declared) + 1
    return [
        ("counties of all", "", holders.county_depth(declared), _RANGES),
        ("townships of all", "", holders.answering_depth(declared), _RANGES),
        ("grids of a county", min(counties), grids, _RANGES),
        ("grids of all", "", grids, (365,)),
    ]


def client_of(world: World) -> FlaskClient:
    """The application on the world, asked from this machine."""
    clock = fixed_clock(world.given.now)
    folder = world.heat_folder
    heat_columns.tend(world.database, folder, now=world.given.now, at_least=1)
    columns = Heat(world.database.engines["job"], folder)
    made = Services(Settings(), world.database, clock, world.given.sealer, columns)
    return assemble(made).test_client()


def _middle(world: World) -> tuple[float, float]:
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        there = what_is_there(connection)
    assert there is not None
    west, south, east, north = there.bounds
    return (west + east) / 2, (south + north) / 2


def middle_tile(world: World, zoom: int) -> tuple[int, int]:
    """The tile over the middle of what is there."""
    return _tile_of(*_middle(world), zoom)


def _tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    side = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)
