"""Incidents: a mark each, by kind; names and words are never in a tile."""

from gridmap.access import ranges_sql
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words
from gridmap.queries import filters

_SQL = """
SELECT i.point AS shape, i.county, i.id::text AS id, i.category, c.kind, i.severity, i.state,
       i.received_at
  FROM incident AS i JOIN category AS c ON c.number = i.category
 WHERE i.point && {{box}} AND ({areas}) AND {wanted}
"""
_NEWEST = "received_at DESC, id"


def _rows(asked: Tile, ranges: Ranges) -> Select:
    wanted, parameters = filters.conditions(asked.filters, asked.zone)
    areas = ranges_sql(ranges, "i.path")
    return Select(_SQL.format(areas=areas, wanted=wanted), parameters, _NEWEST)


LAYER = Layer(
    id="incidents",
    order=60,
    title=Words("上报点", "Incidents"),
    about=Words(
        "每件事件一个点：圆是纠纷，三角是隐患，方是服务",
        "Disc: dispute; triangle: hazard; square: service",
    ),
    group="data",
    what="incident",
    rows=_rows,
    min_zoom=11,
    filters=("time", "kind", "category", "severity"),
    listed=True,
    stale_on=("IncidentReported", "IncidentMoved"),
    fields={
        "county": "Number",
        "id": "String",
        "category": "Number",
        "kind": "String",
        "severity": "Number",
        "state": "String",
    },
    style=[
        {
            "id": "incidents",
            "type": "symbol",
            "source-layer": "incidents",
            "minzoom": 11,
            # the browser draws six or more within 20 px as one counted ring
            "metadata": {"slot": "point", "group_px": 20, "group_min": 6},
            "layout": {
                "icon-image": ["concat", "mark-", ["get", "kind"]],
                "icon-allow-overlap": True,
            },
        }
    ],
)
