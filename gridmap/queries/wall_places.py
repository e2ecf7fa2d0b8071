"""Where a wall is: the chain of names, the outline, what lies below, and the crowded middle."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import areas, range_sql
from gridmap.queries import describe, holders

_OUTLINE_BAND = 11
"""The outline is cut out of the map at about this zoom: fine enough for a screen of 4K."""
_DEGREES = 5

_OF_REGION = f"""
SELECT ST_AsGeoJSON(ST_Transform(s.shape, 4326), {_DEGREES})::json AS outline,
       ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) AS east, ST_YMax(e) AS north
  FROM simplified AS s, ST_Transform(ST_Envelope(s.shape), 4326) AS e
 WHERE s.path = :path AND s.band = {_OUTLINE_BAND}
"""
_EVERYWHERE = f"""
SELECT NULL::json AS outline, ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) AS east,
       ST_YMax(e) AS north
  FROM (SELECT ST_Extent(ST_Transform(s.shape, 4326)) AS e FROM simplified AS s
         WHERE s.band = {_OUTLINE_BAND} AND s.layer = 'regions' AND s.level = 1) AS whole
 WHERE e IS NOT NULL
"""
_BELOW = """
SELECT v.path, v.name, ST_X(v.label) AS lon, ST_Y(v.label) AS lat
  FROM region_version AS v
 WHERE upper_inf(v.during) AND v.depth = :level AND {inside}
 UNION ALL
SELECT v.path, v.number, ST_X(v.label), ST_Y(v.label)
  FROM grid_version AS v
 WHERE upper_inf(v.during) AND :level > (SELECT max(depth) FROM level)
   AND length(v.path) - length(replace(v.path, '/', '')) = :level AND {inside}
 ORDER BY path
"""
_CORE = """
SELECT v.village, avg(v.area_m2) AS size, avg(ST_X(v.label)) AS lon, avg(ST_Y(v.label)) AS lat
  FROM (SELECT regexp_replace(g.path, '[^/]+/$', '') AS village, g.area_m2, g.label
          FROM grid_version AS g WHERE upper_inf(g.during) AND {inside}) AS v
 GROUP BY v.village HAVING count(*) >= 3 ORDER BY size LIMIT 1
"""


def place(connection: Connection, within: str, *, now: datetime) -> dict[str, Any]:
    """An area for the wall's map: its chain, outline, extent, what is below, and its core.

    ``core`` is, in a county, the village with the smallest grids: where people live closest.
    """
    names = describe.names_above(connection, [within], now)
    inside = range_sql(area.bounds(within), "v.path")
    statement = text(_OF_REGION if within else _EVERYWHERE)
    shape = connection.execute(statement, {"path": within}).first()
    below = connection.execute(
        text(_BELOW.format(inside=inside)), {"level": area.level(within) + 1}
    ).all()
    core = _core(connection, within)
    return {
        "within": within,
        "chain": _chain(within, names),
        "outline": shape.outline if shape else None,
        "bounds": [shape.west, shape.south, shape.east, shape.north] if shape else None,
        "below": [dict(row._mapping) for row in below],
        "core": core,
    }


def _core(connection: Connection, within: str) -> dict[str, float] | None:
    if area.level(within) != holders.county_depth(holders.levels(connection)):
        return None
    inside = range_sql(area.bounds(within), "g.path")
    found = connection.execute(text(_CORE.format(inside=inside))).first()
    return {"lon": found.lon, "lat": found.lat} if found else None


def home(connection: Connection) -> str:
    """The area that a viewer's wall opens with: the smallest that holds all it may see."""
    lows = [low for low, _ in areas(connection, "incident")]
    if not lows:
        return area.EVERYTHING
    shared = [
        one
        for one in (*area.parents(lows[0]), lows[0])
        if all(area.within(low, one) for low in lows)
    ]
    return max(shared, key=area.level, default=area.EVERYTHING) or _only_top(connection)


def _only_top(connection: Connection) -> str:
    """Down to where the territory first divides: one province, one county need no overview."""
    here = area.EVERYTHING
    deepest = holders.county_depth(holders.levels(connection))
    while area.level(here) < deepest:
        found = connection.execute(
            text(
                "SELECT v.path FROM region_version AS v WHERE upper_inf(v.during)"
                f" AND v.depth = :level AND {range_sql(area.bounds(here), 'v.path')} LIMIT 2"
            ),
            {"level": area.level(here) + 1},
        ).all()
        if len(found) != 1:
            break
        here = found[0].path
    return here


def _chain(within: str, names: dict[str, str]) -> list[dict[str, Any]]:
    known = describe.chain(within, names)
    if within and within not in names:
        number = within.split("/")[-2]
        known.append({"depth": area.level(within), "path": within, "name": number})
    return known


def called(
    connection: Connection, paths: Iterable[str], within: str, *, now: datetime
) -> dict[str, list[str]]:
    """How places are called on a wall of an area: the names below it, a grid by its number."""
    wanted = set(paths)
    names = describe.names_above(connection, wanted, now)
    return {path: _below(path, within, names) for path in wanted}


def _below(path: str, within: str, names: dict[str, str]) -> list[str]:
    chain = [one for one in (*area.parents(path), path) if area.level(one) > area.level(within)]
    said = [names[one] if one in names else one.split("/")[-2] for one in chain]
    if said:
        return said
    return [names.get(path, path.split("/")[-2] if path else "")]
