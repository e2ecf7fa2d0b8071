"""The safety index of the last month that is over on the last day asked for."""

from datetime import timedelta
from itertools import pairwise

from sqlalchemy import Connection

from gridmap.clock import day_bounds
from gridmap.layers.base import Words
from gridmap.layers.measure import Figure, Measure, Named, Question
from gridmap.queries import safety_index
from gridmap.queries.filters import Filters
from gridmap.queries.index_counts import Asked, last_day_of
from gridmap.rules.safety_index import GRADES, LIMITS, grade


def month_shown(filters: Filters) -> Filters:
    """The month that is colored: the last one that is over with the last day asked for."""
    month = (filters.last + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return Filters(month.replace(day=1), month)


def _indexes(connection: Connection, _measure: Measure, asked: Question) -> dict[str, Figure]:
    month = month_shown(asked.filters).first
    _, over = day_bounds(month, last_day_of(month), asked.zone)
    wanted = Asked(asked.within, asked.depth, month)
    found = safety_index.brief(connection, wanted, now=asked.now or over, zone=asked.zone)
    return {
        path: Figure(present, None, index, None if index is None else grade(index), False)
        for path, (index, present) in found.items()
    }


def _spans() -> list[str]:
    middle = [f"{low:g}–{high - 1:g}" for low, high in pairwise(LIMITS)]
    return [f"0–{LIMITS[0] - 1:g}", *middle, f"{LIMITS[-1]:g}–100"]


MEASURE = Measure(
    id="safety_index",
    order=8,
    title=Words("平安指数", "Safety index"),
    unit=Words(
        "九项的加权平均，0–100，50 是一般水平；没有颜色的，数据不够或没有发布",
        "mean of nine, 0–100, 50 is usual; without color: too little data, or not published",
    ),
    what="index",
    denominator=None,
    figures=_indexes,
    named=tuple(
        Named(f"--ix-{n + 1}", Words(f"{span} {zh}", f"{span} {en}"))
        for n, (span, (zh, en)) in enumerate(zip(_spans(), GRADES, strict=True))
    ),
    days=month_shown,
    stale_on=("IndexPublished",),
)
