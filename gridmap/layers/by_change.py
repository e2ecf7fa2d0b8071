"""Change: by how much more or less came in one period than in another, area by area."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from gridmap.layers.base import Words
from gridmap.layers.figures import bases_of, counts_of
from gridmap.layers.measure import RATE_DAYS, Figure, Measure, Named, Question
from gridmap.queries.filters import Filters
from gridmap.rules import change


def _changes(connection: Connection, measure: Measure, asked: Question) -> dict[str, Figure]:
    """``base`` is the count that is compared with, ``rate`` the difference per 30 days."""
    against = asked.against or period_before(asked.filters)
    now = counts_of(connection, measure, asked)
    before = counts_of(connection, measure, replace(asked, filters=against))
    scale = asked.filters.days / against.days
    areas = bases_of(connection, measure, asked).keys() | now.keys() | before.keys()
    return {
        path: _figure(now.get(path, 0), before.get(path, 0), scale, asked.filters.days)
        for path in sorted(areas)
    }


def period_before(filters: Filters) -> Filters:
    """As many days, just before."""
    last = filters.first - timedelta(days=1)
    return replace(filters, first=last - timedelta(days=filters.days - 1), last=last)


def _figure(now: int, before: int, scale: float, days: int) -> Figure:
    difference = (now - before * scale) * RATE_DAYS / days
    thin = change.few(now, before, scale=scale)
    found = None if thin else change.class_of(now, before, scale=scale)
    return Figure(now, before, difference, found, thin)


MEASURE = Measure(
    id="change",
    order=9,
    title=Words("增减", "Change"),
    unit=Words("件／30日，与对比的时段相比", "per 30 days, against the other period"),
    what="incident",
    denominator=None,
    figures=_changes,
    few=True,
    named=(
        Named("--div-c3", Words("少一半以上", "half or less")),
        Named("--div-c2", Words("少三分之一以上", "a third less")),
        Named("--div-c1", Words("少五分之一以上", "a fifth less")),
        Named("--div-0", Words("差不多", "about the same")),
        Named("--div-h1", Words("多四分之一以上", "a quarter more")),
        Named("--div-h2", Words("多一半以上", "half as many again")),
        Named("--div-h3", Words("翻一番以上", "double or more")),
    ),
)
