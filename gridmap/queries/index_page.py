"""What the page of the safety index shows: regions ranked, their area, the formula, the trend."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from gridmap import access, area
from gridmap.access import Viewer
from gridmap.clock import local_day
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.queries import describe, holders, safety_index
from gridmap.queries.index_counts import Asked, last_day_of
from gridmap.queries.safety_index import Region
from gridmap.rules.index_dimensions import DIMENSIONS
from gridmap.rules.safety_index import GRADES, LIMITS, Formula, grade, ranks, whole_points

MOST_ROWS = 500
TREND_MONTHS = 12


@dataclass(frozen=True)
class Wanted:
    """Which regions of which month; None is left to the page."""

    within: str | None
    level: int | None
    month: date | None


def month_before(day: date, n: int = 1) -> date:
    """The first day of the month that is ``n`` before a day's own."""
    first = day.replace(day=1)
    return month_before(first - timedelta(days=1), n - 1) if n else first


def settled(connection: Connection, wanted: Wanted, *, now: datetime, zone: str) -> Asked:
    """The question with what was left open: the last whole month, the viewer's own area.

    Raises NotAllowed for who may see the index nowhere, InvalidInput for a level that is not below
    the area or a month that has not begun.
    """
    today = local_day(now, zone)
    month = (wanted.month or month_before(today)).replace(day=1)
    if month > today:
        raise InvalidInput("{month} 还没有到。", month=f"{month:%Y-%m}")
    within = _opening_area(connection) if wanted.within is None else wanted.within
    deepest = max((one.depth for one in holders.levels(connection)), default=0)
    above = area.level(within)
    level = wanted.level or min(above + 1, deepest)
    if not max(1, above) <= level <= deepest:
        raise InvalidInput("level 应在 {low} 到 {high} 之间。", low=max(1, above), high=deepest)
    return Asked(within, level, month)


_PATHS = "SELECT path FROM region_version WHERE upper_inf(during)"


def _opening_area(connection: Connection) -> str:
    """The nearest area that holds all regions that the viewer may see, and more than one."""
    ranges = access.areas(connection, "index")
    seen = [path for path in connection.scalars(text(_PATHS)) if area.covers(ranges, path)]
    if not ranges:
        raise NotAllowed("你没有可以查看平安指数的区域；请找你的管理员。")
    within = area.EVERYTHING
    while True:
        depth = area.level(within) + 1
        below = {area.at_level(path, depth) for path in seen} - {None}
        deeper = any(area.level(path) > depth for path in seen)
        if len(below) != 1 or not deeper:
            return within
        within = str(below.pop())


def page(
    connection: Connection, asked: Asked, viewer: Viewer, *, now: datetime, zone: str
) -> dict[str, Any]:
    """The regions of the question, the highest index first, and what belongs to them."""
    found, own = _found(connection, asked, now=now, zone=zone)
    version, formula = _formula(connection, [*found, *own], now)
    names = describe.names_above(connection, {asked.within} - {""}, now)
    rows, seen = ranked(found), access.areas(connection, "index")
    return {
        "month": f"{asked.month:%Y-%m}",
        "whole": last_day_of(asked.month) < local_day(now, zone),
        "within": asked.within,
        "chain": [
            one | {"seen": area.covers(seen, one["path"])}
            for one in (describe.chain(asked.within, names) if asked.within else [])
        ],
        "level": asked.depth,
        "levels": [
            {"depth": one.depth, "zh": one.zh, "en": one.en}
            for one in holders.levels(connection)
            if one.depth >= max(1, area.level(asked.within) + 1)
        ],
        "area": next(iter(ranked(own)), None),
        "rows": rows[:MOST_ROWS],
        "total": len(rows),
        "formula": described(version, formula),
        "published_months": [
            f"{one:%Y-%m}" for one in safety_index.published_months(connection, asked.within)
        ],
        "publish": _may_publish(connection, asked, [*found, *own], viewer, now=now, zone=zone),
    }


