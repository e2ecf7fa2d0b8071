"""Hand-overs between grids: where "not my grid" piles up, the border wants redrawing."""

from gridmap.access import ranges_sql
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words

_SQL = """
SELECT l.line AS shape, count(*) OVER (PARTITION BY LEAST(l.path, l.to_path),
                                                    GREATEST(l.path, l.to_path))::integer AS n
  FROM handover_line AS l WHERE l.line && {{box}} AND ({areas})
"""


def _rows(_asked: Tile, ranges: Ranges) -> Select:
    return Select(_SQL.format(areas=ranges_sql(ranges, "l.path")), first="n DESC")


LAYER = Layer(
    id="handovers",
    order=60,
    title=Words("交接线", "Hand-overs"),
    about=Words("“不是我的格”从哪格交到哪格", "From which grid to which “not my grid” went"),
    group="data",
    what="incident",
    rows=_rows,
    min_zoom=9,
    shown=False,
    stale_on=("IncidentHandedOver",),
    fields={"n": "Number"},
    style=[
        {
            "id": "handovers",
            "type": "line",
            "source-layer": "handovers",
            "metadata": {"slot": "isolines"},
            "layout": {"line-cap": "round"},
            "paint": {
                "line-color": "--m-sel",
                "line-width": ["interpolate", ["linear"], ["get", "n"], 1, 1.4, 10, 5],
                "line-dasharray": [2, 1.4],
            },
        }
    ],
)
