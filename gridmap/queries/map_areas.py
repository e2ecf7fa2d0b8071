"""The areas and the heat of a map that is exported: shapes, names, and counts in large cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.queries import describe, filters, holders
from gridmap.queries.filters import Filters

MOST_AREAS = 2_500
"""A page with more shapes than this is slow to open: the next coarser level is shown."""

HEAT_LEVEL = 15
"""Cells of 1/2^15 of the world's width: 1.0 km at 35 degrees north."""

HEAT_LEAST = 3
"""Cells with fewer cases are left out: the page goes where nobody's rights are asked."""

Box = tuple[float, float, float, float]
_DEGREES = 5
_BAND = 11
_WORLD_M = 40_075_016.685578488


@dataclass(frozen=True)
class Extent:
    """The areas within a path and, if given, in a box (west, south, east, north in degrees)."""

    within: str
    box: Box | None = None

    def condition(self, column: str, shape: str) -> str:
        """The extent as an SQL condition of literals."""
        inside = range_sql(area.bounds(self.within), column)
        if self.box is None:
            return inside
        west, south, east, north = self.box
        return (
            f"{inside} AND {shape} && ST_MakeEnvelope({west!r},{south!r},{east!r},{north!r},4326)"
        )


@dataclass(frozen=True)
class Area:
    """One area: its path, how it is called, and its outline as GeoJSON text (WGS 84)."""

    path: str
    name: str
    outline: str


_HOW_MANY = """
SELECT v.depth, count(*) AS n FROM region_version AS v
 WHERE upper_inf(v.during) AND {inside} GROUP BY 1
 UNION ALL
SELECT CAST(:grid_depth AS integer), count(*) FROM grid_version AS v
 WHERE upper_inf(v.during) AND {inside}
"""


def best_depth(connection: Connection, extent: Extent) -> int:
    """The deepest level with at most MOST_AREAS areas in the extent; grids are the deepest."""
    grid_depth = len(holders.levels(connection)) + 1
    statement = _HOW_MANY.format(inside=extent.condition("v.path", "v.shape"))
    counted = connection.execute(text(statement), {"grid_depth": grid_depth}).all()
    fitting = [row.depth for row in counted if 0 < row.n <= MOST_AREAS]
    return max(fitting, default=grid_depth)


_AREAS = f"""
SELECT v.path, ST_AsGeoJSON(ST_Transform(s.shape, 4326), {_DEGREES}) AS outline
  FROM simplified AS s JOIN {{table}} AS v ON v.id = s.version_id
 WHERE s.layer = :layer AND s.band = :band AND upper_inf(v.during) AND {{level}}
   AND {{inside}}
 ORDER BY v.path
"""


def areas(connection: Connection, extent: Extent, depth: int, now: datetime) -> list[Area]:
    """The areas of a level, simplified together so that no gap opens between them."""
    is_grid = depth > len(holders.levels(connection))
    layer, table = ("grids", "grid_version") if is_grid else ("regions", "region_version")
    statement = _AREAS.format(
        table=table,
        # grids are the deepest level and have no other
        level="true" if is_grid else "v.depth = :depth",
        inside=extent.condition("v.path", "v.shape"),
    )
    rows = connection.execute(
        text(statement), {"layer": layer, "band": _BAND, "depth": depth}
    ).all()
    names = describe.names_above(connection, [row.path for row in rows], now)
    return [Area(row.path, _called(row.path, names), row.outline) for row in rows]


def _called(path: str, names: dict[str, str]) -> str:
    return names[path] if path in names else describe.grid_name(path, names)


_HEAT = """
SELECT ST_X(center) AS lon, ST_Y(center) AS lat, n
  FROM (SELECT ST_Transform(ST_SetSRID(ST_MakePoint((x + 0.5) * :side, (y + 0.5) * :side), 3857),
                            4326) AS center, n
          FROM (SELECT floor(ST_X(p) / :side) AS x, floor(ST_Y(p) / :side) AS y, count(*) AS n
                  FROM (SELECT ST_Transform(i.point, 3857) AS p FROM incident AS i
                         WHERE i.point IS NOT NULL AND ({areas}) AND {inside} AND {wanted}) AS o
                 GROUP BY 1, 2) AS cell
         WHERE n >= :least) AS placed
 ORDER BY lat, lon
"""


def heat(
    connection: Connection, extent: Extent, wanted: Filters, zone: str
) -> Sequence[tuple[float, float, float]]:
    """Longitude, latitude and number of cases of each cell that has at least HEAT_LEAST."""
    condition, parameters = filters.conditions(wanted, zone)
    statement = _HEAT.format(
        areas=readable(connection, "incident", "i.path"),
        inside=extent.condition("i.path", "i.point"),
        wanted=condition,
    )
    given = parameters | {"side": _WORLD_M / 2**HEAT_LEVEL, "least": HEAT_LEAST}
    return [(row.lon, row.lat, float(row.n)) for row in connection.execute(text(statement), given)]
