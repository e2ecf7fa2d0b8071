"""Hot and cold spots: where rates by households are higher or lower than chance would have them.

A sign over the color says what becomes of a hot spot: the range is cut into equal periods, each
with hot spots of its own.
"""

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix
from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql
from gridmap.layers.base import Words
from gridmap.layers.figures import bases_of, counts_by_periods, counts_of
from gridmap.layers.measure import (
    RATE_DAYS,
    THIN_BELOW,
    Figure,
    Measure,
    Named,
    Question,
    Sign,
)
from gridmap.rules import emerging, hot_spots

_LABELS = """
SELECT path, ST_X(label) AS lon, ST_Y(label) AS lat FROM grid_version AS v
 WHERE upper_inf(during) AND {inside} AND :depth > (SELECT max(depth) FROM level)
UNION ALL
SELECT path, ST_X(label), ST_Y(label) FROM region_version AS v
 WHERE upper_inf(during) AND label IS NOT NULL AND {inside} AND depth = :depth
"""


def _spots(connection: Connection, measure: Measure, asked: Question) -> dict[str, Figure]:
    counts = counts_of(connection, measure, asked)
    bases = bases_of(connection, measure, asked)
    inside = range_sql(area.bounds(asked.within), "v.path")
    rows = connection.execute(text(_LABELS.format(inside=inside)), {"depth": asked.depth})
    labels = {row.path: row for row in rows}
    paths = [path for path in bases if path in labels]
    base = np.array([bases[path] for path in paths], float)
    rates = _rates([counts.get(path, 0) for path in paths], base, asked.filters.days)
    neighbors = _neighbors([labels[path] for path in paths])
    found = {
        path: Figure(counts.get(path, 0), bases[path], float(rate), one, False)
        for path, rate, one in zip(paths, rates, _classes(rates, neighbors), strict=True)
    }
    if neighbors is not None:
        for path, sign in _signs(connection, measure, asked, base, paths, neighbors).items():
            if found[path].count >= THIN_BELOW:
                found[path].sign = sign.value
                found[path].at = (labels[path].lon, labels[path].lat)
    return found


def _rates(counts: ArrayLike, base: hot_spots.Values, days: ArrayLike) -> hot_spots.Values:
    scale = 1000 * RATE_DAYS / np.asarray(days, float)
    found: hot_spots.Values = np.asarray(counts, float) * scale / base
    return found


def _neighbors(labels: list[Any]) -> csr_matrix | None:
    """Which places are near each; None where they are too few to call any hot or cold."""
    if len(labels) < hot_spots.FEWEST_PLACES:
        return None
    lon, lat = (np.array([getattr(one, name) for one in labels]) for name in ("lon", "lat"))
    return hot_spots.nearest(lon, lat)


def _classes(rates: hot_spots.Values, neighbors: csr_matrix | None) -> list[int]:
    """0 (cold, 99 %) to 6 (hot, 99 %); 3 where nothing is sure."""
    if neighbors is None:
        return [len(hot_spots.LEVELS)] * len(rates)
    sure = hot_spots.confidence(hot_spots.gi_star(rates, neighbors))
    return [int(one) + len(hot_spots.LEVELS) for one in sure]


def _signs(
    connection: Connection,
    measure: Measure,
    asked: Question,
    base: hot_spots.Values,
    paths: list[str],
    neighbors: csr_matrix,
) -> dict[str, emerging.Sign]:
    """What becomes of the hot spots, by path; nothing for a range too short for periods."""
    first = asked.filters.first
    periods = [
        (first + timedelta(days=begin), first + timedelta(days=end))
        for begin, end in emerging.periods(asked.filters.days)
    ]
    if not periods:
        return {}
    counts = counts_by_periods(connection, measure, asked, periods)
    nothing = [0] * len(periods)
    by_period = np.array([counts.get(path, nothing) for path in paths])
    days = np.array([(last - first).days + 1 for first, last in periods])
    z = hot_spots.gi_star(_rates(by_period, base[:, None], days), neighbors).T
    sure = np.array([hot_spots.confidence(one) for one in z])
    told = emerging.signs(z, sure)
    return {path: sign for path, sign in zip(paths, told, strict=True) if sign is not None}


MEASURE = Measure(
    id="hot",
    order=6,
    title=Words("冷热点", "Hot and cold spots"),
    unit=Words(
        "件／千户·30日，与相邻各格合看", "per 1,000 households and 30 days, with the neighbors"
    ),
    what="incident",
    denominator=None,
    figures=_spots,
    named=(
        Named("--div-c3", Words("冷点 99%", "cold, 99 %")),
        Named("--div-c2", Words("冷点 95%", "cold, 95 %")),
        Named("--div-c1", Words("冷点 90%", "cold, 90 %")),
        Named("--div-0", Words("看不出差别", "no difference that is sure")),
        Named("--div-h1", Words("热点 90%", "hot, 90 %")),
        Named("--div-h2", Words("热点 95%", "hot, 95 %")),
        Named("--div-h3", Words("热点 99%", "hot, 99 %")),
    ),
    signs=(
        Sign(emerging.Sign.NEW.value, Words("新出现的热点", "new hot spot")),
        Sign(emerging.Sign.GROWING.value, Words("越来越热", "growing")),
        Sign(emerging.Sign.PERSISTENT.value, Words("一直热", "persistent")),
        Sign(emerging.Sign.FADING.value, Words("正在消退", "fading")),
    ),
)
