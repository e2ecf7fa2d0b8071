"""What the map offers: levels, kinds, categories, layers, measures, extent."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from gridmap.access import areas, readable
from gridmap.clock import local_day
from gridmap.layers import layers, measures, pooling
from gridmap.layers.base import Layer, may_see
from gridmap.layers.figures import limits
from gridmap.queries import holders

KINDS = (
    ("dispute", "矛盾纠纷", "Disputes"),
    ("hazard", "安全隐患", "Safety hazards"),
    ("service", "便民服务", "Services"),
)
_EXTENT = """
SELECT ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) AS east, ST_YMax(e) AS north
  FROM (SELECT ST_Extent(shape) AS e FROM region_version WHERE upper_inf(during)
         UNION ALL SELECT ST_Extent(shape) FROM grid_version WHERE upper_inf(during)) AS both_
 WHERE e IS NOT NULL LIMIT 1
"""


def catalog(connection: Connection, *, now: datetime, zone: str) -> dict[str, Any]:
    """The catalog, without what is a setting."""
    declared = holders.levels(connection)
    depths = [level.depth for level in declared]
    extent = connection.execute(text(_EXTENT)).first()
    return {
        "zone": zone,
        "sample": bool(connection.scalar(text("SELECT sample FROM installation"))),
        "last_day": last_day(connection, now, zone).isoformat(),
        "bounds": list(extent) if extent else None,
        "levels": [vars(level) for level in declared],
        "grid_depth": max(depths, default=0) + 1,
        "kinds": [{"id": id, "zh": zh, "en": en} for id, zh, en in KINDS],
        "categories": _categories(connection),
        "layers": [
            _described(connection, one) for one in layers().values() if may_see(connection, one)
        ],
        "measures": _measures(connection, [*depths, max(depths, default=0) + 1]),
        "boundary_version": _boundary_version(connection, zone),
    }


def last_day(connection: Connection, now: datetime, zone: str) -> date:
    """The last local day that has an incident the viewer may see; today where there is none."""
    sql = f"SELECT max(occurred_at) FROM incident AS i WHERE {readable(connection, 'incident')}"
    last = connection.scalar(text(sql))
    return local_day(last or now, zone)


def _described(connection: Connection, layer: Layer) -> dict[str, Any]:
    """The layer as this viewer has it: of sums alone, and chosen only as those can be."""
    found = describe(layer)
    if layer.what is None or areas(connection, layer.what):
        return found
    return found | {"about": pooling.ABOUT._asdict(), "filters": list(pooling.FILTERS)}


def describe(layer: Layer) -> dict[str, Any]:
    """A layer as the browser needs it."""
    return {
        "id": layer.id,
        "title": layer.title._asdict(),
        "about": layer.about._asdict(),
        "group": layer.group,
        "shown": layer.shown,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "tiles": f"/tiles/{layer.id}.json",
        "filters": list(layer.filters),
        "list": layer.listed,
        "measures": list(layer.measures),
        "stale_on": list(layer.stale_on),
        "style": layer.style,
    }


def _categories(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(text("SELECT number, kind, zh, en FROM category ORDER BY number"))
    return [dict(row._mapping) for row in rows]


def _measures(connection: Connection, depths: list[int]) -> list[dict[str, Any]]:
    return [
        measure.describe()
        | {"classes": {depth: limits(connection, measure.id, depth) for depth in depths}}
        for measure in measures().values()
        if areas(connection, measure.what)
    ]


def _boundary_version(connection: Connection, zone: str) -> str | None:
    since = connection.scalar(
        text("SELECT max(lower(during)) FROM grid_version WHERE upper_inf(during)")
    )
    return since.astimezone(ZoneInfo(zone)).date().isoformat() if since else None
