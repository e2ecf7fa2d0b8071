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
from gridmap.queries.safety_index import Brief
from gridmap.rules.safety_index import GRADES, LIMITS, grade, unsure


def month_shown(filters: Filters) -> Filters:
    """The month that is colored: the last one that is over with the last day asked for."""
    month = (filters.last + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return Filters(month.replace(day=1), month)


def _indexes(connection: Connection, _measure: Measure, asked: Question) -> dict[str, Figure]:
    month = month_shown(asked.filters).first
    _, over = day_bounds(month, last_day_of(month), asked.zone)
    wanted = Asked(asked.within, asked.depth, month)
    found = safety_index.brief(connection, wanted, now=asked.now or over, zone=asked.zone)
    return {path: _figure(one) for path, one in found.items()}


def _figure(found: Brief) -> Figure:
    """``rate`` is the index itself; it has no class where its interval allows too many."""
    index, low, high, present = found
    if index is None or low is None or high is None:
        return Figure(present, None, index, None, False)
    thin = unsure(index, low, high)
    return Figure(present, None, index, None if thin else grade(index), thin)


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
    few=True,
    hatched=Words("可能差两档", "may be two grades off"),
    said=Words("九项里 {n} 项有数据", "{n} of 9 dimensions have data"),
    stale_on=("IndexPublished",),
)
