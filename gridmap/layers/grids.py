"""Grid cells; colored by a measure that the browser joins to them."""

from gridmap.layers import shapes
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words


def _rows(asked: Tile, _ranges: Ranges) -> Select:
    return shapes.select("grids", asked, name="number")


LAYER = Layer(
    id="grids",
    order=10,
    title=Words("网格", "Grids"),
    about=Words("网格界线，按所选指标着色", "Grid cells, colored by the chosen measure"),
    group="base",
    what="boundary",
    rows=_rows,
    min_zoom=shapes.FIRST_ZOOM_OF_GRIDS,
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
