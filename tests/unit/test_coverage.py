"""The exact check of a coverage, the naming of its defects, snapping and simplifying."""

from functools import partial

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Polygon

from gridmap.geo.coverage import defects, is_whole, outline
from gridmap.geo.lattice import on_lattice, to_degrees, to_lattice, to_units
from gridmap.geo.simplify import simplify_coverage
from gridmap.geo.snap import snap
from tests.unit.coverages import METER, STEP, frame, mesh, reshaped

UNIT = 1e-7
GEOD = Geod(ellps="GRS80")
INNER = "1-1"


def area_m2(shape: shapely.Geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(shape)[0])


def test_the_lattice_is_the_decimal_number_bit_by_bit() -> None:
    units = np.random.default_rng(1).integers(-1_800_000_000, 1_800_000_000, 100_000)
    degrees = to_degrees(units)
    assert (to_units(degrees) == units).all()
    assert (np.round(degrees * 1e7) / 1e7 == degrees).all()
    assert [float(f"{unit / 1e7:.7f}") for unit in units[:2000]] == degrees[:2000].tolist()
    assert to_units(np.array([0.5e-7, 1.5e-7, -0.5e-7])).tolist() == [1, 2, 0]


@pytest.mark.parametrize("border", [None, frame()])
def test_a_mesh_is_whole(border: Polygon | None) -> None:
    cells = mesh()
    assert is_whole(cells, border)
    assert defects(cells, border) == []
    found = outline(cells)
    assert found is not None
    assert found.equals(frame())


def test_turned_rings_and_swapped_codes_are_still_whole() -> None:
    cells = mesh()
    turned = dict(zip(cells, [cell.reverse() for cell in cells.values()][::-1], strict=True))
    assert is_whole(turned, frame())


@pytest.mark.parametrize("border", [None, frame()])
def test_one_vertex_moved_by_one_unit_is_seen(border: Polygon | None) -> None:
    cells = mesh()
    for vertex in range(24):
        move = (np.arange(24) == vertex)[:, None] * UNIT
        cell = reshaped(cells[INNER], partial(np.add, move))
        broken = {**cells, INNER: cell}
        assert not is_whole(broken, border)
        found = defects(broken, border)
        assert found
        moved = cells[INNER].exterior.coords[vertex]
        assert min(np.hypot(d.lon - moved[0], d.lat - moved[1]) for d in found) < STEP / 4
        assert sum(d.area_m2 for d in found) < 1
        assert any(INNER in d.codes for d in found)


def test_a_missing_vertex_on_a_straight_edge_is_seen_though_it_has_no_area() -> None:
    left = shapely.box(103.7, 35.3, 103.8, 35.4)
    right = Polygon([(103.8, 35.3), (103.9, 35.3), (103.9, 35.4), (103.8, 35.4), (103.8, 35.35)])
    assert shapely.coverage_is_valid([left, left]) is not None
    (found,) = defects({"a": left, "b": right})
    assert (found.kind, found.codes, found.area_m2) == ("gap", ("a", "b"), 0.0)
    assert (found.lon, found.lat) == pytest.approx((103.8, 35.35), abs=0.06)
    assert is_whole(snap({"a": left, "b": right}, None, 0.01))


@pytest.mark.parametrize("border", [None, frame()])
def test_a_missing_cell_is_a_gap_with_its_square_meters(border: Polygon | None) -> None:
    cells = mesh()
    hole = cells.pop(INNER)
    (found,) = defects(cells, border)
    assert found.kind == "gap"
    assert found.area_m2 == pytest.approx(area_m2(hole), rel=1e-9)
    assert 20_000 < found.area_m2 < 70_000
    assert hole.contains(shapely.Point(found.lon, found.lat))
    assert {"0-1", "2-1", "1-0", "1-2"} <= set(found.codes)


def test_a_missing_cell_at_the_border_needs_the_frame_to_be_seen() -> None:
    cells = mesh()
    corner = cells.pop("0-0")
    assert is_whole(cells)
    (found,) = defects(cells, frame())
    assert found.kind == "gap"
    assert found.area_m2 == pytest.approx(area_m2(corner), rel=1e-5)


def test_a_cell_there_twice_is_an_overlap() -> None:
    cells = mesh()
    found = defects({**cells, "twin": cells[INNER]}, frame())
    assert [(d.kind, d.codes) for d in found] == [("overlap", (INNER, "twin"))]
    assert found[0].area_m2 == pytest.approx(area_m2(cells[INNER]))


def test_what_lies_beyond_the_frame_is_outside() -> None:
    cells = mesh()
    stray = shapely.box(103.69, 35.29, 103.695, 35.295)
    (found,) = defects({**cells, "stray": stray}, frame())
    assert (found.kind, found.codes) == ("outside", ("stray",))
    assert found.area_m2 == pytest.approx(area_m2(to_lattice(stray)))


def test_an_invalid_cell_is_named_with_its_place() -> None:
    cells = mesh()
    bow = Polygon([(103.7, 35.3), (103.8, 35.4), (103.8, 35.3), (103.7, 35.4)])
    found = defects({**cells, "bow": bow}, frame())
    assert (found[0].kind, found[0].codes) == ("invalid", ("bow",))
    assert (found[0].lon, found[0].lat) == pytest.approx((103.75, 35.35))


