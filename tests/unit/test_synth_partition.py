"""The made-up county's borders: an exact partition on the lattice, at every level."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest
import shapely

from gridmap.synth.erosion import accumulate, drainage, flood, open_edge
from gridmap.synth.ground import Sizes
from gridmap.synth.land import Land, make_land, moved
from gridmap.synth.plane import Plane
from gridmap.synth.scales import MIDDLE

SMALL = Sizes(
    townships=3,
    grids=60,
    villages=9,
    households=1_500,
    incidents=900,
    cells_per_grid=40,
    finest_m=400.0,
)


@pytest.fixture(scope="module")
def land() -> Land:
    return make_land(np.random.default_rng(5), MIDDLE, SMALL)


def chain(shapes: Iterable[shapely.Geometry]) -> Counter[tuple[int, ...]]:
    """Directed edges of all rings on the lattice, those that meet their opposite taken out."""
    left: Counter[tuple[int, ...]] = Counter()
    for shape in shapes:
        for ring in shapely.get_rings(shape):
            corners = np.rint(shapely.get_coordinates(ring) * 1e7).astype(np.int64)
            for edge in np.hstack([corners[:-1], corners[1:]]).tolist():
                back = (*edge[2:], *edge[:2])
                if left[back]:
                    left[back] -= 1
                else:
                    left[tuple(edge)] += 1
    return +left


def assert_partition(parts: list[shapely.Geometry], whole: shapely.Geometry) -> None:
    assert chain(parts) == chain([whole])
    assert shapely.is_valid(parts).all()
    assert set(shapely.get_type_id(parts)) == {shapely.GeometryType.POLYGON}


def test_grids_of_each_township_are_an_exact_partition_of_it(land: Land) -> None:
    above = land.township[land.village]
    for number, township in enumerate(land.township_shapes):
        assert_partition(land.grid_shapes[above == number].tolist(), township)


def test_villages_and_townships_are_exact_unions(land: Land) -> None:
    for number, village in enumerate(land.village_shapes):
        assert_partition(land.grid_shapes[land.village == number].tolist(), village)
    assert_partition(land.township_shapes.tolist(), land.county_shape)


def test_a_vertex_out_of_place_breaks_the_chain(land: Land) -> None:
    corners = shapely.get_coordinates(land.grid_shapes[0])
    corners[3, 0] += 1e-7
    parts = [shapely.Polygon(corners), *land.grid_shapes[1:]]
    assert chain(parts) != chain([land.county_shape])


@pytest.mark.parametrize(("east", "north"), [(-1, 1), (1, -1), (-1, -1)])
def test_land_turned_around_elsewhere_is_still_a_partition(
    land: Land, east: int, north: int
) -> None:
    there = moved(land, Plane(101.3, 37.2, east, north))
    assert_partition(there.grid_shapes.tolist(), there.county_shape)


def test_areas_are_connected_and_sized_as_asked(land: Land) -> None:
    assert len(land.grid_shapes) == pytest.approx(SMALL.grids, rel=0.25)
    assert len(land.township_shapes) == SMALL.townships
    assert len(land.village_shapes) == pytest.approx(SMALL.villages, rel=0.35)


def test_the_same_seed_makes_the_same_land(land: Land) -> None:
    again = make_land(np.random.default_rng(5), MIDDLE, SMALL)
    assert shapely.equals_exact(again.grid_shapes, land.grid_shapes).all()


def test_rain_gathers_down_a_slope() -> None:
    height = np.tile(np.arange(6.0)[::-1], (5, 1))
    receiver, distance = drainage(height, 100.0, None)
    drained = accumulate(receiver, np.ones(height.shape))
    assert drained[2].tolist() == [1, 2, 3, 4, 5, 6]
    assert (distance[2, :-1] == 100.0).all()


def test_a_flooded_basin_has_a_way_out() -> None:
    height = np.full((7, 7), 5.0)
    height[3, 3] = -20.0
    flooded = flood(height)
    receiver, _ = drainage(flooded, 100.0, None)
    stuck = (receiver == height.size) & ~open_edge(height.shape)
    assert not stuck.any()
    assert flooded[3, 3] > 5.0
