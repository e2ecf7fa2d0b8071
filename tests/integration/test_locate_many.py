"""Many points at once have the answers that each has alone, and that plain SQL gives."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import Connection, text

from gridmap.queries.locate import Located, Spot, locate
from gridmap.queries.locate_many import LocatedMany, locate_many, territory
from gridmap.rules.assignment import HOW
from tests import world
from tests.conftest import NOW
from tests.integration.places import WORLD, Floats, ask_many, whole_territory

CHANGED = NOW - timedelta(days=3)
"""When boundaries changed in the world of these tests."""

TOWNSHIP_ANSWERS = "99/01/01/203/201/"
"""A village that loses its grids."""

COUNTY_ANSWERS = "99/01/01/204/201/"
"""A village that loses its grids, its region and its township's region."""

RELATIVE, ABSOLUTE_M = 1e-9, 1e-6


@dataclass(frozen=True)
class Asked:
    """Points with their moments (seconds since 1970) and stated accuracy (0: none)."""

    points: Floats
    at: Floats
    accuracy_m: Floats


def bounds(connection: Connection, *, margin: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east, north of all grids, widened by a share of its size."""
    row = connection.execute(
        text(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"
            " FROM (SELECT ST_Extent(shape) AS e FROM grid_version) AS extent"
        )
    ).one()
    west, south, east, north = row
    wide, high = (east - west) * margin, (north - south) * margin
    return west - wide, south - high, east + wide, north + high


def random_points(connection: Connection, count: int, *, seed: int, margin: float) -> Floats:
    west, south, east, north = bounds(connection, margin=margin)
    draw = np.random.default_rng(seed)
    return np.column_stack([draw.uniform(west, east, count), draw.uniform(south, north, count)])


def asked_at_random(connection: Connection, count: int, seed: int) -> Asked:
    """A third of the points without a stated accuracy; before, at and after the change."""
    draw = np.random.default_rng(seed)
    points = random_points(connection, count, seed=seed, margin=0.06)
    accuracy = draw.choice([0.0, 5.0, 30.0, 120.0, 900.0], count, p=[0.34, 0.2, 0.2, 0.2, 0.06])
    moments = [NOW - timedelta(days=30), CHANGED - timedelta(seconds=1), CHANGED, NOW]
    at = draw.choice([moment.timestamp() for moment in moments], count)
    return Asked(points, at, accuracy)


def merge(connection: Connection, keep: str, end: str) -> None:
    """Ends two grids' versions; the first goes on with the land of both."""
    rows = connection.execute(
        text(
            "SELECT path, grid, ST_AsBinary(shape) AS shape FROM grid_version"
            " WHERE path = ANY(:paths) AND upper_inf(during)"
        ),
        {"paths": [keep, end]},
    ).all()
    by_path = {row.path: row for row in rows}
    shape = shapely.union_all([shapely.from_wkb(bytes(row.shape)) for row in rows])
    for row in rows:
        world.end_grid(connection, row.grid, CHANGED)
    multi = shapely.MultiPolygon(shapely.get_parts(shape).tolist())
    kept = by_path[keep].grid
    world.add_grid(connection, keep, multi.wkt, since=CHANGED, grid=kept)


def neighbors(connection: Connection, count: int) -> list[tuple[str, str]]:
    """Pairs of grids of one village with a common edge, no grid in two pairs."""
    rows = connection.execute(
        text(
            "SELECT a.path, b.path FROM grid_version AS a JOIN grid_version AS b"
            " ON a.path < b.path AND left(a.path, -4) = left(b.path, -4) AND a.shape && b.shape"
            " AND ST_Relate(a.shape, b.shape, 'F***1****')"
            " WHERE upper_inf(a.during) AND upper_inf(b.during)"
            " ORDER BY md5(a.path || b.path)"
        )
    )
    used: set[str] = set()
    pairs = []
    for keep, end in rows:
        if not used & {keep, end}:
            used |= {keep, end}
            pairs.append((keep, end))
    return pairs[:count]


def empty(connection: Connection, village: str) -> None:
    """Ends all grids of a village."""
    grids = connection.scalars(
        text("SELECT grid FROM grid_version WHERE path LIKE :inside AND upper_inf(during)"),
        {"inside": f"{village}%"},
    )
    for grid in grids.all():
        world.end_grid(connection, grid, CHANGED)


@pytest.fixture
def changed(sample_connection: Connection) -> Connection:
    """The made-up county with merged grids, grids that ended without heirs, and overlaps."""
    connection = sample_connection
    for village in (TOWNSHIP_ANSWERS, COUNTY_ANSWERS):
        empty(connection, village)
    connection.execute(
        text(
            "UPDATE region_version SET during = tstzrange(lower(during), :changed)"
            " WHERE path = ANY(:paths)"
        ),
        {"changed": CHANGED, "paths": [COUNTY_ANSWERS, COUNTY_ANSWERS[:-4]]},
    )
    for keep, end in neighbors(connection, 60):
        merge(connection, keep, end)
    west, south, east, north = bounds(connection)
    for n in range(4):
        x = round(west + (east - west) * (0.3 + n / 10), 4)
        y = round((south + north) / 2, 4)
        square = shapely.MultiPolygon([shapely.box(x, y, round(x + 0.02, 4), round(y + 0.02, 4))])
        world.add_grid(connection, f"{world.COUNTY}101/201/9{n}0/", square.wkt)
    return connection


def asked_together(connection: Connection, asked: Asked) -> LocatedMany:
    known = territory(
        connection,
        WORLD,
        first=NOW - timedelta(days=90),
        last=NOW,
        now=NOW,
        nearest_limit_m=200.0,
    )
    return locate_many(known, asked.points, asked.at, accuracy_m=asked.accuracy_m)


def asked_alone(connection: Connection, asked: Asked, n: int) -> Located:
    moment = next(
        one
        for one in (NOW, CHANGED, CHANGED - timedelta(seconds=1), NOW - timedelta(days=30))
        if one.timestamp() == asked.at[n]
    )
    accuracy = float(asked.accuracy_m[n]) or None
    lon, lat = asked.points[n].tolist()
    return locate(connection, Spot(lon, lat, accuracy), at=moment, now=NOW, nearest_limit_m=200.0)


def row_of(many: LocatedMany, n: int) -> dict[str, Any]:
    v = int(many.version[n])
    return {
        "how": many.how[n],
        "certain": many.certain[n],
        "version": many.versions[v].id if v >= 0 else None,
        "path": many.path[n],
        "today": many.grid[n],
        "duty": many.duty[n],
        "center": many.center[n],
        "others": [path for path, _ in many.alternatives.get(n, [])],
    }


def row_alone(one: Located) -> dict[str, Any]:
    return {
        "how": one.how,
        "certain": one.certain,
        "version": one.version.id if one.version else None,
        "path": one.path,
        "today": one.today.grid if one.today else None,
        "duty": one.worker.duty if one.worker else None,
        "center": one.center.id if one.center else None,
        "others": [other.version.path for other in one.alternatives],
    }


def numbers_of(many: LocatedMany, n: int, *, stated: bool) -> list[float]:
    shares = [share for _, share in many.alternatives.get(n, [])]
    own = [float(many.share[n])] if stated else []
    return [float(many.distance_m[n]), float(many.border_m[n]), *own, *shares]


def numbers_alone(one: Located) -> list[float]:
    shares = [other.share for other in one.alternatives]
    own = [one.share] if one.share is not None else []
    assert one.border is not None
    return [one.distance_m, one.border.meters, *own, *shares]


def test_together_and_alone_are_the_same(changed: Connection) -> None:
    asked = asked_at_random(changed, 3_000, seed=7)
    many = asked_together(changed, asked)
    hows: dict[str, int] = {}
    for n in range(len(asked.points)):
        one = asked_alone(changed, asked, n)
        hows[one.how] = hows.get(one.how, 0) + 1
        assert row_of(many, n) == row_alone(one), (n, asked.points[n], asked.accuracy_m[n])
        if one.version:
            stated = asked.accuracy_m[n] > 0
            expected = pytest.approx(numbers_alone(one), rel=RELATIVE, abs=ABSOLUTE_M)
            assert numbers_of(many, n, stated=bool(stated)) == expected
    # every way of deciding for a point was met; on a border nothing is by chance
    assert set(hows) == set(HOW) - {"bound", "named", "border"}


_COVERING = """
SELECT p.n, min(g.code) AS code, count(*) AS grids
  FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[]))
       WITH ORDINALITY AS p (lon, lat, n)
  JOIN grid_version AS v ON v.shape && ST_SetSRID(ST_Point(lon, lat), 4326)
   AND ST_Covers(v.shape, ST_SetSRID(ST_Point(lon, lat), 4326)) AND upper_inf(v.during)
  JOIN grid AS g ON g.id = v.grid
 GROUP BY p.n
"""


def test_a_hundred_thousand_points_agree_with_plain_sql(
    sample_connection: Connection, sample_administrator: Connection
) -> None:
    points = random_points(sample_connection, 100_000, seed=8, margin=0.02)
    found, codes = ask_many(whole_territory(sample_connection), points)
    lons, lats = (column.tolist() for column in points.T)
    rows = sample_administrator.execute(text(_COVERING), {"lons": lons, "lats": lats}).all()
    truth = {row.n - 1: row.code for row in rows}
    assert 50_000 < len(truth) < 100_000
    inside = {n for n, how in enumerate(found.how) if how in {"inside", "border"}}
    assert inside == set(truth)
    assert [codes[n] for n in sorted(truth)] == [truth[n] for n in sorted(truth)]


def test_a_report_that_comes_late_goes_to_the_heir(changed: Connection) -> None:
    """Of a grid that was merged away: its boundary of that day, and who holds the land now."""
    row = changed.execute(
        text(
            "SELECT v.path, v.grid, ST_X(v.label) AS lon, ST_Y(v.label) AS lat"
            " FROM grid_version AS v WHERE upper(v.during) = :changed"
            " AND NOT EXISTS (SELECT FROM grid_version AS o"
            "                  WHERE o.grid = v.grid AND upper_inf(o.during))"
            " AND EXISTS (SELECT FROM grid_version AS o WHERE upper_inf(o.during)"
            "              AND o.shape && v.label AND ST_Covers(o.shape, v.label))"
            " ORDER BY v.path LIMIT 1"
        ),
        {"changed": CHANGED},
    ).one()
    spot = Spot(row.lon, row.lat)
    late = locate(changed, spot, at=CHANGED - timedelta(hours=1), now=NOW, nearest_limit_m=200.0)
    prompt = locate(changed, spot, at=CHANGED, now=NOW, nearest_limit_m=200.0)
    assert late.version is not None
    assert (late.version.grid, late.version.path) == (row.grid, row.path)
    assert late.today == prompt.version != late.version
    assert late.path == prompt.path
    assert late.worker == prompt.worker


def test_nothing_is_refused_where_there_is_nothing_yet(connection: Connection) -> None:
    found, codes = ask_many(whole_territory(connection), [(104.6, 35.4), (0.0, 0.0)])
    assert found.how == ["installation", "installation"]
    assert (codes, found.path) == (["", ""], ["", ""])
