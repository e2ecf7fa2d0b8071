"""What an administrator decides, as it stands: policies, limits of categories, the calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from gridmap.rules.working_time import Calendar, Limit, hours_of

_POLICY = """
SELECT value FROM policy WHERE name = :name AND since <= :at ORDER BY version DESC LIMIT 1
"""


def policy(connection: Connection, name: str, *, at: datetime) -> Any:
    """The value of a policy in force at a moment; raises KeyError for a name that nobody knows."""
    row = connection.execute(text(_POLICY), {"name": name, "at": at}).first()
    if row is None:
        raise KeyError(name)
    return row.value


_VERSIONS = """
SELECT name, version, NULLIF(since, '-infinity') AS since, value, written_by,
       guard.display(written_by) AS who
  FROM policy ORDER BY name, version DESC
"""


def versions(connection: Connection) -> dict[str, list[Row[Any]]]:
    """All versions of each policy, the newest first; one without ``since`` held from the start."""
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(text(_VERSIONS)):
        found.setdefault(row.name, []).append(row)
    return found


@dataclass(frozen=True)
class CategoryRule:
    """The time limit of a category, and the names of the departments that answer for it."""

    limit: Limit
    departments: tuple[str, ...]


RULE_IN_FORCE = """
  LEFT JOIN LATERAL (
      SELECT around_the_clock FROM category_rule
       WHERE category = i.category AND since <= i.received_at
       ORDER BY version DESC LIMIT 1) AS r ON true
"""
"""Joins to an incident ``i`` the rule ``r`` that held when it was received: ``rule_of``'s own."""

_RULE = """
SELECT limit_min, around_the_clock, departments FROM category_rule
 WHERE category = :category AND since <= :at ORDER BY version DESC LIMIT 1
"""


def rule_of(connection: Connection, category: int, *, at: datetime) -> CategoryRule:
    """The rule of a category at a moment; raises KeyError for a category without one."""
    row = connection.execute(text(_RULE), {"category": category, "at": at}).first()
    if row is None:
        raise KeyError(category)
    return CategoryRule(Limit(row.limit_min, row.around_the_clock), tuple(row.departments))


BY_PACKAGE, BY_FILE = "package", "file"
"""Who announces whole years; a single day that an administrator set announces nothing."""


def calendar(connection: Connection, zone: str, *, at: datetime) -> Calendar:
    """The working calendar; days after the last announced year are provisional."""
    rows = connection.execute(text("SELECT day, works, source FROM calendar_day")).all()
    days = {row.day: row.works for row in rows}
    announced = [row.day for row in rows if row.source in (BY_PACKAGE, BY_FILE)]
    known_until = date(max(announced).year, 12, 31) if announced else date.min
    hours = hours_of(policy(connection, "working_hours", at=at))
    return Calendar(zone, hours, days, known_until)


def categories(connection: Connection) -> list[dict[str, Any]]:
    """The categories in use, with their kinds; incidents keep a retired one, and it is not here."""
    rows = connection.execute(
        text("SELECT number, kind, zh, en FROM category WHERE retired_at IS NULL ORDER BY number")
    )
    return [dict(row._mapping) for row in rows]