def test_nothing_covers_only_nothing() -> None:
    assert is_whole({})
    assert not is_whole({}, frame())
    assert [d.kind for d in defects({}, frame())] == ["gap"]


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    meters=st.floats(0.02, 60),
    vertices=st.sets(st.integers(0, 23), min_size=1, max_size=5),
)
def test_named_areas_add_up(seed: int, meters: float, vertices: set[int]) -> None:
    cells = mesh(seed=seed)
    rng = np.random.default_rng(seed)

    def move(xy: np.ndarray) -> np.ndarray:
        xy[list(vertices)] += rng.uniform(-meters, meters, (len(vertices), 2)) * METER
        return xy

    broken = {**cells, INNER: reshaped(cells[INNER], move)}
    found = defects(broken, frame())
    assert (not found) == is_whole(broken, frame())
    if found and broken[INNER].is_valid:
        by_kind = {
            kind: sum(d.area_m2 for d in found if d.kind == kind) for kind in ("gap", "overlap")
        }
        change = area_m2(broken[INNER]) - area_m2(cells[INNER])
        assert change == pytest.approx(by_kind["overlap"] - by_kind["gap"], abs=0.01, rel=1e-4)


def vertices(shape: shapely.Geometry) -> shapely.MultiPoint:
    return shapely.MultiPoint(shapely.get_coordinates(shape))


def slivered(seed: int, meters: float) -> dict[str, Polygon]:
    """A mesh in which one cell was drawn anew: other vertices on the same edges, a bit off."""
    rng = np.random.default_rng(seed)

    def redraw(xy: np.ndarray) -> np.ndarray:
        keep = np.arange(len(xy)) % 6 != 3
        between = (xy + np.roll(xy, -1, axis=0)) / 2
        drawn = np.stack([xy, between], axis=1).reshape(-1, 2)
        drawn = drawn[np.repeat(keep, 2)] if meters > 5 else drawn
        corner = np.isin(np.arange(len(drawn)), np.arange(0, len(drawn), len(drawn) // 4))
        drawn[~corner] += rng.uniform(-meters, meters, (int((~corner).sum()), 2)) * METER
        return drawn

    cells = mesh(seed=seed)
    return {**cells, INNER: reshaped(cells[INNER], redraw)}


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 100_000))
def test_slivers_close_and_nothing_else_moves(seed: int) -> None:
    cells = slivered(seed, 0.3)
    assert not is_whole(cells, frame())
    mended = snap(cells, frame(), 0.5)
    assert is_whole(mended, frame())
    assert list(mended) == list(cells)
    neighbors = {INNER, "0-1", "2-1", "1-0", "1-2"}
    for code, cell in cells.items():
        assert on_lattice(mended[code])
        if code not in neighbors:
            assert mended[code] is cell
        else:
            assert shapely.hausdorff_distance(mended[code], cell) < 1.0 * METER
    for code in ("0-1", "1-0"):
        lost = shapely.difference(vertices(cells[code]), vertices(mended[code]))
        assert lost.is_empty


def test_gaps_wider_than_the_tolerance_stay_and_are_named() -> None:
    cells = mesh()
    cells[INNER] = reshaped(cells[INNER], lambda xy: xy.mean(axis=0) + (xy - xy.mean(axis=0)) * 0.9)
    mended = snap(cells, frame(), 0.5)
    assert all(mended[code] is cell for code, cell in cells.items())
    assert [d.kind for d in defects(mended, frame())] == ["gap"]


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 100_000))
def test_cells_all_drawn_by_hand_never_get_worse(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = {
        code: reshaped(cell, lambda xy: xy + rng.uniform(-0.2, 0.2, xy.shape) * METER)
        for code, cell in mesh(seed=seed).items()
    }
    mended = snap(cells, frame(), 1.0)
    assert all(shape.is_valid for shape in mended.values())
    assert all(shapely.hausdorff_distance(mended[c], cells[c]) < 2 * METER for c in cells)
    assert is_whole(mended, frame())


def test_a_frame_that_another_file_drew_coarser_or_a_bit_off() -> None:
    border = frame()
    shifted = shapely.transform(border, lambda xy: xy + 0.2 * METER)
    assert not is_whole(mesh(), shifted)
    assert is_whole(snap(mesh(), to_lattice(shifted), 0.5), to_lattice(shifted))


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 100_000), tolerance=st.sampled_from([1e-5, 1e-4, 5e-4]))
def test_simplified_neighbors_stay_neighbors(seed: int, tolerance: float) -> None:
    cells = mesh(seed=seed)
    for border in (True, False):
        made = simplify_coverage(list(cells.values()), tolerance, border=border)
        assert is_whole(dict(zip(cells, made, strict=True)))
        assert all(on_lattice(shape) for shape in made)
    assert outline(dict(zip(cells, made, strict=True))).equals(frame())  # type: ignore[union-attr]
    if tolerance >= 1e-4:
        assert shapely.get_num_coordinates(made).sum() < 25 * len(cells)


def test_simplifying_nothing() -> None:
    assert len(simplify_coverage([], 1e-4)) == 0
