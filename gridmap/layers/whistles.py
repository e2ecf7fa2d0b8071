"""Whistles under way: the incidents to which departments were called, until all of them are in."""

from gridmap.access import ranges_sql
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words

_SQL = """
SELECT i.point AS shape, i.county, i.id::text AS id, count(*)::integer AS called,
       count(e.arrived_at)::integer AS arrived
  FROM errand AS e JOIN incident AS i ON i.county = e.county AND i.id = e.incident
 WHERE i.point && {{box}} AND e.kind = 'whistle' AND e.answered_at IS NULL AND ({areas})
 GROUP BY i.county, i.id HAVING count(*) > count(e.arrived_at)
"""


def _rows(_asked: Tile, ranges: Ranges) -> Select:
    return Select(_SQL.format(areas=ranges_sql(ranges, "e.path")), first="called DESC, id")


LAYER = Layer(
    id="whistles",
    order=88,
    title=Words("吹哨", "Whistles"),
    about=Words("中心叫了部门、还没到齐的事件", "Where departments were called and not all are in"),
    group="data",
    what="errand",
    rows=_rows,
    stale_on=("DepartmentsWhistled", "DepartmentArrived", "DepartmentAnswered"),
    fields={"county": "Number", "id": "String", "called": "Number", "arrived": "Number"},
    style=[
        {
            "id": "whistles-ring",
            "type": "circle",
            "source-layer": "whistles",
            "metadata": {"slot": "point"},
            "paint": {
                "circle-radius": 11,
                "circle-color": "--m-halo",
                "circle-opacity": 0.85,
                "circle-stroke-color": "--m-sel",
                "circle-stroke-width": 2,
            },
        },
        {
            "id": "whistles-count",
            "type": "symbol",
            "source-layer": "whistles",
            "metadata": {"slot": "point"},
            "layout": {
                "text-field": ["concat", ["get", "arrived"], "/", ["get", "called"]],
                "text-font": ["Noto Sans Bold"],
                "text-size": 10,
                "text-allow-overlap": True,
            },
            "paint": {"text-color": "--m-sel"},
        },
    ],
)
