"""locate, for one point and for many; against joins by geopandas and by SQL."""

import time
from datetime import datetime

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from benchmarks.world import World, quantiles, rate, timed_ms
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.geo import measure
from gridmap.operations.imports.placing import LONG_AGO, WHOLE_WORLD
from gridmap.queries import boundaries
from gridmap.queries.locate import Spot, locate
from gridmap.queries.locate_many import Territory, locate_many, territory

_POINTS = 200_000
_SINGLES = 500
_BY_SQL = 20_000
_NEAREST_LIMIT_M = 200.0


def one(world: World) -> None:
    """A single point: the whole answer, and the part of it that the database takes."""
    points = iter(random_points(world, 3 * _SINGLES).tolist())
    now = world.given.now
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        quantiles(
            "whole answer: grid, border, worker, center",
            timed_ms(
                lambda: locate(
                    connection,
                    Spot(*next(points)),
                    at=now,
                    now=now,
                    nearest_limit_m=_NEAREST_LIMIT_M,
                ),
                _SINGLES,
            ),
        )

        def in_database() -> None:
            lon, lat = next(points)
            boundaries.near(connection, measure.box_around(lon, lat, _NEAREST_LIMIT_M), now)

        quantiles("candidates: asked, fetched, read as shapes", timed_ms(in_database, _SINGLES))
        executed = [_executed_ms(connection, next(points), now) for _ in range(_SINGLES)]
        quantiles("  planned and executed, as PostgreSQL says", np.array(executed))


def _executed_ms(connection: Connection, point: list[float], now: datetime) -> float:
    """What the server itself says that the candidates of a point take it."""
    west, south, east, north = measure.box_around(point[0], point[1], _NEAREST_LIMIT_M)
    box = {"west": west, "south": south, "east": east, "north": north}
    explained = connection.scalar(
        text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {boundaries.IN_BOX}"),
        box | {"first": now, "last": now},
    )
    return float(explained[0]["Planning Time"] + explained[0]["Execution Time"])


def many(world: World) -> None:
    """Points a second into all grids: the join alone, and whole answers."""
    points = random_points(world, _POINTS)
    known = _territory(world)
    at = np.full(_POINTS, world.given.now.timestamp())
    none = np.zeros(_POINTS)
    begin = time.perf_counter()
    locate_many(known, points, at, accuracy_m=none, measured=False)
    ours = rate("locate_many: grid, worker, center", _POINTS, time.perf_counter() - begin)
    begin = time.perf_counter()
    locate_many(known, points, at, accuracy_m=none, measured=True)
    rate("  with meters to the border", _POINTS, time.perf_counter() - begin)
    frames = (
        geopandas.GeoDataFrame(geometry=shapely.points(points), crs=4326),
        geopandas.GeoDataFrame(geometry=known.grids.shapes, crs=4326),
    )
    begin = time.perf_counter()
    geopandas.sjoin(*frames, predicate="within")
    theirs = rate("geopandas.sjoin: the join alone", _POINTS, time.perf_counter() - begin)
    by_sql = _by_sql(world, points[:_BY_SQL])
    print(f"  ratio to geopandas {ours / theirs:.2f}, to the SQL join {ours / by_sql:.1f}")


def _by_sql(world: World, points: NDArray[np.float64]) -> float:
    statement = text(
        "SELECT count(*) FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[])) AS p (x, y)"
        " JOIN grid_version AS v ON v.shape && ST_SetSRID(ST_Point(p.x, p.y), 4326)"
        " AND ST_Covers(v.shape, ST_SetSRID(ST_Point(p.x, p.y), 4326))"
    )
    lon, lat = points.T.tolist()
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        begin = time.perf_counter()
        connection.execute(statement, {"lon": lon, "lat": lat})
        return rate("ST_Covers join in SQL", len(points), time.perf_counter() - begin)


def _territory(world: World) -> Territory:
    now = world.given.now
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return territory(
            connection, WHOLE_WORLD, first=LONG_AGO, last=now, now=now, nearest_limit_m=200.0
        )


def random_points(world: World, count: int) -> NDArray[np.float64]:
    """Points at households, shaken by some hundred meters: where reports come from."""
    with world.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        rows = connection.execute(
            text("SELECT ST_X(point) AS x, ST_Y(point) AS y FROM household LIMIT 60000")
        ).all()
    known = np.array([(row.x, row.y) for row in rows])
    random = np.random.default_rng(1)
    return np.asarray(
        known[random.integers(0, len(known), count)] + random.normal(0, 0.002, (count, 2))
    )
