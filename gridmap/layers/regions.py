"""The outlines of provinces, prefectures, counties, townships and villages."""

from sqlalchemy import Connection

from gridmap.layers import shapes
from gridmap.layers.base import Layer, Select, Tile, Words

_LEVEL = "length(v.path) - length(replace(v.path, '/', ''))"


def _rows(_connection: Connection, asked: Tile) -> Select:
    return shapes.select("regions", "region_version", f"v.path, v.name, {_LEVEL} AS level", asked)


def _line(
    level: int, color: str, width: float, min_zoom: int, **paint: object
) -> dict[str, object]:
    return {
        "id": f"regions-{level}",
        "type": "line",
        "source-layer": "regions",
        "minzoom": min_zoom,
        "filter": ["==", ["get", "level"], level],
        "layout": {"line-join": "round"},
        "paint": {"line-color": color, "line-width": width, **paint},
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
        _line(5, "--m-village", 0.8, 9, **{"line-opacity": 0.75}),
        {
            **_line(4, "--m-town-c", 3.6, 7, **{"line-opacity": 0.7}),
            "id": "regions-4-casing",
        },
        _line(4, "--m-town", 1.4, 7),
        {**_line(3, "--m-county-band", 12, 5), "id": "regions-3-band"},
        _line(3, "--m-county", 2.2, 4),
        _line(2, "--m-county", 2.2, 0),
        _line(1, "--m-county", 2.6, 0),
    ],
)
