"""Real boundaries and incidents, loaded by the commands, against what their publishers say.

Reads the folder that GRIDMAP_REAL_DATA names; nothing of it is kept in the project.
"""

import csv
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from gridmap import secrets
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli import commands
from gridmap.database import Database
from gridmap.geo.coordinates import to_wgs84
from tests.conftest import Server

DATA = os.environ.get("GRIDMAP_REAL_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="GRIDMAP_REAL_DATA is not set")

CODES = "SELECT code FROM grid"
BORDER_M = 30
Run = Callable[..., Result]


@pytest.fixture
def run(server: Server, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a gridmap command on the test's database."""
    secrets.write(tmp_path / "secrets", server.secrets)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRIDMAP_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database_url)

    def call(*arguments: object, fails: bool = False) -> Result:
        done = CliRunner().invoke(commands, [str(one) for one in arguments])
        assert (done.exit_code != 0) is fails, (done.output, done.exception)
        return done

    return call


def rows(database: Database, sql: str) -> list[Any]:
    """The rows of a query."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return list(connection.execute(text(sql)))


def write_incidents(source: Path, target: Path) -> None:
    """The city's incidents with the columns that gridmap needs."""
    with source.open() as read, target.open("w") as written:
        out = csv.writer(written)
        out.writerow(["number", "category", "occurred_at", "lon", "lat", "words"])
        # one shooting with several victims has several rows under one key
        for number, row in enumerate(csv.DictReader(read)):
            moment = f"{row['occur_date']} {row['occur_time']}"
            at = datetime.strptime(moment, "%m/%d/%y %H:%M:%S")
            place = (row["longitude"], row["latitude"])
            out.writerow([number, 9, at.isoformat(), *place, row["precinct"]])


def test_new_york_agrees_with_the_citys_own_precincts(
    run: Run, database: Database, tmp_path: Path
) -> None:
    """96.8 % agree. The others lie on a border, since streets are borders and reports are put on
    their middle; or name precinct 121, which was founded after the boundaries were drawn; 0.2 %
    carry another precinct than the one that their point lies in, by up to a kilometer.
    """
    folder = Path(str(DATA)) / "nyc"
    run("levels", "市/City:county:answers")
    (tmp_path / "city.csv").write_text("code,name\nNYC,New York\n")
    run("import", "regions", tmp_path / "city.csv", "--level", 1, "--crs", "EPSG:4326")
    precincts = folder / "police_precincts.geojson"
    grids = ("import", "grids", precincts, "--crs", "EPSG:4326", "--map", "code=Precinct")
    refused = run(*grids, "--parent", "NYC", fails=True)
    assert "--as-is" in str(refused.exception)
    run(*grids, "--parent", "NYC", "--as-is", "--keep-good")
    write_incidents(folder / "incidents.csv", tmp_path / "incidents.csv")
    run("import", "incidents", tmp_path / "incidents.csv", "--crs", "EPSG:4326", "--keep-good")

    found = rows(
        database,
        "SELECT r.words AS theirs, g.code AS ours, a.how, a.border_m FROM incident i"
        " JOIN report r ON r.incident = i.id JOIN assignment a ON a.incident = i.id"
        " LEFT JOIN grid_version v ON v.id = a.grid_version LEFT JOIN grid g ON g.id = v.grid",
    )
    agree = [row.theirs == (row.ours or "").removeprefix("NYC").lstrip("0") for row in found]
    differ = [row for row, same in zip(found, agree, strict=True) if not same]
    share = sum(agree) / len(agree)
    known = {row.code.removeprefix("NYC").lstrip("0") for row in rows(database, CODES)}
    unknown = [row for row in differ if row.theirs not in known]
    on_border = [row for row in differ if row.theirs in known and row.border_m < BORDER_M]
    others = len(differ) - len(unknown) - len(on_border)
    print(
        f"New York: {share:.2%} of {len(agree)} agree; {len(on_border)} lie within {BORDER_M} m"
        f" of a border, {len(unknown)} name a precinct that the boundaries do not have,"
        f" {others} others"
    )
    assert share > 0.965
    assert {row.theirs for row in unknown} <= {"121"}
    assert others / len(agree) < 0.003


def test_gansu_counties_hold_their_own_centers(
    run: Run, database: Database, tmp_path: Path
) -> None:
    """Each county's published center (GCJ-02, as the files are) lies in that county."""
    folder = Path(str(DATA)) / "gansu"
    run("levels", "省/Province", "市/Prefecture", "县/County:county:answers")
    (tmp_path / "province.csv").write_text("code,name\n620000,甘肃省\n")
    run("import", "regions", tmp_path / "province.csv", "--level", 1, "--crs", "EPSG:4326")
    province = folder / "datav_gcj02_province_620000.json"
    run(
        "import",
        "regions",
        province,
        "--level",
        2,
        "--parent",
        "620000",
        "--crs",
        "gcj02",
        "--keep-good",
        "--map",
        "code=adcode",
        "--map",
        "parent=",
    )
    centers: dict[str, list[float]] = {}
    for file in sorted(folder.glob("datav_gcj02_citys_*.json")):
        prefecture = file.stem.split("_")[-1]
        known = rows(database, f"SELECT 1 FROM region WHERE code = '{prefecture}'")
        for feature in json.loads(file.read_text())["features"]:
            properties = feature["properties"]
            if known and properties.get("level") == "district" and "center" in properties:
                centers[str(properties["adcode"])] = properties["center"]
        if known:
            run(
                "import",
                "regions",
                file,
                "--level",
                3,
                "--parent",
                prefecture,
                "--crs",
                "gcj02",
                "--keep-good",
                "--map",
                "code=adcode",
                "--map",
                "parent=",
            )
    points = to_wgs84(np.array(list(centers.values())), "gcj02")
    inside = total = 0
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        for code, (lon, lat) in zip(centers, points.tolist(), strict=True):
            row = connection.execute(
                text(
                    "SELECT ST_Covers(v.shape, ST_SetSRID(ST_Point(:lon, :lat), 4326)) AS inside"
                    " FROM region_version v JOIN region r ON r.id = v.region WHERE r.code = :code"
                ),
                {"lon": lon, "lat": lat, "code": code},
            ).first()
            total += row is not None
            inside += bool(row and row.inside)
    print(f"Gansu: {inside} of {total} counties hold their published center")
    assert total > 50
    assert inside / total > 0.97
