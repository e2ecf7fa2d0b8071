"""What row security costs: the same questions under it, and by a superuser, whom no policy binds.

Both carry the viewer's ranges as literals, on connections of their own, in turns.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import psycopg2
from sqlalchemy import create_engine, text

from benchmarks.world import World, timed_ms
from gridmap.access import Viewer, range_sql
from gridmap.area import bounds
from gridmap.database import login_url, psycopg2_url, sign

_TIMES = 400
_ROUNDS = 5
_FAST = 0.05
_VIEWER = Viewer("account", "01900000-0000-7000-8000-00000000000a")
"""An account of that form: its duties are looked for, as with everybody who signs in."""
Question = Callable[[Any], object]


def row_security(world: World) -> None:
    """The bars: a statement's fixed cost, a row by its id, the newest fifty, a tile at z14."""
    path = _appointed(world)
    with _connections(world) as (guarded, raw):
        one = _one_household(raw, path)
        by_id = "SELECT address FROM household WHERE county = %s AND id = %s"
        _compare(
            "a row by its id, statement alone: +0.15 ms", guarded, raw, partial(_ask, by_id, one)
        )
        _compare_transactions(world, guarded, raw, by_id, one)
        inside = range_sql(bounds(path), "path").replace("%", "%%")
        for table, order in (("household", "entered_at"), ("incident", "received_at")):
            newest = f"SELECT id FROM {table} WHERE ({inside}) ORDER BY {order} DESC, id LIMIT 50"
            label = f"newest 50 of {table}, a township: x2 or +10 ms"
            _compare(label, guarded, raw, partial(_ask, newest, ()))
        _compare("tile z14 of households: x1.3 or +1 ms", guarded, raw, _tile(raw, inside))


def _appointed(world: World) -> str:
    """A township with households, over which the benchmark's viewer is made a commander."""
    engine = create_engine(psycopg2_url(world.url))
    with engine.begin() as connection:
        path: str = connection.execute(
            text(
                "SELECT array_to_string((string_to_array(path, '/'))[1:4], '/') || '/'"
                " FROM household WHERE path <> '' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
            )
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO account (id, login, name, path, created_at)"
                " VALUES (:id, 'benchmark', '示例', :path, CURRENT_TIMESTAMP)"
            ),
            {"id": _VIEWER.name, "path": path},
        )
        connection.execute(
            text("INSERT INTO guard.appointment (viewer, role, path) VALUES (:v, 'commander', :p)"),
            {"v": str(_VIEWER), "p": path},
        )
    engine.dispose()
    return path


@contextmanager
def _connections(world: World) -> Iterator[tuple[Any, Any]]:
    """The application's login with the viewer named, and the superuser's; in a transaction each."""
    app = login_url(world.url, "gridmap_app", world.secrets.app_password)
    made = [psycopg2.connect(_address(url)) for url in (app, psycopg2_url(world.url))]
    try:
        _begin(world, made[0])
        with made[1].cursor() as cursor:
            # as the application's login has it
            cursor.execute("SET jit = off; SET max_parallel_workers_per_gather = 0")
        yield made[0], made[1]
    finally:
        for connection in made:
            connection.close()


def _address(url: Any) -> str:
    return str(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _begin(world: World, connection: Any) -> None:
    signed = sign(world.database.viewer_key, _VIEWER, connection.info.backend_pid)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gridmap.viewer', %s, true)", (signed,))


def _one_household(raw: Any, path: str) -> tuple[int, str]:
    with raw.cursor() as cursor:
        cursor.execute(f"SELECT county, id FROM household WHERE {range_sql(bounds(path), 'path')}")
        county, id = cursor.fetchone()
    return county, str(id)


def _ask(sql: str, given: tuple[object, ...], connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, given or None)
        cursor.fetchall()


def _tile(raw: Any, inside: str) -> Question:
    """The households of the tile that holds most of them."""
    sql = f"""
        SELECT ST_AsMVT(t) FROM (
            SELECT ST_AsMVTGeom(ST_Transform(point, 3857), ST_TileEnvelope(14, %s, %s)), count(*)
              FROM household
             WHERE point && ST_Transform(ST_TileEnvelope(14, %s, %s), 4326) AND ({inside})
             GROUP BY point) AS t"""
    with raw.cursor() as cursor:
        cursor.execute(
            "SELECT floor((ST_X(point) + 180) / 360 * 16384)::int AS x, floor((1 - asinh(tan("
            "radians(ST_Y(point)))) / pi()) / 2 * 16384)::int AS y FROM household"
            f" WHERE ({inside}) AND point IS NOT NULL GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1"
        )
        x, y = cursor.fetchone()
    return partial(_ask, sql, (x, y, x, y))


def _compare(label: str, guarded: Any, raw: Any, ask: Question) -> None:
    """In turns, and of each the fastest twentieth: what else the machine does is left out."""
    found: list[list[float]] = [[], []]
    for connection in (guarded, raw):
        ask(connection)
    for _ in range(_ROUNDS):
        for times, connection in zip(found, (guarded, raw), strict=True):
            times.extend(timed_ms(partial(ask, connection), _TIMES // _ROUNDS).tolist())
    _say(label, *(float(np.quantile(times, _FAST)) for times in found))


def _compare_transactions(
    world: World, guarded: Any, raw: Any, sql: str, given: tuple[object, ...]
) -> None:
    def whole(connection: Any) -> None:
        connection.commit()
        if connection is guarded:
            _begin(world, connection)
        _ask(sql, given, connection)

    _compare("a row by its id, whole transaction: x2.5", guarded, raw, whole)
    guarded.commit()
    _begin(world, guarded)


def _say(label: str, guarded: float, raw: float) -> None:
    print(
        f"  {label:<52} {guarded:7.3f} ms   raw {raw:7.3f} ms"
        f"   x{guarded / raw:.2f}  +{guarded - raw:.3f} ms"
    )
