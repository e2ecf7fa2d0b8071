"""Open warnings: shape, character and color say the level."""

from gridmap.access import ranges_sql
from gridmap.layers.base import Layer, Ranges, Select, Tile, Words

NEAR_ZOOM, COUNTY_ZOOM, _SQUARES_OF_TILE = 9, 6, 9
_OPEN = """
SELECT w.point AS shape, w.county, w.id::text AS id, w.path, w.color, w.since,
       w.answered_at IS NOT NULL AS answered
  FROM warning AS w WHERE w.closed_at IS NULL AND ({areas})
"""
_BY_COLOR = ", ".join(f"CAST(color = {n} AS integer) AS c{n}" for n in range(1, 5))
_NEAR_SQL = f"SELECT *, 1 AS n, {_BY_COLOR} FROM ({_OPEN}) AS open WHERE shape && {{{{box}}}}"
_COUNTED = ", ".join(
    f"CAST(count(*) FILTER (WHERE color = {n}) OVER square AS integer) AS c{n}" for n in range(1, 5)
)
# from afar the worst of each square stands for it, with how many there are; of a county, farther
_FAR_SQL = f"""
SELECT * FROM (
    SELECT DISTINCT ON (county, cx, cy) shape, county, id, path, color, since, answered,
           CAST(count(*) OVER square AS integer) AS n, {_COUNTED}
      FROM (SELECT *, floor((ST_X(shape) + 180) / 360 * :squares) AS cx,
                   floor((0.5 - asinh(tand(ST_Y(shape))) / (2 * pi())) * :squares) AS cy
              FROM ({_OPEN}) AS open) AS placed
    WINDOW square AS (PARTITION BY county, cx, cy)
     ORDER BY county, cx, cy, color DESC, since, id) AS worst
 WHERE shape && {{{{box}}}}
"""


def _rows(asked: Tile, ranges: Ranges) -> Select:
    areas = ranges_sql(ranges, "w.path")
    first = "color DESC, since, id"
    if asked.z >= NEAR_ZOOM:
        return Select(_NEAR_SQL.format(areas=areas), first=first)
    squares = _SQUARES_OF_TILE << asked.z if asked.z > COUNTY_ZOOM else 0
    return Select(_FAR_SQL.format(areas=areas), {"squares": squares}, first=first)


LAYER = Layer(
    id="warnings",
    order=90,
    title=Words("预警", "Warnings"),
    about=Words(
        "未解除的四色预警，未签收的先看", "Open four-color warnings; unanswered ones first"
    ),
    group="data",
    what="warning",
    rows=_rows,
    listed=True,
    stale_on=("WarningRaised", "WarningAnswered", "WarningClosed"),
    fields={
        "county": "Number",
        "id": "String",
        "path": "String",
        "color": "Number",
        "answered": "Boolean",
        "n": "Number",
        "c1": "Number",
        "c2": "Number",
        "c3": "Number",
        "c4": "Number",
    },
    style=[
        {
            "id": "warnings",
            "type": "symbol",
            "source-layer": "warnings",
            "metadata": {"slot": "sign"},
            "layout": {
                "icon-image": ["concat", "sign-", ["to-string", ["get", "color"]]],
                "icon-size": ["match", ["get", "color"], 4, 1, 3, 0.95, 0.8],
                "icon-allow-overlap": True,
                "symbol-sort-key": ["get", "color"],
            },
        },
        {
            "id": "warnings-number",
            "type": "symbol",
            "source-layer": "warnings",
            "metadata": {"slot": "sign"},
            "maxzoom": NEAR_ZOOM + 1,
            "filter": [">", ["get", "n"], 1],
            "layout": {
                "text-field": ["to-string", ["get", "n"]],
                "text-font": ["Noto Sans Bold"],
                "text-size": 12,
                "text-anchor": "left",
                "text-offset": [1.1, 0.1],
                "text-allow-overlap": True,
            },
            "paint": {
                "text-color": "--m-label",
                "text-halo-color": "--m-halo",
                "text-halo-width": 1.5,
            },
        },
    ],
)
