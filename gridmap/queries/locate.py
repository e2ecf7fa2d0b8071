"""``locate``: the only way from a place and a moment to grid, worker, center and the reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, text

from gridmap import area
from gridmap.errors import InvalidInput, NotFound
from gridmap.geo import candidates, measure
from gridmap.geo.candidates import Pairs
from gridmap.queries import boundaries, holders
from gridmap.queries.boundaries import GridVersion, Near
from gridmap.queries.holders import Center, Worker
from gridmap.rules import assignment
from gridmap.rules.assignment import NOBODY


@dataclass(frozen=True)
class Spot:
    """A point (EPSG:4326) with its stated accuracy in meters, where there is one."""

    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True)
class AtHousehold:
    """The place of a household."""

    county: int
    id: UUID


@dataclass(frozen=True)
class InGrid:
    """A grid named by its code; the point, if there is one, does not decide."""

    code: str
    spot: Spot | None = None


Place = Spot | AtHousehold | InGrid


@dataclass(frozen=True)
class Border:
    """The nearest border of the answering grid, and who is beyond it."""

    meters: float
    lon: float
    lat: float
    beyond: GridVersion | None


@dataclass(frozen=True)
class Alternative:
    """Another grid that the circle of uncertainty touches, with its share of the circle."""

    version: GridVersion
    share: float


@dataclass(frozen=True)
class Located:
    """Who answers for a place, and why.

    ``version`` is the grid by the boundary of the moment; ``today`` the version of now of
    that grid (or, where it has ended, of the grid that holds the point now). ``path`` is
    where the place lies today; it is empty in the queue of the whole installation.
    """

    how: str
    certain: bool
    path: str
    spot: Spot | None
    version: GridVersion | None = None
    today: GridVersion | None = None
    worker: Worker | None = None
    center: Center | None = None
    share: float | None = None
    distance_m: float = 0.0
    border: Border | None = None
    alternatives: tuple[Alternative, ...] = ()


def locate(
    connection: Connection, place: Place, *, at: datetime, now: datetime, nearest_limit_m: float
) -> Located:
    """The grid, worker and center that answer for a place at a moment, and how that was decided.

    Boundaries are those in force at ``at``, holders those of ``now``. Raises NotFound for a
    household or a grid that does not exist, InvalidInput for coordinates off the globe.
    """
    match place:
        case InGrid(code, spot):
            named = boundaries.by_code(connection, code, at)
            if named is None:
                raise NotFound("没有编号为 {code} 的网格，请核对编号。", code=code)
            found = _in_named(named, spot, "named")
        case AtHousehold(county, id):
            found = _at_household(connection, county, id, at, nearest_limit_m)
        case Spot():
            found = _at_spot(connection, place, at, nearest_limit_m)
    return _with_holders(connection, found, now, nearest_limit_m)


def _in_named(version: GridVersion, spot: Spot | None, how: str) -> Located:
    return Located(how, True, version.path, spot, version)


_HOUSEHOLD = """
SELECT ST_X(h.point) AS lon, ST_Y(h.point) AS lat, g.code AS bound
  FROM household AS h LEFT JOIN grid AS g ON g.id = h.bound_grid
 WHERE h.county = :county AND h.id = :id
