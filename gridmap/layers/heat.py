"""Hazard heat: counts in square cells, of which the browser makes cases per square kilometer."""

from gridmap.layers.base import Layer, Ranges, Select, Tile, Words, inside
from gridmap.queries import filters

CELLS_PER_TILE_BITS = 6
"""A tile has 64 × 64 cells."""

# Web Mercator by hand: PROJ through ST_Transform costs thirty times as much per point.
_SQL = """
WITH cell AS (
    SELECT floor((ST_X(i.point) + 180) / 360 * :side) AS cx,
           floor((0.5 - asinh(tand(ST_Y(i.point))) / (2 * pi())) * :side) AS cy, count(*) AS n
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
    areas = inside(ranges, "i.path")
    side = float(2 ** (asked.z + CELLS_PER_TILE_BITS))
    return Select(_SQL.format(areas=areas, wanted=wanted), parameters | {"side": side})


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
