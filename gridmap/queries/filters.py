"""The filters that tiles, figures, lists and summaries share: whole local days, kinds, severity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gridmap.clock import day_bounds
from gridmap.errors import InvalidInput

KINDS = ("dispute", "hazard", "service")
LONGEST_RANGE_DAYS = 3_700
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


@dataclass(frozen=True)
class Filters:
    """What is counted: local days from ``first`` to ``last``; empty tuples filter nothing."""

    first: date
    last: date
    kinds: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()
    severities: tuple[int, ...] = ()

    @property
    def days(self) -> int:
        """How many days the range has."""
        return (self.last - self.first).days + 1


def parse(values: Mapping[str, str], *, last_day: date, default_days: int = 30) -> Filters:
    """Filters from query parameters; raises InvalidInput naming the parameter that is wrong."""
    last = _day(values, "to", last_day)
    first = _day(values, "from", last - timedelta(days=default_days - 1))
    if not 0 <= (last - first).days < LONGEST_RANGE_DAYS:
        raise InvalidInput(
            "时间从 {first} 到 {last} 不对：先早后晚，最长十年。", first=first, last=last
        )
    kinds = _parts(values, "kind")
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise InvalidInput(
            "没有“{kind}”这个类别；可以是 dispute、hazard、service。", kind=unknown[0]
        )
    return Filters(first, last, kinds, numbers(values, "category"), numbers(values, "severity"))


def day_range(filters: Filters, zone: str) -> tuple[datetime, datetime]:
    """The first moment of the days asked for, and the first after them."""
    return day_bounds(filters.first, filters.last, zone)


def conditions(filters: Filters, zone: str, *, alias: str = "i") -> tuple[str, dict[str, Any]]:
    """The filters as an SQL condition on an incident, with its parameters."""
    begin, end = day_range(filters, zone)
    parts = [
        f"{alias}.occurred_at >= :begin AND {alias}.occurred_at < :end",
        # what was merged is counted with the incident that has its reports now
        f"{alias}.merged_into IS NULL",
    ]
    parameters: dict[str, Any] = {"begin": begin, "end": end}
    if filters.kinds:
        parts.append(f"{alias}.category IN (SELECT number FROM category WHERE kind = ANY(:kinds))")
        parameters["kinds"] = list(filters.kinds)
    for name, column, wanted in (
        ("categories", "category", filters.categories),
        ("severities", "severity", filters.severities),
    ):
        if wanted:
            parts.append(f"{alias}.{column} = ANY(:{name})")
            parameters[name] = list(wanted)
    return " AND ".join(parts), parameters


def _day(values: Mapping[str, str], name: str, default: date) -> date:
    if not (given := values.get(name)):
        return default
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = None
    # beyond these years a moment has no local day that the database could hold
    if found is None or not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise InvalidInput(
            "参数 {name} 的日期“{given}”不对，应如 2026-06-11。", name=name, given=given
        )
    return found


def _parts(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for part in values.get(name, "").split(",") if part)


def numbers(values: Mapping[str, str], name: str) -> tuple[int, ...]:
    """Small numbers separated by commas; InvalidInput for anything else."""
    parts = _parts(values, name)
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise InvalidInput(
            "参数 {name} 应是用逗号分开的数字，收到“{given}”。", name=name, given=values[name]
        )
    return tuple(map(int, parts))
