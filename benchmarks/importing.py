"""Importing households from CSV: rows a second and peak memory, beside what only stores rows."""

import csv
import time
from pathlib import Path

import geopandas
import pandas as pd
from sqlalchemy import Engine, create_engine, text

from benchmarks.locating import random_points
from benchmarks.world import World, peak_mb, rate
from gridmap.database import psycopg2_url
from gridmap.operations.columns import copies
from gridmap.operations.imports import run
from gridmap.operations.imports.request import Importing, ImportRequest
from gridmap.operations.imports.straight import straight

ROWS = 1_000_000
_ROWS_OF_PEER = 100_000
_ROWS_WITH_PEOPLE = 100_000


def households(world: World) -> None:
    """A million rows of code, address, point and tags, assigned to their grids."""
    file = write_households(world, ROWS)
    before = peak_mb()
    ours = _imported(world, file, "whole import, parts loaded while others are read", ROWS)
    print(f"  peak resident memory {peak_mb():.0f} MB (before {before:.0f} MB)")
    table = pd.read_csv(file, nrows=_ROWS_OF_PEER, dtype={"code": str}, keep_default_na=False)
    engine = create_engine(psycopg2_url(world.url))
    theirs = _frame_stored(engine, table)
    copied = _rows_copied(engine, table)
    engine.dispose()
    print(f"  ratio to geopandas.to_postgis, which assigns nothing: {ours / theirs:.2f}")
    print(f"  ratio to the server copying the same rows, without an index: {ours / copied:.3f}")


def people(world: World) -> None:
    """Fewer rows, each with two persons whose numbers are sealed; and staged before loaded."""
    file = write_households(world, _ROWS_WITH_PEOPLE, people=True)
    _imported(world, file, "whole import with two persons a row", _ROWS_WITH_PEOPLE)
    file = write_households(world, _ROWS_WITH_PEOPLE, prefix="C")
    importing = _started(world, file)
    begin = time.perf_counter()
    run.stage(importing)
    middle = time.perf_counter()
    run.load(importing)
    rate("through the page: read, assign, stage", _ROWS_WITH_PEOPLE, middle - begin)
    rate("and, once confirmed, load", _ROWS_WITH_PEOPLE, time.perf_counter() - middle)


def _imported(world: World, file: Path, label: str, rows: int) -> float:
    begin = time.perf_counter()
    counts = straight(_started(world, file), lambda found: None)
    assert counts.added == rows
    return rate(label, rows, time.perf_counter() - begin)


def _started(world: World, file: Path) -> Importing:
    return run.start(
        world.database, ImportRequest("households", file, crs="EPSG:4326"), world.given
    )


def write_households(world: World, count: int, *, prefix: str = "B", people: bool = False) -> Path:
    """A CSV file of invented households near those of the sample."""
    points = random_points(world, count)
    file = world.folder / "households.csv"
    with file.open("w", newline="") as stream:
        out = csv.writer(stream)
        named = ["name1", "phone1", "name2", "phone2"] if people else []
        out.writerow(["code", "address", "lon", "lat", "tags", *named])
        for n, (lon, lat) in enumerate(points.tolist()):
            tags = "低保户" if n % 11 == 0 else ""
            phones = [f"1990000{number % 10_000:04d}" for number in (n, n + 1)]
            living = ["示例甲", phones[0], "示例乙", phones[1]] if people else []
            code = f"{'P' if people else prefix}{n:08d}"
            address = f"示例镇示例村{n % 9}社{n % 400}号"
            out.writerow([code, address, lon, lat, tags, *living])
    return file


def _frame_stored(engine: Engine, table: pd.DataFrame) -> float:
    begin = time.perf_counter()
    places = geopandas.points_from_xy(table["lon"], table["lat"])
    frame = geopandas.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=places, crs=4326)
    frame.to_postgis("peer", engine)
    return rate("geopandas.to_postgis", len(table), time.perf_counter() - begin)


def _rows_copied(engine: Engine, table: pd.DataFrame) -> float:
    """What this server takes of such rows at most: made before, bare of indexes and rights."""
    columns = {
        "code": ("text", table["code"].tolist()),
        "address": ("text", table["address"].tolist()),
        "tags": ("text", table["tags"].tolist()),
        "point": ("geometry", table[["lon", "lat"]].to_numpy()),
    }
    parts = list(copies("bare", columns))
    seconds = []
    for _ in range(3):
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS bare"))
            connection.execute(
                text("CREATE TABLE bare (code text, address text, tags text, point geometry)")
            )
            begin = time.perf_counter()
            for part in parts:
                part(connection)
            seconds.append(time.perf_counter() - begin)
    return rate("binary COPY of rows made before", len(table), min(seconds))
