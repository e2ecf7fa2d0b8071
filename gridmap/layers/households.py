"""Households: one mark for an address point, with the number of households there."""

from gridmap.access import ranges_sql
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words

_SQL = """
SELECT h.point AS shape, count(*)::integer AS n, min(h.county) AS county,
       (min(h.id::text)) AS id
  FROM household AS h
 WHERE h.point && {{box}} AND ({areas})
 GROUP BY h.point
"""


def _rows(_asked: Tile, ranges: Ranges) -> Select:
    return Select(_SQL.format(areas=ranges_sql(ranges, "h.path")), first="n DESC, id")


LAYER = Layer(
    id="households",
    order=50,
    title=Words("住户", "Households"),
    about=Words("同一处多户为一个带数字的点", "Several at one point are one mark with a number"),
    group="data",
    what="household",
    rows=_rows,
    min_zoom=14,
    shown=False,
    listed=True,
    stale_on=("ImportLoaded", "ImportTakenBack"),
    fields={"n": "Number", "county": "Number", "id": "String"},
    style=[
        {
            "id": "households",
            "type": "circle",
            "source-layer": "households",
            "paint": {
                "circle-radius": ["case", [">", ["get", "n"], 1], 8, 2.6],
                "circle-color": "--m-halo",
                "circle-stroke-color": "--m-label-2",
                "circle-stroke-width": 1.2,
            },
        },
        {
            "id": "households-number",
            "type": "symbol",
            "source-layer": "households",
            "metadata": {"slot": "point"},
            "filter": [">", ["get", "n"], 1],
            "layout": {
                "text-field": ["to-string", ["get", "n"]],
                "text-font": ["Noto Sans Regular"],
                "text-size": 10,
                "text-allow-overlap": True,
            },
            "paint": {"text-color": "--m-label"},
        },
    ],
)
