"""Open warnings: shape, character and color say the level."""

from gridmap.layers.base import Layer, Ranges, Select, Tile, Words, inside

_SQL = """
SELECT w.point AS shape, w.county, w.id::text AS id, w.color, w.since,
       w.answered_at IS NOT NULL AS answered
  FROM warning AS w
 WHERE w.point && {{box}} AND w.closed_at IS NULL AND ({areas})
"""


def _rows(_asked: Tile, ranges: Ranges) -> Select:
    return Select(_SQL.format(areas=inside(ranges, "w.path")), first="color DESC, since, id")


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
    fields={"county": "Number", "id": "String", "color": "Number", "answered": "Boolean"},
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
        }
    ],
)
