"""The worst open warning of each area."""

from collections import defaultdict

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.layers.base import Words
from gridmap.layers.measure import Figure, Measure, Question

_OPEN = """
SELECT w.path, w.color FROM warning AS w
 WHERE w.closed_at IS NULL AND ({areas}) AND {inside}
"""


def _worst(connection: Connection, _measure: Measure, asked: Question) -> dict[str, Figure]:
    areas = readable(connection, "warning", "w.path")
    inside = range_sql(area.bounds(asked.within), "w.path")
    colors: defaultdict[str, list[int]] = defaultdict(list)
    for path, color in connection.execute(text(_OPEN.format(areas=areas, inside=inside))):
        if (ancestor := area.at_level(path, asked.depth)) is not None:
            colors[ancestor].append(color)
    return {
        path: Figure(len(found), None, None, max(found), False) for path, found in colors.items()
    }


MEASURE = Measure(
    id="warning",
    order=5,
    title=Words("预警等级", "Warning level"),
    unit=Words("未解除的最高一级", "worst that is open"),
    what="warning",
    denominator=None,
    figures=_worst,
    palette=("--w-blue", "--w-yellow", "--w-orange", "--w-red"),
    stale_on=("WarningRaised", "WarningAnswered", "WarningClosed"),
)
