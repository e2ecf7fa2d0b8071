"""Governance centers."""

from gridmap.access import ranges_sql
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words

_SQL = """
SELECT c.point AS shape, c.path, c.name FROM center AS c WHERE c.point && {{box}} AND ({areas})
"""


def _rows(_asked: Tile, ranges: Ranges) -> Select:
    return Select(_SQL.format(areas=ranges_sql(ranges, "c.path")))


LAYER = Layer(
    id="centers",
    order=70,
    title=Words("综治中心", "Centers"),
    about=Words("县、乡镇综治中心的位置", "Where the governance centers are"),
    group="data",
    what="center",
    rows=_rows,
    min_zoom=8,
    listed=True,
    stale_on=("ImportLoaded", "ImportTakenBack"),
    fields={"path": "String", "name": "String"},
    style=[
        {
            "id": "centers",
            "type": "symbol",
            "source-layer": "centers",
            "metadata": {"slot": "point"},
            "layout": {"icon-image": "mark-center", "icon-allow-overlap": True},
        }
    ],
)