"""


def _at_household(
    connection: Connection, county: int, id: UUID, at: datetime, nearest_limit_m: float
) -> Located:
    row = connection.execute(text(_HOUSEHOLD), {"county": county, "id": id}).first()
    if row is None:
        raise NotFound("没有这个住户，或者你不能查看它。")
    spot = Spot(row.lon, row.lat) if row.lon is not None else None
    bound = boundaries.by_code(connection, row.bound, at) if row.bound else None
    if bound is not None:
        return _in_named(bound, spot, "bound")
    return _at_spot(connection, spot, at, nearest_limit_m) if spot else _nowhere(None)


def _at_spot(connection: Connection, spot: Spot, at: datetime, nearest_limit_m: float) -> Located:
    _check(spot)
    accuracy = spot.accuracy_m or 0.0
    box = measure.box_around(spot.lon, spot.lat, max(accuracy, nearest_limit_m))
    near = boundaries.near(connection, box, at)
    pairs = candidates.find(
        near.columns,
        np.array([[spot.lon, spot.lat]]),
        np.array([at.timestamp()]),
        accuracy_m=np.array([accuracy]),
        nearest_limit_m=nearest_limit_m,
        measured=True,
    )
    decided = assignment.decide(pairs.candidates, places=1, nearest_limit_m=nearest_limit_m)
    chosen = int(decided.chosen[0])
    alternatives = _alternatives(pairs, near.versions, chosen) if accuracy else ()
    if chosen == NOBODY:
        return replace(_in_region(connection, spot, at), alternatives=alternatives)
    version = near.versions[pairs.version[chosen]]
    return Located(
        how=str(decided.how[0]),
        certain=bool(decided.certain[0]),
        path=version.path,
        spot=spot,
        version=version,
        share=float(pairs.candidates.share[chosen]) if accuracy else None,
        distance_m=float(pairs.candidates.distance_m[chosen]),
        border=_border(connection, spot, at, near, pairs, chosen),
        alternatives=alternatives,
    )


def _check(spot: Spot) -> None:
    if not (-180 <= spot.lon <= 180 and -90 <= spot.lat <= 90):
        raise InvalidInput(
            "坐标 {lon}, {lat} 不在地球上；经度在前，纬度在后。", lon=spot.lon, lat=spot.lat
        )
    if spot.accuracy_m is not None and not 0 <= spot.accuracy_m <= 100_000:
        raise InvalidInput("定位误差 {m} 米不对，应在 0 到 100000 米之间。", m=spot.accuracy_m)


def _alternatives(
    pairs: Pairs, versions: list[GridVersion], chosen: int
) -> tuple[Alternative, ...]:
    others = [
        Alternative(versions[version], float(share))
        for n, (version, share) in enumerate(
            zip(pairs.version, pairs.candidates.share, strict=True)
        )
        if n != chosen and share > 0
    ]
    return tuple(sorted(others, key=lambda one: (-one.share, one.version.code)))


def _border(
    connection: Connection, spot: Spot, at: datetime, near: Near, pairs: Pairs, chosen: int
) -> Border:
    """The nearest border of the chosen grid, and the lowest other code that touches it there."""
    own = int(pairs.version[chosen])
    lon, lat = measure.nearest_on_border(near.columns.shapes[own], spot.lon, spot.lat)
    grid = near.versions[own].grid
    touching = measure.box_around(lon, lat, 2 * assignment.ON_BORDER_M)
    if not near.holds(touching):
        near = boundaries.near(connection, touching, at)
    points = np.repeat([[lon, lat]], len(near.versions), axis=0)
    close = measure.distance_m(near.columns.shapes, points) <= assignment.ON_BORDER_M
    beyond = [near.versions[n] for n in np.flatnonzero(close) if near.versions[n].grid != grid]
    meters = float(pairs.candidates.border_m[chosen])
    return Border(meters, lon, lat, beyond[0] if beyond else None)


def _in_region(connection: Connection, spot: Spot, at: datetime) -> Located:
    """Outside every grid: the queue of the township, else the county, else the installation."""
    path = boundaries.region_of(connection, spot.lon, spot.lat, at)
    how, path = queue_of(path, holders.levels(connection))
    return Located(how, False, path, spot)


def queue_of(path: str, declared: list[holders.Level]) -> tuple[str, str]:
    """Which queue takes in what lies in no grid: (how, path) from the path of a region."""
    for how, depth in (
        ("township", holders.answering_depth(declared)),
        ("county", holders.county_depth(declared)),
    ):
        if (queue := area.at_level(path, depth)) is not None:
            return how, queue
    return "installation", area.EVERYTHING


def _nowhere(spot: Spot | None) -> Located:
    return Located("installation", False, area.EVERYTHING, spot)


def _with_holders(
    connection: Connection, found: Located, now: datetime, nearest_limit_m: float
) -> Located:
    today = _today(connection, found, now, nearest_limit_m)
    path = today.path if today else found.path
    worker, center = holders.answering(connection, today.grid if today else None, path, now)
    return replace(found, path=path, today=today, worker=worker, center=center)


def _today(
    connection: Connection, found: Located, now: datetime, nearest_limit_m: float
) -> GridVersion | None:
    if found.version is None or found.version.in_force(now):
        return found.version
    open_now = boundaries.of_grids(connection, [found.version.grid], now)
    if found.version.grid in open_now:
        return open_now[found.version.grid]
    return _at_spot(connection, found.spot, now, nearest_limit_m).version if found.spot else None
