"""The kept sample: a county that looks and behaves like one, and is marked as made up."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles

from gridmap.area import at_level
from gridmap.synth import unpack, words
from tests.unit.test_synth_partition import assert_partition

SAMPLE = Path(__file__).parents[2] / "sample_data"
KM2_PER_SQUARE_DEGREE = 111.25**2 * np.cos(np.radians(35.4))
Tables = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return {batch.table: batch.columns for batch in unpack(SAMPLE)}


def a_year(tables: Tables) -> Counter[str]:
    """Incidents of the last 365 days by grid."""
    received = zip(tables["incident"]["path"], tables["incident"]["received_day"], strict=True)
    return Counter(str(path) for path, day in received if day < 365)


def test_it_is_small_and_quickly_read() -> None:
    assert sum(file.stat().st_size for file in SAMPLE.iterdir()) < 5_000_000
    start = time.process_time()
    assert sum(1 for _ in unpack(SAMPLE)) == 12
    assert time.process_time() - start < 2.5


def test_it_has_what_a_county_has(tables: Tables) -> None:
    count = {table: len(next(iter(columns.values()))) for table, columns in tables.items()}
    assert (count["household"], count["incident"]) == (60_000, 40_000)
    assert 1_100 <= count["grid"] <= 1_300
    assert 800 <= count["staff"] <= 1_100
    assert 40 <= count["warning"] <= 60
    assert count["center"] == 16
    regions = np.bincount(tables["region"]["depth"])
    assert regions[1:5].tolist() == [1, 1, 1, 15]
    assert 140 <= regions[5] <= 165
    assert tables["guide"]["kind"].count("building") > 20_000


def test_grids_are_an_exact_partition_at_every_level(tables: Tables) -> None:
    grids: dict[str, list[shapely.Geometry]] = {}
    for path, shape in zip(tables["grid"]["path"], tables["grid"]["geom"], strict=True):
        for depth in range(1, 6):
            grids.setdefault(str(at_level(path, depth)), []).append(shape)
    for path, shape in zip(tables["region"]["path"], tables["region"]["geom"], strict=True):
        assert_partition(grids[path], shape)


def test_boundaries_lie_on_the_lattice(tables: Tables) -> None:
    for table in ("grid", "region", "guide"):
        numbers = shapely.get_coordinates(tables[table]["geom"])
        assert (np.rint(numbers * 1e7) / 1e7 == numbers).all()


def test_grids_are_small_in_town_and_large_in_the_mountains(tables: Tables) -> None:
    area = shapely.area(tables["grid"]["geom"]) * KM2_PER_SQUARE_DEGREE
    assert np.percentile(area, 3) < 0.06
    assert area.max() > 8
    vertices = shapely.get_num_coordinates(tables["grid"]["geom"])
    assert 40 <= np.median(vertices) <= 90


@pytest.mark.parametrize("table", ["household", "incident"])
def test_points_lie_in_the_grid_that_they_name(tables: Tables, table: str) -> None:
    columns = tables[table]
    points = shapely.points(columns["lon"], columns["lat"])
    tree = shapely.STRtree(tables["grid"]["geom"])
    point, grid = tree.query(points, predicate="intersects")
    named = [columns["path"][k] for k in point.tolist()]
    assert point.tolist() == list(range(len(columns["path"])))
    assert named == [tables["grid"]["path"][k] for k in grid.tolist()]


def test_towers_hold_many_households_at_one_point(tables: Tables) -> None:
    home = tables["household"]
    at_point = Counter(zip(home["lon"], home["lat"], strict=True))
    assert sum(count for count in at_point.values() if count >= 10) > 8_000
    assert any("号楼" in address for address in home["address"])


def test_few_grids_are_thin_and_rates_spread(tables: Tables) -> None:
    households: Counter[str] = Counter(tables["household"]["path"])
    incidents = a_year(tables)
    thin = sum(incidents[path] < 5 for path in households) / len(households)
    assert 0.02 < thin < 0.3
    rate = [incidents[p] / n for p, n in households.items() if incidents[p] >= 5]
    low, high = np.percentile(rate, [10, 90])
    assert high > 3 * low


def test_every_grid_has_a_lead_and_some_leads_hold_two(tables: Tables) -> None:
    duty = tables["duty"]
    leads = [
        (staff, grid)
        for staff, grid, kind in zip(
            duty["staff_code"], duty["grid_code"], duty["kind"], strict=True
        )
        if kind == "lead"
    ]
    assert sorted(grid for _, grid in leads) == sorted(tables["grid"]["code"])
    assert set(Counter(staff for staff, _ in leads).values()) == {1, 2}
    assert set(duty["staff_code"]) == set(tables["staff"]["code"])
    assert set(duty["kind"]) == {"lead", "full_time", "backup"}


def test_everyone_is_marked_as_made_up_and_has_a_number_never_dialed(tables: Tables) -> None:
    for table in ("household", "person"):
        assert all(tags[0] == words.SAMPLE_TAG for tags in tables[table]["tags"])
    assert all(name.endswith("（示例）") for name in tables["staff"]["name"])
    phones = [*filter(None, tables["person"]["phone"]), *tables["staff"]["phone"]]
    assert all(phone.startswith("1990000") and len(phone) == 11 for phone in phones)
    assert all(phone.startswith("0900-00") for phone in tables["center"]["phone"])
    assert all(path.startswith("99/") for path in tables["region"]["path"])


def test_persons_are_one_to_six_in_order(tables: Tables) -> None:
    size: Counter[str] = Counter(tables["person"]["household_code"])
    assert set(size) == set(tables["household"]["code"])
    assert set(size.values()) == {1, 2, 3, 4, 5, 6}


def test_time_has_an_order(tables: Tables) -> None:
    incident = {name: np.asarray(column) for name, column in tables["incident"].items()}
    moments = {
        what: incident[f"{what}_day"] * -86_400 + incident[f"{what}_second"]
        for what in ("occurred", "received", "resolved")
    }
    assert (moments["occurred"] <= moments["received"]).all()
    assert incident["received_day"].min() == 0
    assert incident["occurred_day"].max() == 729
    done = incident["resolved_day"] >= 0
    assert (moments["received"] <= moments["resolved"])[done].all()
    assert (done == np.isin(incident["state"], ["resolved", "filed"])).all()


def test_floods_come_in_summer_and_wages_before_spring_festival(tables: Tables) -> None:
    incident = tables["incident"]
    category, day = np.asarray(incident["category"]), np.asarray(incident["occurred_day"])
    floods, wages = day[category == 36], day[category == 5]
    # The last day is a 23 November: 85–145 days before it are July and August.
    summer = ((floods % 365 >= 84) & (floods % 365 <= 146)).mean()
    festival = ((wages >= 279) & (wages <= 325)).mean()
    assert summer > 0.6
    assert festival > 0.15
    assert np.bincount(np.asarray(incident["severity"]))[1:].tolist() == sorted(
        np.bincount(np.asarray(incident["severity"]))[1:].tolist(), reverse=True
    )


def test_every_category_occurs_and_speaks(tables: Tables) -> None:
    said = zip(tables["incident"]["category"], tables["incident"]["words"], strict=True)
    assert {int(c) for c, _ in said} == set(words.CATEGORIES)


def test_warnings_are_on_something_that_exists_and_few_are_red(tables: Tables) -> None:
    warning = tables["warning"]
    known = {"grid": set(tables["grid"]["code"]), "incident": set(tables["incident"]["code"])}
    subjects = zip(warning["subject_kind"], warning["subject_code"], strict=True)
    assert all(code in known[kind] for kind, code in subjects)
    colors = Counter(np.asarray(warning["color"]).tolist())
    assert set(colors) == {1, 2, 3, 4}
    assert colors[4] <= 5
    assert -1 in np.asarray(warning["answered_day"])


def test_relief_is_one_small_file_of_tiles_around_the_county() -> None:
    file = SAMPLE / "relief.pmtiles"
    assert file.stat().st_size < 900_000
    with file.open("rb") as source:
        header: Any = Reader(MmapSource(source)).header()  # type: ignore[no-untyped-call]
        tiles: Any = list(all_tiles(MmapSource(source)))  # type: ignore[no-untyped-call]
    assert (header["min_zoom"], header["max_zoom"]) == (7, 11)
    assert header["min_lon_e7"] < 1_042_000_000
    assert header["max_lon_e7"] > 1_050_000_000
    assert all(data.startswith(b"\x89PNG") for _, data in tiles)
