"""Heat tiles of a whole province: from packed columns, against servers of all points."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from sqlalchemy import Connection, create_engine, text

from benchmarks import peers
from benchmarks.world import World, quantiles, rate, timed_ms
from gridmap import area
from gridmap.database import psycopg2_url
from gridmap.heat import Heat, encode, in_cells
from gridmap.heat.cells import CLASSES, EPOCH, TILE_ZOOM
from gridmap.heat.count import Asked
from gridmap.operations import heat_columns

INCIDENTS, ENOUGH = 6_500_000, 1_000_000
DELTA = 25_000
_YEARS = 5
_PIECE = 500_000
_TIMES, _TIMES_OF_PEER = 60, 3
_RANGES = {"30 days": 30, "1 year": 365, "5 years": 1_826}

# 86 counties of 1,163 grids each; around each grid's middle, as houses lie
_FILL = """
INSERT INTO incident (county, id, path, number, point, category, severity, occurred_at,
                      received_at, state)
SELECT c, gen_random_uuid(), format('98/%s/%s/', lpad(c::text, 3, '0'), lpad(g::text, 4, '0')),
       'B' || n, ST_SetSRID(ST_MakePoint(
           93.3 + (c % 10) * 1.45 + (g % 34) * 0.04 + (random() + random() - 1) * 0.02,
           33 + (c / 10) * 1.0 + (g / 34) * 0.028 + (random() + random() - 1) * 0.014), 4326),
       k, 1 + (n % 7) % 4, at, at, CASE WHEN n % 3 = 0 THEN 'taken_in' ELSE 'filed' END
  FROM (SELECT n, 1 + (n * 7919) % 86 AS c, floor(power(random(), 2) * 1163)::int AS g,
               (ARRAY[1, 2, 3, 4, 32, 33, 34, 64, 65])[1 + n % 9] AS k,
               CAST(:last AS timestamptz) - random() * :days * interval '1 day' AS at
          FROM generate_series(CAST(:first AS bigint), CAST(:first + :count - 1 AS bigint)) AS n
       ) AS made
"""
# amid the houses: half of what there is lies west of it, half south
_MIDST = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ST_X(point)),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY ST_Y(point)) FROM incident
"""
Point = tuple[float, float]
_POINTS = """
SELECT ST_AsMVT(t, 'heat', 4096, 'geom') FROM (
    SELECT ST_AsMVTGeom(ST_Transform(point, 3857), ST_TileEnvelope(:z, :x, :y)) AS geom
      FROM incident WHERE point && ST_Transform(ST_TileEnvelope(:z, :x, :y), 4326)
       AND occurred_at >= CAST(:last AS timestamptz) - :days * interval '1 day') AS t
"""


def heat(world: World) -> None:
    """Tiles with a filter and a live delta of 25,000 changes, refreshed before each."""
    engine = create_engine(psycopg2_url(world.url))
    with engine.connect() as connection:
        count = _filled(connection, world)
    folder = world.heat_folder
    begin = time.perf_counter()
    heat_columns.rebuild(world.database, folder)
    rate("columns built from the table", count, time.perf_counter() - begin)
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    print(f"  {size:.1f} MB of columns, {len(list(folder.iterdir()))} files")
    with engine.connect() as connection:
        _changes(connection, world)
    columns = Heat(world.database.engines["job"], folder)
    columns.now()
    with engine.connect() as connection:
        at = tuple(connection.execute(text(_MIDST)).one())
    for zoom in (3, 6, 8, 9, 11, 13):
        for name, days in _RANGES.items():
            call = partial(_tile, columns, world, at, zoom, days)
            label = f"heat z{zoom}, {name} ({len(call()) / 1000:.1f} kB)"
            if zoom < TILE_ZOOM:
                other = partial(_on_another_day, iter(range(1, _TIMES + 1)), call)
                quantiles(f"{label}, of days not asked before", timed_ms(other, _TIMES))
                label += ", asked again"
            quantiles(label, timed_ms(call, _TIMES))
    with engine.connect() as connection:
        _compare(connection, columns, world, at)
    columns.close()
    engine.dispose()


