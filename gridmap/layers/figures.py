"""Rates of incidents by area, computed in the database and rolled up along the path."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.layers.measure import RATE_DAYS, THIN_BELOW, Figure, Measure, Question
from gridmap.queries import filters

_COUNTS = """
SELECT i.path, count(*) AS n FROM incident AS i
 WHERE ({areas}) AND {inside} AND {wanted} GROUP BY i.path
"""
_HOUSEHOLDS = """
SELECT h.path, count(*) AS n FROM household AS h WHERE ({areas}) AND {inside} GROUP BY h.path
"""
_KM2 = """
SELECT v.path, v.area_m2 / 1e6 AS n FROM grid_version AS v WHERE upper_inf(v.during) AND {inside}
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
    counts = rolled_up(_counted(connection, measure, asked), asked.depth)
    bases = rolled_up(_based(connection, measure, asked), asked.depth)
    class_limits = limits(connection, measure.id, asked.depth)
    scale = RATE_DAYS / asked.filters.days * (1000 if measure.denominator == "households" else 1)
    return {
        path: _figure(int(counts.get(path, 0)), base, scale, class_limits)
        for path, base in bases.items()
        if base > 0
    }


def limits(connection: Connection, measure: str, depth: int) -> list[float]:
    """The four class limits of a measure on a level, lowest first; empty before they are fitted."""
    found = connection.scalar(text(_LIMITS), {"measure": measure, "depth": depth})
    return list(found or [])


def class_of(rate: float, class_limits: list[float]) -> int | None:
    """The class, 0 to 4, of a rate: a rate on a limit belongs to the class above it."""
    return bisect_right(class_limits, rate) if class_limits else None


def rolled_up(by_path: dict[str, float], depth: int) -> dict[str, float]:
    """Sums by the ancestor of each path at a depth; what lies above that depth is left out."""
    sums: defaultdict[str, float] = defaultdict(float)
    for path, n in by_path.items():
        # nearly all paths are those of grids: asked for grids, nothing is to be cut off
        ancestor = path if area.level(path) == depth else area.at_level(path, depth)
        if ancestor is not None:
            sums[ancestor] += n
    return dict(sums)


def _figure(count: int, base: float, scale: float, class_limits: list[float]) -> Figure:
    rate = count * scale / base
    thin = count < THIN_BELOW
    return Figure(count, base, rate, None if thin else class_of(rate, class_limits), thin)


def _counted(connection: Connection, measure: Measure, asked: Question) -> dict[str, float]:
    wanted, parameters = filters.conditions(restricted(measure, asked).filters, asked.zone)
    areas = readable(connection, "incident", "i.path")
    return _by_path(connection, _COUNTS, parameters, areas, wanted, _inside("i", asked))


def restricted(measure: Measure, asked: Question) -> Question:
    """The question narrowed to the kinds that a measure is about."""
    if not measure.kinds:
        return asked
    kinds = tuple(k for k in measure.kinds if not asked.filters.kinds or k in asked.filters.kinds)
    # a filter that excludes the measure's kinds leaves nothing to count
    return replace(asked, filters=replace(asked.filters, kinds=kinds or ("none",)))


def _based(connection: Connection, measure: Measure, asked: Question) -> dict[str, float]:
    if measure.denominator == "km2":
        return _by_path(connection, _KM2, {}, "true", "true", _inside("v", asked))
    areas = readable(connection, "household", "h.path")
    return _by_path(connection, _HOUSEHOLDS, {}, areas, "true", _inside("h", asked))


def _inside(alias: str, asked: Question) -> str:
    return range_sql(area.bounds(asked.within), f"{alias}.path")


def _by_path(
    connection: Connection,
    sql: str,
    parameters: dict[str, Any],
    areas: str,
    wanted: str,
    inside: str,
) -> dict[str, float]:
    statement = sql.format(areas=areas, wanted=wanted, inside=inside)
    rows: Iterable[Any] = connection.execute(text(statement), parameters).all()
    return dict(rows)
