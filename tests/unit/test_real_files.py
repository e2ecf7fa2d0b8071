"""Real files that nobody here made; skipped, saying so, where GRIDMAP_REAL_DATA is unset."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon

from gridmap.files.batch import Batch
from gridmap.files.reading import inspect, read, sample
from gridmap.geo.coordinates import BD09, GCJ02, from_wgs84, to_wgs84
from gridmap.geo.coverage import defects, is_whole
from gridmap.geo.fits import candidate_fits
from gridmap.geo.lattice import to_lattice
from gridmap.geo.repair import repair
from gridmap.geo.snap import snap

REAL = os.environ.get("GRIDMAP_REAL_DATA", "")
pytestmark = pytest.mark.skipif(not REAL, reason="GRIDMAP_REAL_DATA is not set")
DATA = Path(REAL)
GANSU = DATA / "gansu"
GEOD = Geod(ellps="GRS80")


def only(path: Path, crs: str | None = None) -> Batch:
    (batch,) = read(path, crs=crs)
    return batch


def shapes_of(path: Path, crs: str | None = None) -> np.ndarray:
    shapes = only(path, crs).geometries
    assert shapes is not None
    return shapes


def county_files() -> list[Path]:
    return sorted(GANSU.glob("datav_gcj02_citys_*.json"))


def test_the_published_vectors_of_gcj02() -> None:
    vectors = json.loads((DATA / "gcj_bd_vectors.json").read_text("utf-8"))
    wgs, gcj = np.hsplit(np.array(vectors["wgs_to_gcj"])[:, [1, 0, 3, 2]], 2)
    assert from_wgs84(wgs, GCJ02) == pytest.approx(gcj, abs=1e-5)
    assert max(GEOD.inv(*to_wgs84(gcj, GCJ02).T, *wgs.T)[2]) < 0.5


def test_the_published_vectors_of_bd09_carry_their_publishers_mistake() -> None:
    """They were made with pi where Baidu's turn is 3000 pi / 180 (a mistake its authors have
    since named), and
    with a GCJ-02 inverse good to some meters; undone with that constant they come out."""
    vectors = json.loads((DATA / "gcj_bd_vectors.json").read_text("utf-8"))
    baidu, said = np.hsplit(np.array(vectors["bd_to_wgs"])[:, [1, 0, 3, 2]], 2)
    right = GEOD.inv(*to_wgs84(baidu, BD09).T, *said.T)[2]
    assert 5 < min(right) < max(right) < 50
    x, y = (baidu - (0.0065, 0.006)).T
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * np.pi)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * np.pi)
    wrong = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    assert max(GEOD.inv(*to_wgs84(wrong, GCJ02).T, *said.T)[2]) < 3


def test_counties_that_do_not_say_that_they_are_gcj02() -> None:
    prefectures = shapes_of(GANSU / "datav_gcj02_province_620000.json", GCJ02)
    reference = shapely.GeometryCollection(shapely.get_parts(prefectures).tolist())
    for path in county_files():
        info = inspect(path)
        assert info.crs_doubtful
        assert info.columns[:2] == ["adcode", "name"]
        fits = candidate_fits(sample(path), reference)
        assert fits[0].crs == GCJ02, path.name
        assert fits[0].share_on_lines > 5 * fits[1].share_on_lines, path.name


def test_centroids_move_by_some_hundred_meters() -> None:
    raw = np.concatenate([shapes_of(path) for path in county_files()])
    here = shapely.get_coordinates(shapely.centroid(raw))
    moved = GEOD.inv(*here.T, *to_wgs84(here, GCJ02).T)[2]
    assert 150 < np.median(moved) < 600


def test_gansu_counties_nine_invalid_and_most_not_fitting_their_neighbors() -> None:
    shapes: dict[str, Polygon | MultiPolygon] = {}
    refused: dict[str | None, str | None] = {}
    for path in county_files():
        batch = only(path, GCJ02)
        assert batch.geometries is not None
        for code, shape in zip(batch.columns["adcode"], batch.geometries, strict=True):
            mended, reason = repair(shape)
            if mended is None:
                refused[code] = reason
            else:
                shapes[str(code)] = to_lattice(mended)
    assert len(refused) == 9
    assert all(reason is not None and "自相交（" in reason for reason in refused.values())
    assert len(shapes) == 78
    found = defects(shapes)
    assert not is_whole(shapes)
    assert {defect.kind for defect in found} >= {"gap", "overlap"}
    named = {code for defect in found for code in defect.codes}
    edges = shapely.coverage_invalid_edges(list(shapes.values()))
    seen_by_geos = {code for code, edge in zip(shapes, edges, strict=True) if not edge.is_empty}
    assert len(seen_by_geos) > 50
    assert seen_by_geos <= named
    snapped = snap(shapes, None, 5.0)
    assert all(shape.is_valid for shape in snapped.values())
    assert len(defects(snapped)) < len(found)
    assert max(shapely.hausdorff_distance(snapped[c], shapes[c]) for c in shapes) < 2e-4


def test_new_york_precincts_one_certain_repair() -> None:
    batch = only(DATA / "nyc" / "police_precincts.geojson")
    assert batch.geometries is not None
    assert len(batch.numbers) == 76
    invalid = ~shapely.is_valid(batch.geometries)
    assert invalid.sum() == 1
    mended = [repair(shape) for shape in batch.geometries]
    assert [reason for _, reason in mended if reason] == []
    areas = np.array([shape for shape, _ in mended])
    assert shapely.is_valid(areas).all()
    assert shapely.area(areas) == pytest.approx(shapely.area(batch.geometries), rel=1e-12)


def test_new_york_incidents_and_where_the_city_put_them() -> None:
    path = DATA / "nyc" / "incidents.csv"
    info = inspect(path)
    assert (info.rows, info.encoding, info.geometry) == (21_408, "utf-8", True)
    batches = list(read(path, batch=5000))
    assert sum(len(batch.numbers) for batch in batches) == 21_408
    assert not any(batch.rejects for batch in batches)
    points = np.concatenate([batch.points for batch in batches if batch.points is not None])
    said = np.array([cell for batch in batches for cell in batch.columns["precinct"]])
    precincts = only(DATA / "nyc" / "police_precincts.geojson")
    assert precincts.geometries is not None
    areas = np.array([repair(shape)[0] for shape in precincts.geometries])
    point, area = shapely.STRtree(areas).query(shapely.points(points), predicate="intersects")
    names = np.array(precincts.columns["Precinct"])
    agree = len(np.unique(point[names[area] == said[point]]))
    assert agree / len(said) == pytest.approx(0.968, abs=0.002)


def test_a_real_kml() -> None:
    path = DATA / "files" / "mapit_example.kml"
    assert inspect(path).format == "kml"
    (shape,) = shapes_of(path)
    mended, reason = repair(shape)
    assert reason is None
    assert mended is not None
    assert not shapely.has_z(mended)
    assert mended.covers(shapely.Point(-0.12, 51.5))
