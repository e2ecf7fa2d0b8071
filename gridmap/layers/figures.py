"""Rates of incidents by area: counted by the packed columns, over bases that the database keeps."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import Connection, text

from gridmap import access, area
from gridmap.access import range_sql, readable
from gridmap.heat import by_area, by_periods, last_days
from gridmap.heat.cells import EPOCH
from gridmap.heat.count import Asked
from gridmap.layers.measure import RATE_DAYS, THIN_BELOW, Figure, Measure, Question
from gridmap.queries import counting, filters

Number = TypeVar("Number", int, float)
Period = tuple[date, date]

_COUNTS = """
SELECT i.path, count(*) AS n FROM incident AS i
 WHERE ({areas}) AND {inside} AND {wanted} GROUP BY i.path
"""
_BASES = """
SELECT path, CAST(sum(n) AS bigint) AS n FROM rate_base
 WHERE kind = :kind AND depth = :depth AND ({areas}) AND {inside} GROUP BY path HAVING sum(n) > 0
"""
_BASES_BY_PART = """
SELECT path, CAST(sum(own) AS bigint) AS n FROM rate_base
 WHERE kind = :kind AND own <> 0 AND ({areas}) AND {inside} GROUP BY path HAVING sum(own) > 0
"""
_LIMITS = """
SELECT limits FROM class_break WHERE measure = :measure AND depth = :depth
 ORDER BY version DESC LIMIT 1
"""


def rates(connection: Connection, measure: Measure, asked: Question) -> dict[str, Figure]:
    """Count, base, rate and class of every area of the level that has a base.

    Rates are per 1,000 households or per km², and 30 days. Areas without a household are
    left out of rates by household: there is nothing to divide by.
    """
    counts = counts_of(connection, measure, asked)
    bases = bases_of(connection, measure, asked)
    class_limits = limits(connection, measure.id, asked.depth)
    scale = RATE_DAYS / asked.filters.days * (1000 if measure.denominator == "households" else 1)
    return {
        path: _figure(counts.get(path, 0), base, scale, class_limits)
        for path, base in bases.items()
    }


def counts_of(connection: Connection, measure: Measure, asked: Question) -> dict[str, int]:
    """How many there are in each area of the level that has any."""
    asked = restricted(measure, asked)
    if asked.heat and (moment := asked.heat.now()):
        return by_area(moment, _wanted(connection, asked), asked.depth)
    return _counted_by_table(connection, asked)


def counts_by_periods(
    connection: Connection, measure: Measure, asked: Question, periods: Sequence[Period]
) -> dict[str, list[int]]:
    """The same, period by period: these follow each other in the range (first and last day)."""
    asked = restricted(measure, asked)
    if asked.heat and (moment := asked.heat.now()):
        days = [((first - EPOCH).days, (last - EPOCH).days) for first, last in periods]
        found = by_periods(moment, _wanted(connection, asked), asked.depth, days)
        return {path: n.tolist() for path, n in found.items()}
    counted: dict[str, list[int]] = {}
    for at, (first, last) in enumerate(periods):
        part = replace(asked, filters=replace(asked.filters, first=first, last=last))
        for path, n in _counted_by_table(connection, part).items():
            counted.setdefault(path, [0] * len(periods))[at] = n
    return counted


def last_days_of(connection: Connection, asked: Question) -> dict[str, date] | None:
    """The last day with an incident of each area of the level; None without packed columns."""
    if not (asked.heat and (moment := asked.heat.now())):
        return None
    found = last_days(moment, _wanted(connection, asked), asked.depth)
    return {path: EPOCH + timedelta(days=day) for path, day in found.items()}


def bases_of(connection: Connection, measure: Measure, asked: Question) -> dict[str, float]:
    """Households, or km² where the measure is by area, of every area of the level that has any."""
    by_km2 = measure.denominator == "km2"
    whole = asked.depth >= area.level(asked.within) and access.sees_whole(
        connection, "rate", asked.within
    )
    statement = (_BASES if whole else _BASES_BY_PART).format(
        areas=readable(connection, "rate"), inside=_inside("path", asked)
    )
    kind = "m2" if by_km2 else "household"
    rows = connection.execute(text(statement), {"kind": kind, "depth": asked.depth})
    found = {row.path: row.n / 1e6 if by_km2 else row.n for row in rows}
    # of an area that is seen in part, what that part holds
    return found if whole else rolled_up(found, asked.depth)


def limits(connection: Connection, measure: str, depth: int) -> list[float]:
    """The four class limits of a measure on a level, lowest first; empty before they are fitted."""
    found = connection.scalar(text(_LIMITS), {"measure": measure, "depth": depth})
    return list(found or [])


def class_of(rate: float, class_limits: list[float]) -> int | None:
    """The class, 0 to 4, of a rate: a rate on a limit belongs to the class above it."""
    return bisect_right(class_limits, rate) if class_limits else None


def rolled_up(by_path: Mapping[str, Number], depth: int) -> dict[str, Number]:
    """Sums by the ancestor of each path at a depth; what lies above that depth is left out."""
    sums: dict[str, Number] = {}
    for path, n in by_path.items():
        # nearly all paths are those of grids: asked for grids, nothing is to be cut off
        ancestor = path if area.level(path) == depth else area.at_level(path, depth)
        if ancestor is not None:
            sums[ancestor] = sums[ancestor] + n if ancestor in sums else n
    return sums


def _figure(count: int, base: float, scale: float, class_limits: list[float]) -> Figure:
    rate = count * scale / base
    thin = count < THIN_BELOW
    return Figure(count, base, rate, None if thin else class_of(rate, class_limits), thin)


def _wanted(connection: Connection, asked: Question) -> Asked:
    ranges = area.narrowed(access.areas(connection, "incident"), asked.within)
    return counting.asked(connection, asked.filters, ranges)


def _counted_by_table(connection: Connection, asked: Question) -> dict[str, int]:
    wanted, parameters = filters.conditions(asked.filters, asked.zone)
    statement = _COUNTS.format(
        areas=readable(connection, "incident", "i.path"),
        wanted=wanted,
        inside=_inside("i.path", asked),
    )
    rows = connection.execute(text(statement), parameters)
    return rolled_up({row.path: int(row.n) for row in rows}, asked.depth)


def _inside(column: str, asked: Question) -> str:
    return range_sql(area.bounds(asked.within), column)


def restricted(measure: Measure, asked: Question) -> Question:
    """The question narrowed to the kinds that a measure is about."""
    if not measure.kinds:
        return asked
    kinds = tuple(k for k in measure.kinds if not asked.filters.kinds or k in asked.filters.kinds)
    # a filter that excludes the measure's kinds leaves nothing to count
    return replace(asked, filters=replace(asked.filters, kinds=kinds or ("none",)))
