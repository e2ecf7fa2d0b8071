"""Grid cells; colored by a measure that the browser joins to them."""

from sqlalchemy import Connection

from gridmap.layers import shapes
from gridmap.layers.base import Layer, Select, Tile, Words


def _rows(_connection: Connection, asked: Tile) -> Select:
    return shapes.select("grids", "grid_version", "v.path, v.number", asked)


LAYER = Layer(
    id="grids",
    order=10,
    title=Words("网格", "Grids"),
    about=Words("网格界线，按所选指标着色", "Grid cells, colored by the chosen measure"),
    group="base",
    what="boundary",
    rows=_rows,
    min_zoom=8,
    shapes="grids",
    measures=("density", "density_area", "hazard", "hazard_area", "warning"),
    stale_on=("BoundaryPublished",),
    listed=True,
    fields={"path": "String", "number": "String"},
    style=[
        {
            "id": "grids-line",
            "type": "line",
            "source-layer": "grids",
            "minzoom": 9,
            "layout": {"line-join": "round"},
            "paint": {"line-color": "--m-grid", "line-width": 0.5, "line-opacity": 0.55},
        }
    ],
)
