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


def _label(level: int, size: int, zooms: tuple[int, int], **layout: object) -> dict[str, object]:
    return {
        "id": f"region-labels-{level}",
        "type": "symbol",
        "source-layer": "region-labels",
        "minzoom": zooms[0],
        "maxzoom": zooms[1],
        "filter": ["==", ["get", "level"], level],
        "layout": {"text-field": ["get", "name"], "text-size": size, "text-padding": 4, **layout},
        "paint": {
            "text-color": "--m-label",
            "text-halo-color": "--m-halo",
            "text-halo-width": 1.6,
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
        _label(5, 12, (11, 23)),
        _label(4, 16, (8, 16), **{"text-letter-spacing": 0.1}),
        _label(3, 17, (5, 9)),
        _label(2, 17, (0, 6)),
    ],
)
