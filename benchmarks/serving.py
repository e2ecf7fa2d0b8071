"""From request to bytes: each layer's tile and each measure's figures, by the application."""

import math
from functools import partial

from flask.testing import FlaskClient

from benchmarks.world import World, quantiles, timed_ms
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import fixed_clock
from gridmap.layers import layers, measures
from gridmap.queries.extent import what_is_there
from gridmap.settings import Settings
from gridmap.web import assemble
from gridmap.web.context import Services

_TIMES = 60
_AS_BROWSERS_ASK = {"Accept-Encoding": "gzip"}


def tiles(world: World) -> None:
    """Each layer's tile over the middle of what is there, at its first zoom and closer."""
    client, (lon, lat) = _client(world), _middle(world)
    for layer in layers().values():
        for zoom in sorted({max(layer.min_zoom, 8), max(layer.min_zoom, 12)}):
            x, y = _tile_of(lon, lat, zoom)
            address = f"/tiles/{layer.id}/{zoom}/{x}/{y}.mvt?from=2025-01-01"
            size_kb = len(client.get(address).data) / 1000
            milliseconds = timed_ms(partial(client.get, address, headers=_AS_BROWSERS_ASK), _TIMES)
            quantiles(f"{layer.id} z{zoom} ({size_kb:.0f} kB before gzip)", milliseconds)


def figures(world: World) -> None:
    """Each measure for all grids, over a year."""
    client = _client(world)
    for measure in measures():
        address = f"/figures/{measure}?level=6&from=2025-12-01&to=2026-11-30"
        quantiles(measure, timed_ms(partial(client.get, address), _TIMES))


def _client(world: World) -> FlaskClient:
    clock = fixed_clock(world.given.now)
    made = Services(Settings(), world.database, clock, world.given.sealer)
    return assemble(made).test_client()


def _middle(world: World) -> tuple[float, float]:
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        there = what_is_there(connection)
    assert there is not None
    west, south, east, north = there.bounds
    return (west + east) / 2, (south + north) / 2


def _tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    side = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)
