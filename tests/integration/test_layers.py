"""What a tile holds: decoded, counted against the tables, and nothing that should not be in it."""

import gzip
import math
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
import shapely.geometry
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.area import level
from gridmap.layers import base, layers, shapes
from gridmap.layers.shapes import BANDS
from gridmap.operations import boundaries
from tests import world
from tests.conftest import NOW, Server

YEAR = "from=2025-06-11&to=2026-06-10"
CENTER = (104.6, 35.4)
NEVER_IN_A_TILE = ("示例", "1990000", "0900-")
"""Marks of the made-up persons, their phones, and the centers' phones."""

Features = list[dict[str, Any]]


def address_of(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    """The tile that holds a point."""
    side = 2**z
    x = int((lon + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    return z, x, y


def tiles_over(bounds: tuple[float, float, float, float], z: int) -> list[tuple[int, int, int]]:
    """All tiles of a zoom over a box in degrees."""
    west, south, east, north = bounds
    _, x0, y0 = address_of(west, north, z)
    _, x1, y1 = address_of(east, south, z)
    return [(z, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]


def get(
    client: FlaskClient, layer: str, tile: tuple[int, int, int], query: str = ""
) -> TestResponse:
    z, x, y = tile
    return client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt?{query}")


def decoded(response: TestResponse) -> dict[str, Features]:
    """Features by source layer; empty for an empty tile."""
    assert response.status_code in {200, 204}
    content = response.data
    if response.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    found: dict[str, Any] = mapbox_vector_tile.decode(content) if content else {}
    return {name: one["features"] for name, one in found.items()}


def inside(features: Features) -> Features:
    """Points that lie in the tile itself and not in its margin, which a neighbor repeats."""
    return [
        one
        for one in features
        if all(0 <= at < base.EXTENT for at in one["geometry"]["coordinates"])
    ]


@pytest.fixture(scope="module")
def bounds(sample_app: Any) -> tuple[float, float, float, float]:
    west, south, east, north = sample_app.test_client().get("/api/catalog").get_json()["bounds"]
    return west, south, east, north


ZOOM_OF = {"buildings": 14, "households": 14}


OF_WORK = {"whistles", "handovers"}
"""Layers of what people did: the sample's tests load it."""


@pytest.mark.parametrize("id", sorted(set(layers()) - OF_WORK))
def test_a_tile_holds_its_layer_and_the_declared_properties_only(
    client: FlaskClient, bounds: tuple[float, float, float, float], id: str
) -> None:
    zoom = ZOOM_OF.get(id, 11)
    found: Features = []
    for tile in tiles_over(bounds, zoom)[: 400 if zoom > 12 else 60]:
        content = decoded(get(client, id, tile, YEAR))
        assert set(content) <= {id, "left_out"}
        found += content.get(id, [])
    assert found, "the tiles over the county are empty"
    declared = set(layers()[id].fields)
    assert {name for one in found for name in one["properties"]} <= declared
    mandatory = {name for name in declared if name not in {"name", "name_en"}}
    assert all(mandatory <= set(one["properties"]) for one in found)


@pytest.mark.parametrize("id", ["incidents", "households", "workers", "warnings", "heat"])
def test_names_and_phones_are_never_in_a_tile(
    client: FlaskClient,
    sample_administrator: Connection,
    bounds: tuple[float, float, float, float],
    id: str,
) -> None:
    assert "name" not in layers()[id].fields
    west, south, east, north = bounds
    middle = ((west + east) / 2, (south + north) / 2)
    content = get(client, id, address_of(*middle, 10), YEAR).data
    plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    names = sample_administrator.scalars(
        text("SELECT name FROM staff UNION ALL SELECT name FROM person_private LIMIT 3000")
    )
    assert plain
    for words in (*NEVER_IN_A_TILE, *names):
        assert words.encode() not in plain


@pytest.mark.parametrize("id", sorted(layers()))
def test_tile_json(client: FlaskClient, id: str) -> None:
    response = client.get(f"/tiles/{id}.json")
    answer = response.get_json()
    assert response.status_code == 200
    assert answer["tilejson"] == "3.0.0"
    assert answer["vector_layers"] == [{"id": id, "fields": layers()[id].fields}]
    assert 0 <= answer["minzoom"] <= answer["maxzoom"] <= 16
    (template,) = answer["tiles"]
    assert "/{z}/{x}/{y}.mvt" in template
    assert ("?v=" in template) == (layers()[id].shapes is not None)


def test_etag_and_gzip(client: FlaskClient) -> None:
    tile = address_of(*CENTER, 11)
    plain = get(client, "grids", tile)
    assert "Content-Encoding" not in plain.headers
    assert plain.content_type == "application/vnd.mapbox-vector-tile"
    z, x, y = tile
    path = f"/tiles/grids/{z}/{x}/{y}.mvt"
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)
    again = client.get(path, headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(path, headers={"If-None-Match": '"something else"'})
    assert other.status_code == 200


def test_an_empty_tile_is_204(client: FlaskClient) -> None:
    response = get(client, "incidents", (11, 0, 0))
    assert (response.status_code, response.data) == (204, b"")
    nothing = get(client, "incidents", address_of(*CENTER, 11), "from=1990-01-01&to=1990-01-31")
    assert nothing.status_code == 204


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/tiles/grids/23/0/0.mvt", "0 到 22"),
        ("/tiles/grids/3/8/0.mvt", "0 到 7"),
        ("/tiles/grids/3/0/8.mvt", "0 到 7"),
        ("/tiles/grids/999999999999/0/0.mvt", "0 到 22"),
        ("/tiles/nothing/3/0/0.mvt", "nothing"),
        ("/tiles/nothing.json", "nothing"),
        ("/tiles/grids/-1/0/0.mvt", "-1"),
        ("/tiles/grids/a/b/c.mvt", "a/b/c"),
    ],
)
def test_a_bad_address_is_404_with_the_reason(client: FlaskClient, path: str, reason: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    error = response.get_json()["error"]
    assert error["code"] == "not_found"
    assert reason in error["message"]


@pytest.mark.parametrize(
    "query", ["from=yesterday", "kind=quarrel", "category=x", "from=2026-06-02&to=2026-06-01"]
)
def test_a_bad_filter_is_422(client: FlaskClient, query: str) -> None:
    response = get(client, "incidents", address_of(*CENTER, 12), query)
    assert response.status_code == 422
    assert response.get_json()["error"]["code"] == "invalid_input"


def test_only_the_current_version_is_cached_for_good(client: FlaskClient) -> None:
    tile = address_of(*CENTER, 11)
    (template,) = client.get("/tiles/grids.json").get_json()["tiles"]
    version = template.partition("?v=")[2]
    current = get(client, "grids", tile, f"v={version}")
    assert "immutable" in current.headers["Cache-Control"]
    for query in ("", "v=0123456789ab"):
        other = get(client, "grids", tile, query)
        assert other.headers["Cache-Control"] == "private, no-cache"
        assert other.data == current.data
    points = get(client, "incidents", tile, f"v={version}&{YEAR}")
    assert points.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("id", ["region-labels", "grid-labels"])
def test_a_label_is_one_point_an_area_and_not_one_a_tile(
    client: FlaskClient,
    sample_administrator: Connection,
    bounds: tuple[float, float, float, float],
    id: str,
) -> None:
    table = "grid_version" if id == "grid-labels" else "region_version"
    found = [
        one["properties"]["path"]
        for tile in tiles_over(bounds, 12)
        for one in inside(decoded(get(client, id, tile)).get(id, []))
    ]
    west, south, east, north = bounds
    truth = sample_administrator.scalars(
        text(
            f"SELECT path FROM {table} WHERE upper_inf(during)"
            " AND label && ST_MakeEnvelope(:w, :s, :e, :n, 4326)"
        ),
        {"w": west, "s": south, "e": east, "n": north},
    ).all()
    # so close to the ground the county and what is above it are not named any more
    assert sorted(found) == sorted(path for path in truth if level(path) > 3)
    assert len(found) == len(set(found)) > 100


@pytest.mark.parametrize("id", ["region", "grid"])
def test_a_label_lies_in_its_shape(sample_administrator: Connection, id: str) -> None:
    outside = sample_administrator.scalar(
        text(f"SELECT count(*) FROM {id}_version WHERE NOT ST_Covers(shape, label)")
    )
    assert outside == 0


@pytest.mark.parametrize("zoom", [3, *BANDS, 12])
def test_a_region_has_its_level(client: FlaskClient, zoom: int) -> None:
    features = decoded(get(client, "regions", address_of(*CENTER, zoom)))["regions"]
    assert features
    for one in features:
        assert one["properties"]["level"] == level(one["properties"]["path"])
        assert shapes.FIRST_ZOOM_OF_LEVEL[one["properties"]["level"]] <= zoom


@pytest.mark.parametrize("id", sorted(layers()))
def test_no_tile_is_over_300_kb(
    client: FlaskClient, bounds: tuple[float, float, float, float], id: str
) -> None:
    first = max(layers()[id].min_zoom, 8)
    _, x, y = address_of(*CENTER, first + 2)
    in_town = [(first + 2, x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    for tile in (*tiles_over(bounds, first), *in_town):
        assert len(get(client, id, tile, "from=2024-06-11&to=2026-06-10").data) < 300_000


@pytest.mark.parametrize("zoom", [10, 11, 13, 14])
def test_a_tile_of_grids_is_full(client: FlaskClient, zoom: int) -> None:
    """Simplified neighbors stay neighbors: around the middle of the county nothing is bare."""
    z, x, y = address_of(*CENTER, zoom)
    features = decoded(get(client, "grids", (z, x, y)))["grids"]
    drawn = [shapely.geometry.shape(one["geometry"]) for one in features]
    middle = shapely.box(1024, 1024, 3072, 3072)
    together = shapely.union_all(drawn)
    assert middle.difference(together).area < 0.001 * middle.area
    assert sum(one.area for one in drawn) - together.area < 0.001 * middle.area


def test_households_of_one_point_are_one_feature_with_their_number(
    client: FlaskClient, sample_administrator: Connection
) -> None:
    row = sample_administrator.execute(
        text(
            "SELECT ST_X(point) AS lon, ST_Y(point) AS lat, count(*) AS n FROM household"
            " GROUP BY point ORDER BY n DESC, point LIMIT 1"
        )
    ).one()
    assert row.n > 10
    z, x, y = address_of(row.lon, row.lat, 16)
    features = decoded(get(client, "households", (z, x, y)))["households"]
    assert max(one["properties"]["n"] for one in features) == row.n
    at = [one["geometry"]["coordinates"] for one in features]
    assert len({tuple(point) for point in at}) == len(at)
    west, south, east, north = base.box(z, x, y, margin=base.BUFFER / base.EXTENT)
    truth = sample_administrator.scalar(
        text("SELECT count(*) FROM household WHERE point && ST_MakeEnvelope(:w, :s, :e, :n, 4326)"),
        {"w": west, "s": south, "e": east, "n": north},
    )
    assert sum(one["properties"]["n"] for one in features) == truth


def test_incidents_of_all_tiles_are_those_of_the_table(
    client: FlaskClient,
    sample_administrator: Connection,
    bounds: tuple[float, float, float, float],
) -> None:
    query = "from=2026-05-01&to=2026-05-31&kind=hazard&severity=2,3"
    found = {
        one["properties"]["id"]
        for tile in tiles_over(bounds, 11)
        for one in decoded(get(client, "incidents", tile, query)).get("incidents", [])
    }
    truth = sample_administrator.scalars(
        text(
            "SELECT i.id::text FROM incident AS i JOIN category AS c ON c.number = i.category"
            " WHERE c.kind = 'hazard' AND i.severity IN (2, 3) AND i.point IS NOT NULL"
            " AND i.occurred_at >= '2026-05-01 00:00+08' AND i.occurred_at < '2026-06-01 00:00+08'"
        )
    ).all()
    assert len(truth) > 50
    assert found == set(truth)


def test_heat_counts_every_incident_once(
    client: FlaskClient, sample_administrator: Connection
) -> None:
    z, x, y = address_of(*CENTER, 9)
    features = inside(decoded(get(client, "heat", (z, x, y), YEAR))["heat"])
    west, south, east, north = base.box(z, x, y)
    truth = sample_administrator.scalar(
        text(
            "SELECT count(*) FROM incident WHERE ST_X(point) >= :w AND ST_X(point) < :e"
            " AND ST_Y(point) > :s AND ST_Y(point) <= :n"
            " AND occurred_at >= '2025-06-11 00:00+08' AND occurred_at < '2026-06-11 00:00+08'"
        ),
        {"w": west, "s": south, "e": east, "n": north},
    )
    assert truth is not None
    assert truth > 1_000
    assert sum(one["properties"]["n"] for one in features) == truth


def test_what_a_tile_leaves_out_it_counts(server: Server, own_app: Any, own_sample: str) -> None:
    """More incidents in one tile than it holds: features and the declared rest are the table."""
    lon, lat = CENTER
    server.execute(
        "INSERT INTO incident (county, id, path, number, point, category, severity,"
        " occurred_at, received_at, state)"
        " SELECT 1, gen_random_uuid(), '99/01/01/', 'X' || n,"
        f" ST_SetSRID(ST_MakePoint({lon} + n * 1e-6, {lat}), 4326), 1, 1,"
        " '2026-06-01 12:00+08', '2026-06-01 12:00+08', 'filed'"
        f" FROM generate_series(1, {base.MOST_FEATURES + 1_234}) AS n",
        database=own_sample.rpartition("/")[2].partition("?")[0],
    )
    client = own_app.test_client()
    query = "from=2026-06-01&to=2026-06-01&category=1&severity=1"
    z, x, y = address_of(lon, lat, 10)
    content = decoded(get(client, "incidents", (z, x, y), query))
    (rest,) = content["left_out"]
    shown = len(content["incidents"])
    assert shown == base.MOST_FEATURES
    total = client.get(f"/api/summary?{query}").get_json()["kinds"]["dispute"]
    # the sample itself has some of that day, a few of them beyond the tile
    assert 0 <= total - (shown + rest["properties"]["count"]) < 100
    assert rest["properties"]["count"] >= 1_234
    whole = decoded(get(client, "incidents", (11, 0, 0), query))
    assert "left_out" not in whole


def test_a_change_is_in_the_next_tile_and_the_next_figure(own_app: Any) -> None:
    client = own_app.test_client()
    answer = client.get(f"/api/locate?lon={CENTER[0]}&lat={CENTER[1]}").get_json()
    path = answer["grid"]["path"]
    tile, today = address_of(*CENTER, 14), "from=2026-06-11&to=2026-06-11"
    figures = f"/figures/density?within={path}&level=6&{today}"
    before = decoded(get(client, "incidents", tile, today)).get("incidents", [])
    counted = client.get(figures).get_json()["values"][path]["count"]
    posted = client.post(
        "/api/incidents",
        json={"category": 32, "lon": CENTER[0], "lat": CENTER[1]},
        headers={"X-Requested-With": "gridmap"},
    )
    assert posted.status_code == 201
    after = decoded(get(client, "incidents", tile, today))["incidents"]
    assert len(after) == len(before) + 1
    assert client.get(figures).get_json()["values"][path]["count"] == counted + 1


def test_a_boundary_that_changes_gets_a_new_address(own_app: Any) -> None:
    client, made = own_app.test_client(), own_app.extensions["gridmap"]
    tile = address_of(*CENTER, 13)
    old = client.get("/tiles/grids.json").get_json()["tiles"][0]
    before = get(client, "grids", tile).data
    with made.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        path = connection.scalar(
            text(
                "SELECT path FROM grid_version WHERE upper_inf(during)"
                " AND ST_Covers(shape, ST_SetSRID(ST_Point(:lon, :lat), 4326)) LIMIT 1"
            ),
            {"lon": CENTER[0], "lat": CENTER[1]},
        )
        # the township loses a grid, and says so
        connection.execute(
            text("UPDATE coverage SET whole = false WHERE starts_with(:path, path)"),
            {"path": path},
        )
        world.end_grid(connection, world.grid_id(connection, path), NOW)
        boundaries.refresh(connection, "grids", 1)
    new = client.get("/tiles/grids.json").get_json()["tiles"][0]
    assert new != old
    stale = get(client, "grids", tile, old.partition("?")[2])
    assert stale.data != before
    assert stale.headers["Cache-Control"] == "private, no-cache"
    paths = {one["properties"]["path"] for one in decoded(stale)["grids"]}
    assert path not in paths


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_neighbors_in_two_counties_stay_neighbors(
    connection: Connection, order: tuple[int, int]
) -> None:
    """One grid of a county along two of another, whose common corner lies on a bend."""
    world.build(connection)
    connection.execute(text("DELETE FROM grid_version"))
    connection.execute(text("INSERT INTO county VALUES (2, '99/01/02/')"))
    ys = [35.0 + n / 1000 for n in range(201)]
    border = [(round(105.0 + 0.002 * math.sin(n / 15), 7), y) for n, y in enumerate(ys)]
    for county, number, ring in (
        (1, "001", [*border, (104.8, 35.2), (104.8, 35.0)]),
        (2, "001", [*border[:101], (105.2, 35.1), (105.2, 35.0)]),
        (2, "002", [*border[100:], (105.2, 35.2), (105.2, 35.1)]),
    ):
        shape = shapely.orient_polygons(shapely.MultiPolygon([shapely.Polygon(ring)]))
        path = f"99/01/0{county}/901/201/{number}/"
        grid = world.add_grid(connection, path, shape.wkt)
        connection.execute(
            text("UPDATE grid_version SET county = :county WHERE grid = :grid"),
            {"county": county, "grid": grid},
        )
    for county in order:
        boundaries.refresh(connection, "grids", county)
    for band in (9, 11):
        rows = connection.scalars(
            text("SELECT ST_AsBinary(shape) FROM simplified WHERE band = :band"), {"band": band}
        )
        drawn = shapely.from_wkb([bytes(row) for row in rows])
        together = shapely.union_all(drawn)
        assert len(drawn) == 3
        assert sum(one.area for one in drawn) == pytest.approx(together.area, rel=1e-12)
        assert len(shapely.get_parts(together)) == 1
        assert shapely.get_num_interior_rings(shapely.get_parts(together)[0]) == 0


@pytest.mark.parametrize(("z", "squares"), [(3, 0), (6, 0), (7, 9), (8, 9)])
def test_from_afar_a_sign_is_the_worst_of_its_square_and_says_how_many(
    client: FlaskClient, sample_administrator: Connection, z: int, squares: int
) -> None:
    rows = sample_administrator.execute(
        text(
            "SELECT color, ST_X(point) AS lon, ST_Y(point) AS lat FROM warning"
            " WHERE closed_at IS NULL AND point IS NOT NULL"
        )
    ).all()
    held: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        x, y = (int(squares * n) for n in _position(row.lon, row.lat, z))
        held.setdefault((x, y), []).append(row.color)
    signs = []
    for tile in {address_of(row.lon, row.lat, z) for row in rows}:
        for one in inside(decoded(get(client, "warnings", tile))["warnings"]):
            told = one["properties"]
            signs.append([told["color"], told["n"], *(told[f"c{n}"] for n in range(1, 5))])
    truth = [
        [max(colors), len(colors), *(colors.count(n) for n in range(1, 5))]
        for colors in held.values()
    ]
    assert sorted(signs) == sorted(truth)
    assert len(signs) < len(rows)


def _position(lon: float, lat: float, z: int) -> tuple[float, float]:
    """Column and row of a place in tiles, with fractions."""
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return (lon + 180) / 360 * 2**z, y * 2**z
