"""Coordinate systems: published vectors, round trips, the guard, and the fit of candidates."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from gridmap.errors import InvalidInput
from gridmap.geo.coordinates import (
    checked_crs,
    from_wgs84,
    in_china,
    is_geographic,
    to_wgs84,
    transform_geometries,
)
from gridmap.geo.fits import candidate_fits

GEOD = Geod(ellps="GRS80")
INSIDE = {
    "Urumqi": (87.62, 43.82),
    "Kashgar": (75.99, 39.47),
    "Altay": (88.14, 47.84),
    "Lhasa": (91.11, 29.65),
    "Yadong": (88.95, 27.49),
    "Ruili": (97.85, 24.01),
    "Hekou": (103.96, 22.53),
    "Dongxing": (107.97, 21.54),
    "Sanya": (109.51, 18.25),
    "Hong Kong": (114.17, 22.3),
    "Shanghai": (121.47, 31.23),
    "Dandong": (124.38, 40.12),
    "Hunchun": (130.36, 42.86),
    "Fuyuan": (134.3, 48.36),
    "Mohe": (122.53, 52.97),
    "Manzhouli": (117.45, 49.58),
    "Erenhot": (111.97, 43.65),
    "Ejin": (101.06, 41.97),
}
OUTSIDE = {
    "Ulaanbaatar": (106.92, 47.92),
    "Seoul": (126.98, 37.57),
    "Hanoi": (105.85, 21.03),
    "Pyongyang": (125.75, 39.03),
    "Vladivostok": (131.89, 43.12),
    "Almaty": (76.93, 43.24),
    "Bishkek": (74.6, 42.87),
    "Kathmandu": (85.32, 27.72),
    "Thimphu": (89.64, 27.47),
    "Vientiane": (102.6, 17.97),
    "Tokyo": (139.7, 35.7),
    "New York": (-74.0, 40.7),
}
inside_land = st.tuples(st.floats(99.0, 118.0), st.floats(25.0, 40.0))


def meters(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(GEOD.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2])


@pytest.mark.parametrize("place", INSIDE)
def test_the_outline_holds_border_towns(place: str) -> None:
    assert in_china(np.array([INSIDE[place]]))[0]


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
@pytest.mark.parametrize("place", OUTSIDE)
def test_nothing_is_shifted_abroad(place: str, crs: str) -> None:
    here = np.array([OUTSIDE[place]])
    assert (from_wgs84(here, crs) == here).all()
    assert (to_wgs84(here, crs) == here).all()


@settings(deadline=None)
@given(place=inside_land, crs=st.sampled_from(["gcj02", "bd09"]))
def test_round_trip_is_under_a_centimeter(place: tuple[float, float], crs: str) -> None:
    here = np.array([place])
    there = from_wgs84(here, crs)
    assert meters(here, to_wgs84(there, crs))[0] < 0.01
    assert 50 < meters(here, there)[0] < 2500


@settings(deadline=None)
@given(place=inside_land, zone=st.integers(0, 20))
def test_gauss_kruger_zones_of_three_degrees(place: tuple[float, float], zone: int) -> None:
    meridian = 75 + 3 * zone
    here = np.array([(meridian + (place[0] % 1.5), place[1])])
    by_zone = from_wgs84(here, f"EPSG:{4513 + zone}")
    by_meridian = from_wgs84(here, f"EPSG:{4534 + zone}")
    assert by_zone[0, 0] - by_meridian[0, 0] == pytest.approx((25 + zone) * 1e6)
    assert meters(to_wgs84(by_zone, f"EPSG:{4513 + zone}"), here)[0] < 0.001


def test_bd09_as_published() -> None:
    """A worked example of the coordtransform library, whose inverses are good to some meters."""
    baidu, gcj = np.array([(115.475216, 38.879741)]), (115.46872993578151, 38.87371978266757)
    assert from_wgs84(to_wgs84(np.array([gcj]), "gcj02"), "bd09")[0] == pytest.approx(
        baidu[0], abs=2e-6
    )
    said = np.array([(115.46242546559161, 38.87283036245824)])
    assert meters(to_wgs84(baidu, "bd09"), said)[0] < 3


def test_cgcs2000_degrees_are_wgs84_degrees() -> None:
    here = np.array([(103.7, 35.4), (104.1, 36.0)])
    assert to_wgs84(here, "EPSG:4490") == pytest.approx(here, abs=1e-9)


def test_x_comes_before_y_in_systems_that_say_otherwise() -> None:
    assert to_wgs84(np.array([(35_500_000.0, 3_900_000.0)]), "EPSG:4523")[0] == pytest.approx(
        (105.0, 35.2), abs=0.1
    )


def test_a_position_without_an_answer_becomes_nan() -> None:
    assert np.isnan(to_wgs84(np.array([(1e30, 1e30)]), "EPSG:4523")).all()


def test_geometries_are_moved_and_flattened_and_none_stays() -> None:
    line = shapely.from_wkt("LINESTRING Z (103.7 35.4 7, 103.8 35.5 9)")
    moved = transform_geometries(np.array([line, None], dtype=object), "gcj02")
    assert moved[1] is None
    assert not shapely.has_z(moved[0])
    assert not shapely.equals_exact(moved[0], shapely.force_2d(line), 1e-4)


def test_names_of_systems() -> None:
    assert checked_crs(" GCJ02 ") == "gcj02"
    assert checked_crs("epsg:4490") == "EPSG:4490"
    assert is_geographic("bd09")
    assert is_geographic("EPSG:4490")
    assert not is_geographic("EPSG:4523")
    with pytest.raises(InvalidInput, match="EPSG:99999999"):
        checked_crs("EPSG:99999999")


def ring_of(lon: float, lat: float, points: int = 400) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = 0.05 + 0.01 * np.sin(5 * angle)
    return shapely.Polygon(
        np.column_stack([lon + radius * np.cos(angle), lat + radius * np.sin(angle)])
    )


@pytest.mark.parametrize("crs", ["gcj02", "bd09", "EPSG:4523", "EPSG:4544", "EPSG:4499"])
def test_the_system_of_a_boundary_file_is_found(crs: str) -> None:
    township = ring_of(105.2, 35.4)
    raw = from_wgs84(shapely.get_coordinates(township), crs)
    best = candidate_fits(raw, township)[0]
    assert best.crs == crs
    assert best.share_inside == 1.0
    assert best.median_offset_m < 0.01


def test_the_wrong_system_shows_by_its_offset() -> None:
    township = ring_of(105.2, 35.4)
    fits = {fit.crs: fit for fit in candidate_fits(shapely.get_coordinates(township), township)}
    assert fits["EPSG:4326"].median_offset_m < 0.01
    assert fits["EPSG:4490"].median_offset_m < 0.01
    assert 50 < fits["gcj02"].median_offset_m < 1000
    assert fits["gcj02"].share_inside < 0.9


def test_points_fit_by_where_they_fall_and_ties_go_to_the_simplest() -> None:
    township = ring_of(105.2, 35.4)
    inside = np.random.default_rng(1).normal((105.2, 35.4), 0.005, (500, 2))
    assert candidate_fits(inside, township)[0].crs == "EPSG:4326"


def test_bounds_will_do_and_a_far_place_fits_nothing() -> None:
    township = ring_of(105.2, 35.4)
    assert candidate_fits(township.bounds, township)[0].share_inside > 0.3
    far = candidate_fits((10.0, 50.0, 11.0, 51.0), township)
    assert [fit.crs for fit in far] == ["EPSG:4326"]
    assert far[0].share_inside == 0
