"""Hazard heat: counts in square cells, of which the browser makes cases per square kilometer."""

from sqlalchemy import Connection

from gridmap.access import readable
from gridmap.layers.base import Layer, Select, Tile, Words
from gridmap.queries import filters

CELLS_PER_TILE_BITS = 6
"""A tile has 64 × 64 cells."""

_HALF_WORLD_M = 20_037_508.342789244
_SQL = """
WITH cell AS (
    SELECT floor((ST_X(p) + {half}) / :side) AS cx, floor((ST_Y(p) + {half}) / :side) AS cy,
           count(*) AS n
      FROM (SELECT ST_Transform(i.point, 3857) AS p FROM incident AS i
             WHERE i.point && {{box}} AND ({areas}) AND {wanted}) AS located
     GROUP BY 1, 2)
SELECT ST_Transform(ST_SetSRID(ST_MakePoint((cx + 0.5) * :side - {half},
                                            (cy + 0.5) * :side - {half}), 3857), 4326) AS shape,
       n::integer AS n
  FROM cell
"""


def _rows(connection: Connection, asked: Tile) -> Select:
    wanted, parameters = filters.conditions(asked.filters, asked.zone)
    areas = readable(connection, "incident", "i.path")
    side = 2 * _HALF_WORLD_M / 2 ** (asked.z + CELLS_PER_TILE_BITS)
    sql = _SQL.format(areas=areas, wanted=wanted, half=_HALF_WORLD_M)
    return Select(sql, parameters | {"side": side})


LAYER = Layer(
    id="heat",
    order=30,
    title=Words("热力", "Heat"),
    about=Words(
        "每平方公里件数，半径以米计，各级一致",
        "Cases per km², in a radius in meters, the same at every zoom",
    ),
    group="data",
    what="incident",
    rows=_rows,
    shown=False,
    filters=("time", "kind", "category", "severity"),
    stale_on=("IncidentReported", "IncidentMoved"),
    fields={"n": "Number"},
    style=[
        {
            "id": "heat",
            "type": "heatmap",
            "source-layer": "heat",
            "minzoom": 8,
            # the browser makes the paint: limits in cases per km² and 30 days
            "metadata": {"slot": "heat", "heat": {"radius_km": 2, "limits": [0.3, 1, 4, 16]}},
            "paint": {},
        }
    ],
)
