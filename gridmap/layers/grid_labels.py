"""The numbers of grids: one point each."""

from gridmap.layers.base import Layer, Ranges, Select, Tile, Words

_SQL = """
SELECT v.label AS shape, v.path, v.number FROM grid_version AS v
 WHERE v.label && {box} AND upper_inf(v.during)
"""


def _rows(_asked: Tile, _ranges: Ranges) -> Select:
    return Select(_SQL)


LAYER = Layer(
    id="grid-labels",
    order=80,
    title=Words("网格编号", "Grid numbers"),
    about=Words("网格在村里的编号", "The number of a grid within its village"),
    group="base",
    what="boundary",
    rows=_rows,
    min_zoom=11,
    shapes="grids",
    stale_on=("BoundaryPublished",),
    fields={"path": "String", "number": "String"},
    style=[
        {
            "id": "grid-labels",
            "type": "symbol",
            "source-layer": "grid-labels",
            "minzoom": 11,
            "layout": {
                "text-field": ["get", "number"],
                "text-font": ["Noto Sans Regular"],
                "text-size": 10.5,
                "text-letter-spacing": 0.03,
                "text-padding": 8,
            },
            "paint": {
                "text-color": "--m-label-2",
                "text-halo-color": "--m-halo",
                "text-halo-width": 1.6,
                "text-opacity": 0.85,
            },
        }
    ],
)
