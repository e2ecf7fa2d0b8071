"""The names of regions: one point each, inside the shape, not one a tile."""

from gridmap.layers.base import Layer, Ranges, Select, Tile, Words

_FIRST_ZOOM = {1: 0, 2: 3, 3: 5, 4: 8, 5: 11}
_LAST_ZOOM = {1: 4, 2: 6, 3: 8.5, 4: 16, 5: 23}

_SQL = """
SELECT v.label AS shape, v.path, v.name, v.name_en, v.depth AS level
  FROM region_version AS v
 WHERE v.label && {box} AND upper_inf(v.during) AND v.depth = ANY(:levels)
"""


def _rows(asked: Tile, _ranges: Ranges) -> Select:
    # a tile of zoom 8 is drawn until 9
    named = [
        level
        for level, first in _FIRST_ZOOM.items()
        if first < asked.z + 1 and asked.z < _LAST_ZOOM[level]
    ]
    return Select(_SQL, {"levels": named}, first="level, path")


def _label(level: int, size: object, *, bold: bool = True) -> dict[str, object]:
    return {
        "id": f"region-labels-{level}",
        "type": "symbol",
        "source-layer": "region-labels",
        "minzoom": _FIRST_ZOOM[level],
        "maxzoom": _LAST_ZOOM[level],
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
        _label(5, 12, bold=False),
        _label(4, ["interpolate", ["linear"], ["zoom"], 8, 12, 11, 16]),
        _label(3, ["interpolate", ["linear"], ["zoom"], 5, 13, 9, 18]),
        _label(2, 15),
        _label(1, 16),
    ],
)
