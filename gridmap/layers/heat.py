"""Hazard heat: counts in square cells, of which the browser makes cases per square kilometer."""

from sqlalchemy import Connection

from gridmap.access import ranges_sql
from gridmap.heat import encode, in_cells
from gridmap.heat.cells import CELL_ZOOM, TILE_CELL_BITS
from gridmap.layers import pooling
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words
from gridmap.queries import counting, filters

# what the columns are right by, and what answers while they cannot be read
_SQL = """
WITH cell AS (
    SELECT i.heat_cx >> :shift AS cx, i.heat_cy >> :shift AS cy, count(*) AS n
      FROM incident AS i
     WHERE i.point && {{box}} AND ({areas}) AND {wanted}
     GROUP BY 1, 2)
SELECT ST_SetSRID(ST_MakePoint((cx + 0.5) / :side * 360 - 180,
                               atand(sinh(pi() * (1 - 2 * (cy + 0.5) / :side)))), 4326) AS shape,
       n::integer AS n
  FROM cell
"""


def _rows(asked: Tile, ranges: Ranges) -> Select:
    wanted, parameters = filters.conditions(asked.filters, asked.zone)
    areas = ranges_sql(ranges, "i.path")
    level = asked.z + TILE_CELL_BITS
    sizes = {"side": float(2**level), "shift": CELL_ZOOM - level}
    return Select(_SQL.format(areas=areas, wanted=wanted), parameters | sizes)


def _draw(connection: Connection, asked: Tile, ranges: Ranges) -> bytes | None:
    if asked.heat is None or (moment := asked.heat.now()) is None:
        return None
    wanted = counting.asked(connection, asked.filters, ranges)
    return encode(in_cells(moment, asked.z, asked.x, asked.y, wanted), layer=LAYER.id, key="n")


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
    draw=_draw,
    pooled=pooling.rows,
    max_zoom=CELL_ZOOM - TILE_CELL_BITS,
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