def _found(
    connection: Connection, asked: Asked, *, now: datetime, zone: str
) -> tuple[list[Region], list[Region]]:
    """The regions of the level, and the area itself where it is one that the viewer may see."""
    depth = area.level(asked.within)
    wanted = replace(asked, also=(depth,)) if depth else asked
    regions = safety_index.regions(connection, wanted, now=now, zone=zone)
    return (
        [one for one in regions if area.level(one.path) == asked.depth],
        [one for one in regions if one.path == asked.within],
    )


def _formula(
    connection: Connection, regions: Sequence[Region], now: datetime
) -> tuple[int, Formula]:
    """The formula by which the regions were published; the one in force where they were not."""
    versions = [one.published.formula_version for one in regions if one.published]
    if not versions:
        return safety_index.formula_at(connection, now)
    return max(versions), safety_index.formula_of_version(connection, max(versions))


def ranked(regions: Sequence[Region]) -> list[dict[str, Any]]:
    """Regions with the range of ranks that their intervals allow; those without an index last."""
    among = ranks({one.path: one.score for one in regions})
    ordered = sorted(
        regions,
        key=lambda one: (one.score.index is None, -(one.score.index or 0), one.path),
    )
    return [_described(one) | {"rank": among.get(one.path)} for one in ordered]


def _described(region: Region) -> dict[str, Any]:
    score, out = region.score, region.published
    return {
        "path": region.path,
        "name": region.name,
        "index": _whole(score.index),
        "low": _whole(score.low),
        "high": _whole(score.high),
        "grade": None if score.index is None else grade(score.index),
        "present": safety_index.present(score),
        "dimensions": {
            id: {
                "n": tally.n,
                "of": tally.of,
                "value": one.value if (one := score.dimensions.get(id)) else None,
                "points": whole_points(one.points) if one else None,
                "low": whole_points(one.low) if one else None,
                "high": whole_points(one.high) if one else None,
            }
            for id, tally in region.tallies.items()
        },
        "published": {
            "by": out.by,
            "at": out.at.isoformat(),
            "formula_version": out.formula_version,
        }
        if out
        else None,
    }


def _whole(points: float | None) -> int | None:
    return None if points is None else whole_points(points)


def described(version: int, formula: Formula) -> dict[str, Any]:
    """The formula in words and numbers, for people and for other programs."""
    return {
        "version": version,
        "limits": list(LIMITS),
        "grades": [{"zh": zh, "en": en} for zh, en in GRADES],
        "dimensions": [
            {
                "id": one.id,
                "zh": one.zh,
                "en": one.en,
                "unit": {"zh": one.unit_zh, "en": one.unit_en},
                "how": {"zh": one.how_zh, "en": one.how_en},
                "missing": {"zh": one.missing_zh, "en": one.missing_en},
                "nature": one.nature.value,
                "less_is_better": one.less_is_better,
                "weight": formula[one.id].weight,
                "zero": formula[one.id].zero,
                "full": formula[one.id].full,
            }
            for one in DIMENSIONS.values()
        ],
    }


def _may_publish(
    connection: Connection,
    asked: Asked,
    shown: Sequence[Region],
    viewer: Viewer,
    *,
    now: datetime,
    zone: str,
) -> str:
    """``yes``, or why not: it is published or empty, is not over, wants a right or an account."""
    if not shown:
        return "empty"
    if all(one.published for one in shown):
        return "published"
    if not access.may(connection, "index", "w", asked.within):
        return "right"
    if last_day_of(asked.month) >= local_day(now, zone):
        return "whole"
    return "yes" if viewer.kind == "account" else "account"


def trend(
    connection: Connection, path: str, last: date, *, now: datetime, zone: str
) -> list[dict[str, Any]]:
    """A region's index in twelve months up to one, the oldest first; months without it are left."""
    told = []
    for n in reversed(range(TREND_MONTHS)):
        month = month_before(last, n)
        asked = Asked(path, area.level(path), month)
        for one in safety_index.regions(connection, asked, now=now, zone=zone):
            told.append({"month": f"{month:%Y-%m}"} | _described(one))
    return told
