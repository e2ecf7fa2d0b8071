"""The outlines of provinces, prefectures, counties, townships and villages."""

from gridmap.layers import shapes
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words


def _rows(asked: Tile, _ranges: Ranges) -> Select:
    return shapes.select("regions", asked, name="name")


def _line(
    name: str, level: int, color: str, widths: tuple[float, float], **paint: object
) -> dict[str, object]:
    """A border of a level; ``widths`` in pixels at zoom 7 and from zoom 10 on."""
    return {
        "id": f"regions-{name}",
        "type": "line",
        "source-layer": "regions",
        "minzoom": shapes.FIRST_ZOOM_OF_LEVEL[level],
        "filter": ["==", ["get", "level"], level],
        "metadata": {"slot": "border"},
        "layout": {"line-join": "round"},
        "paint": {
            "line-color": color,
            "line-width": ["interpolate", ["linear"], ["zoom"], 7, widths[0], 10, widths[1]],
            **paint,
        },
    }


LAYER = Layer(
    id="regions",
    order=20,
    title=Words("行政区划", "Regions"),
    about=Words("各级行政区划的界线", "Boundaries of regions on every level"),
    group="base",
    what="boundary",
    rows=_rows,
    shapes="regions",
    measures=("density", "density_area", "hazard", "hazard_area", "warning"),
    stale_on=("BoundaryPublished",),
    listed=True,
    fields={"path": "String", "name": "String", "level": "Number"},
    style=[
        {
            "id": "regions-land",
            "type": "fill",
            "source-layer": "regions",
            "filter": ["==", ["get", "level"], 3],
            "metadata": {"slot": "land"},
            "paint": {"fill-color": "--m-land"},
        },
        _line("village", 5, "--m-village", (0.4, 0.8), **{"line-opacity": 0.75}),
        _line("township-casing", 4, "--m-town-c", (1.8, 3.6), **{"line-opacity": 0.7}),
        _line("township", 4, "--m-town", (0.8, 1.4)),
        _line("county-band", 3, "--m-county-band", (4, 12)),
        _line("county", 3, "--m-county", (1.2, 2.2)),
        _line("prefecture", 2, "--m-county", (1.8, 2.2)),
        _line("province", 1, "--m-county", (2.2, 2.6)),
    ],
)