def _filled(connection: Connection, world: World) -> int:
    """How many incidents there are; in a world that is no province, after filling one in."""
    there = int(connection.scalar(text("SELECT count(*) FROM incident")) or 0)
    if there >= ENOUGH:
        return there
    connection.execute(text("SET session_replication_role = replica"))
    for first in range(0, INCIDENTS, _PIECE):
        connection.execute(
            text(_FILL),
            {"last": world.given.now, "days": 365 * _YEARS, "first": first, "count": _PIECE},
        )
        connection.commit()
    connection.execute(text("DELETE FROM heat_change"))
    connection.commit()
    connection.execute(text("ANALYZE incident"))
    connection.commit()
    return there + INCIDENTS


def _changes(connection: Connection, world: World) -> None:
    connection.execute(
        text(
            "UPDATE incident SET state = 'filed' WHERE ctid IN (SELECT ctid FROM incident"
            " WHERE state = 'taken_in' LIMIT :n)"
        ),
        {"n": DELTA // 2},
    )
    connection.commit()


def _on_another_day(days: Iterator[int], tile: Callable[..., bytes]) -> None:
    tile(back=next(days))


def _tile(columns: Heat, world: World, at: Point, zoom: int, days: int, *, back: int = 0) -> bytes:
    moment = columns.now()
    assert moment is not None
    last = (world.given.now.date() - EPOCH).days - back
    wanted = np.arange(CLASSES) % 4 != 0
    asked = Asked(last - days + 1, last, wanted, (area.bounds(area.EVERYTHING),))
    x, y = _address(at, zoom)
    return gzip.compress(encode(in_cells(moment, zoom, x, y, asked), layer="heat", key="n"), 1)


def _address(at: Point, zoom: int) -> tuple[int, int]:
    lon, lat = at
    side = 2**zoom
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)


def _compare(connection: Connection, columns: Heat, world: World, at: Point) -> None:
    """A tile of raw points of a year: by ST_AsMVT as the owner, and by a tile server over HTTP.

    All are asked for the same tile again and again, so that each has in memory what it keeps.
    """
    with peers.tipg(world) as tipg:
        for zoom in (6, 9, 13):
            x, y = _address(at, zoom)
            ours = float(np.median(timed_ms(partial(_tile, columns, world, at, zoom, 365), _TIMES)))
            place = {"z": zoom, "x": x, "y": y, "days": 365, "last": world.given.now}
            ask = partial(connection.scalar, text(_POINTS), place)
            _say("ST_AsMVT of the points", zoom, ours, ask)
            if tipg:
                _say("tipg, over HTTP", zoom, ours, partial(tipg, zoom, x, y, 365))


def _say(peer: str, zoom: int, ours: float, ask: Callable[[], object]) -> None:
    theirs = float(np.median(timed_ms(ask, _TIMES_OF_PEER)))
    print(
        f"  {peer}, z{zoom}, 1 year: {theirs:.0f} ms, ours {ours:.2f} ms: {theirs / ours:.0f} times"
    )


def writing(world: World) -> None:
    """An incident's insert with and without the triggers of heat, in turns."""
    for label, count, clients in (
        ("one by one", 1, 1),
        ("a thousand at a time", 1_000, 1),
        ("one by one, two at once", 1, 2),
    ):
        on, off = [], []
        for _ in range(6):
            on.append(_inserting(world, count, clients, triggers=True))
            off.append(_inserting(world, count, clients, triggers=False))
        print(f"  inserting {label}: {np.median(on) / np.median(off):.2f} times the time without")


def _inserting(world: World, count: int, clients: int, *, triggers: bool) -> float:
    """Seconds for the inserts of some clients at once."""
    engine = create_engine(psycopg2_url(world.url), pool_size=clients)
    with engine.begin() as connection:
        for name in ("heat_came", "heat_moved", "heat_went"):
            word = "ENABLE" if triggers else "DISABLE"
            connection.execute(text(f"ALTER TABLE incident {word} TRIGGER {name}"))

    def insert() -> None:
        with engine.connect() as connection:
            for _ in range(200 if count == 1 else 10):
                connection.execute(
                    text(
                        "INSERT INTO incident (county, id, path, number, point, category,"
                        " severity, occurred_at, received_at, state) SELECT county,"
                        " gen_random_uuid(), path, 'W' || gen_random_uuid(), point, category,"
                        " severity, occurred_at, received_at, state FROM incident"
                        " WHERE path >= '99' AND point IS NOT NULL LIMIT :n"
                    ),
                    {"n": count},
                )
                connection.commit()

    threads = [threading.Thread(target=insert) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    return time.perf_counter() - begin
