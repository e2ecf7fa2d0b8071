"""Filling an empty installation with a prefecture of made-up land: rows a second, peak memory."""

import time
from functools import partial

from sqlalchemy import create_engine, make_url, text

from benchmarks.world import World, peak_mb, rate
from gridmap.database import connect, psycopg2_url
from gridmap.operations import setup
from gridmap.operations.synth import fill
from gridmap.synth import generate
from gridmap.synth.ahead import ahead


def prefecture(world: World) -> None:
    """Seven counties, as ``gridmap synth --scale prefecture`` makes and stores them."""
    engine = create_engine(psycopg2_url(world.url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE prefecture"))
    engine.dispose()
    url = make_url(world.url).set(database="prefecture").render_as_string(hide_password=False)
    setup.migrate(url, world.secrets, zone=world.given.zone)
    database = connect(url, world.secrets)
    begin = time.perf_counter()
    rows = fill(
        database,
        ahead(partial(generate, 1, scale="prefecture")),
        world.given,
        administrative_url=url,
    )
    rate("made, located, stored, indexed", rows, time.perf_counter() - begin)
    print(f"  peak resident memory {peak_mb():.0f} MB")
    database.dispose()
