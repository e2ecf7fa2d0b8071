"""Workers on duty: how many a grid has, at the grid's label point; no name and no live position."""

from gridmap.access import ranges_sql
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words

_SQL = """
SELECT v.label AS shape, v.path, count(d.id)::integer AS n,
       COALESCE(bool_or(d.kind = 'lead'), false) AS has_lead
  FROM grid_version AS v
  LEFT JOIN duty AS d ON d.grid = v.grid AND upper_inf(d.during) AND ({areas})
 WHERE v.label && {{box}} AND upper_inf(v.during)
 GROUP BY v.id
"""


def _rows(_asked: Tile, ranges: Ranges) -> Select:
    return Select(_SQL.format(areas=ranges_sql(ranges, "d.path")))


LAYER = Layer(
    id="workers",
    order=72,
    title=Words("在岗网格员", "Workers on duty"),
    about=Words(
        "每个网格的在岗人数；没有专人的网格空心", "Workers per grid; hollow where there is none"
    ),
    group="data",
    what="duty",
    rows=_rows,
    min_zoom=11,
    shown=False,
    listed=True,
    stale_on=("ImportLoaded", "ImportTakenBack"),
    fields={"path": "String", "n": "Number", "has_lead": "Boolean"},
    style=[
        {
            "id": "workers",
            "type": "symbol",
            "source-layer": "workers",
            "metadata": {"slot": "point"},
            "layout": {
                "icon-image": ["case", ["get", "has_lead"], "mark-worker", "mark-nobody"],
                "icon-allow-overlap": True,
                "text-field": ["case", [">", ["get", "n"], 1], ["to-string", ["get", "n"]], ""],
                "text-font": ["Noto Sans Regular"],
                "text-size": 10,
                "text-anchor": "left",
                "text-offset": [0.6, 0],
                "text-optional": True,
            },
            "paint": {
                "text-color": "--m-sel",
                "text-halo-color": "--m-halo",
                "text-halo-width": 1.6,
            },
        }
    ],
)
