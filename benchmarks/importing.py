"""Importing households from CSV: rows a second and peak memory; against geopandas.to_postgis."""

import csv
import time
from pathlib import Path

import geopandas
import pandas as pd
from sqlalchemy import create_engine

from benchmarks.locating import random_points
from benchmarks.world import World, peak_mb, rate
from gridmap.database import psycopg2_url
from gridmap.operations.imports import run
from gridmap.operations.imports.request import ImportRequest

ROWS = 1_000_000
_ROWS_OF_PEER = 100_000


def households(world: World) -> None:
    """A million rows of code, address, point and tags, assigned to their grids."""
    file = write_households(world, ROWS)
    before = peak_mb()
    begin = time.perf_counter()
    importing = run.start(
        world.database, ImportRequest("households", file, crs="EPSG:4326"), world.given
    )
    staged = run.stage(importing)
    middle = time.perf_counter()
    counts = run.load(importing)
    end = time.perf_counter()
    assert counts.added == staged.rows == ROWS
    rate("  read, assign, stage", ROWS, middle - begin)
    rate("  load under the importer's rights", ROWS, end - middle)
    ours = rate("whole import", ROWS, end - begin)
    print(f"  peak resident memory {peak_mb():.0f} MB (before {before:.0f} MB)")
    theirs = _peer(world, file)
    print(f"  ratio to geopandas.to_postgis, which assigns nothing: {ours / theirs:.2f}")


def write_households(world: World, count: int) -> Path:
    """A CSV file of invented households near those of the sample."""
    points = random_points(world, count)
    file = world.folder / "households.csv"
    with file.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["code", "address", "lon", "lat", "tags"])
        for n, (lon, lat) in enumerate(points.tolist()):
            tags = "低保户" if n % 11 == 0 else ""
            out.writerow([f"B{n:08d}", f"示例镇示例村{n % 9}社{n % 400}号", lon, lat, tags])
    return file


def _peer(world: World, file: Path) -> float:
    engine = create_engine(psycopg2_url(world.url))
    begin = time.perf_counter()
    table = pd.read_csv(file, nrows=_ROWS_OF_PEER, dtype={"code": str})
    places = geopandas.points_from_xy(table.pop("lon"), table.pop("lat"))
    frame = geopandas.GeoDataFrame(table, geometry=places, crs=4326)
    frame.to_postgis("peer", engine)
    engine.dispose()
    return rate("geopandas.to_postgis", _ROWS_OF_PEER, time.perf_counter() - begin)
