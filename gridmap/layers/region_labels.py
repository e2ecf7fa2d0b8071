"""The names of regions: one point each, inside the shape, not one a tile."""

from sqlalchemy import Connection

from gridmap.layers.base import Layer, Select, Tile, Words

_SQL = """
SELECT v.label AS shape, v.path, v.name, v.name_en,
       length(v.path) - length(replace(v.path, '/', '')) AS level
  FROM region_version AS v
 WHERE v.label && {box} AND upper_inf(v.during)
"""


def _rows(_connection: Connection, _asked: Tile) -> Select:
    return Select(_SQL)


def _label(
    level: int, size: object, zooms: tuple[float, float], *, bold: bool = True
) -> dict[str, object]:
    return {
        "id": f"region-labels-{level}",
        "type": "symbol",
        "source-layer": "region-labels",
        "minzoom": zooms[0],
        "maxzoom": zooms[1],
        "filter": ["==", ["get", "level"], level],
        "layout": {
            "text-field": ["get", "name"],
            "text-font": ["Noto Sans Bold" if bold else "Noto Sans Regular"],
            "text-size": size,
            "text-letter-spacing": 0.12 if bold else 0,
            "text-padding": 4,
            "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
            "text-radial-offset": 0.6,
        },
        "paint": {
            "text-color": "--m-label" if bold else "--m-label-2",
            "text-halo-color": "--m-halo",
            "text-halo-width": 2.4 if bold else 2,
        },
    }


LAYER = Layer(
    id="region-labels",
    order=82,
    title=Words("地名", "Names"),
    about=Words("行政区划的名称", "Names of regions"),
    group="base",
    what="boundary",
    rows=_rows,
    shapes="regions",
    stale_on=("BoundaryPublished",),
    fields={"path": "String", "name": "String", "name_en": "String", "level": "Number"},
    style=[
        _label(5, 12, (11, 23), bold=False),
        _label(4, ["interpolate", ["linear"], ["zoom"], 8, 12, 11, 16], (8, 16)),
        _label(3, ["interpolate", ["linear"], ["zoom"], 5, 13, 9, 18], (5, 8.5)),
        _label(2, 15, (3, 6)),
        _label(1, 16, (0, 4)),
    ],
)
