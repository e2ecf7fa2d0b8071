"""Where grids meet: every vertex, edge and corner of the made-up county has exactly one answer."""

import time
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from gridmap.queries.locate import Spot, locate
from tests import world
from tests.conftest import NOW
from tests.integration.places import (
    Borders,
    ask_many,
    borders_of,
    middles,
    places_to_try,
    whole_territory,
)

JITTER_DEG = 1e-9
AROUND = [(x * JITTER_DEG, y * JITTER_DEG) for x, y in product((-1, 0, 1), repeat=2) if x or y]
SHIFTS = [(0.0, 0.0), *AROUND]
LONGEST_S = 60.0
"""A whole county's borders, nine times over: a slip to a search without an index takes hours."""


@pytest.fixture
def borders(sample_connection: Connection) -> Borders:
    return borders_of(sample_connection)


def test_the_county_has_the_borders_that_are_meant(borders: Borders) -> None:
    assert len(borders.vertices) > 30_000
    assert len(borders.corners(3)) > 1_500
    assert {len(codes) for codes in borders.of_edge} == {1, 2}


def test_every_vertex_belongs_to_the_lowest_code_that_has_it(
    sample_connection: Connection, borders: Borders
) -> None:
    found, codes = ask_many(whole_territory(sample_connection), borders.vertices)
    assert codes == [min(owners) for owners in borders.of_vertex]
    for how, owners in zip(found.how, borders.of_vertex, strict=True):
        assert how == ("border" if len(owners) > 1 else "inside")


def test_around_every_vertex_and_edge_one_of_those_who_meet_there_answers(
    sample_connection: Connection, borders: Borders
) -> None:
    known = whole_territory(sample_connection)
    begin = time.monotonic()
    at_the_end = [tuple(place) in borders.outer for place in borders.vertices.tolist()]
    one_sided = [len(owners) == 1 for owners in borders.of_edge]
    for points, owners, outer in (
        (borders.vertices, borders.of_vertex, at_the_end),
        (middles(borders), borders.of_edge, one_sided),
    ):
        for shift in SHIFTS:
            found, codes = ask_many(known, points + shift)
            for how, code, those, end in zip(found.how, codes, owners, outer, strict=True):
                # only where there is nothing beyond may a point lie outside every grid
                assert how in {"inside", "border"} or (end and how == "nearest")
                assert code in those
                assert how != "border" or code == min(those)
    assert time.monotonic() - begin < LONGEST_S


def test_one_point_at_a_time_has_the_same_answer(
    sample_connection: Connection, borders: Borders
) -> None:
    places = places_to_try(borders, 2_100, SHIFTS, seed=1)
    found, codes = ask_many(whole_territory(sample_connection), [(x, y) for x, y, _ in places])
    for n, (lon, lat, owners) in enumerate(places):
        one = locate(sample_connection, Spot(lon, lat), at=NOW, now=NOW, nearest_limit_m=200.0)
        assert one.version is not None
        assert (one.how, one.version.code) == (found.how[n], codes[n])
        assert one.version.code in owners


def test_the_interface_has_the_same_answer(
    sample_connection: Connection, client: FlaskClient, borders: Borders
) -> None:
    places = places_to_try(borders, 200, SHIFTS, seed=2)
    found, codes = ask_many(whole_territory(sample_connection), [(x, y) for x, y, _ in places])
    for n, (lon, lat, _) in enumerate(places):
        answer = client.get(f"/api/locate?lon={lon!r}&lat={lat!r}").get_json()
        assert (answer["how"], answer["grid"]["code"]) == (found.how[n], codes[n])


def test_a_corner_of_four_belongs_to_the_lowest_code(connection: Connection) -> None:
    world.build(connection)
    for column in range(2):
        path = f"{world.COUNTY}101/201/00{3 + column}/"
        world.add_grid(connection, path, world.square(column, row=1))
    borders = borders_of(connection)
    corner = borders.corners(4)
    assert len(corner) == 1
    lon, lat = borders.vertices[corner[0]].tolist()
    owners = borders.of_vertex[corner[0]]
    known = whole_territory(connection)
    for dx, dy in SHIFTS:
        found, codes = ask_many(known, [(lon + dx, lat + dy)])
        one = locate(connection, Spot(lon + dx, lat + dy), at=NOW, now=NOW, nearest_limit_m=200.0)
        assert one.version is not None
        assert one.version.code == codes[0] in owners
        assert one.how == found.how[0]
        if dx == 0 or dy == 0:
            assert one.how == "border"


def test_the_order_of_rows_does_not_matter(connection: Connection) -> None:
    world.build(connection)
    point = [(104.61, 35.405)]
    before = ask_many(whole_territory(connection), point)[1]
    # moving a row to the end of the heap changes the order in which it is read
    connection.execute(
        text("UPDATE grid_version SET name = 'x' WHERE path = :path"), {"path": world.A1}
    )
    assert ask_many(whole_territory(connection), point)[1] == before == ["990101101201001"]
