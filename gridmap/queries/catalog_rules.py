"""The catalog as its administrator sees it: categories with their rules, days of the calendar."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

_CATEGORIES = """
SELECT c.number, c.kind, c.zh, c.en, c.retired_at, r.version, r.since, r.limit_min,
       r.around_the_clock, r.departments
  FROM category AS c LEFT JOIN LATERAL (
       SELECT * FROM category_rule WHERE category = c.number ORDER BY version DESC LIMIT 1) AS r
    ON true
 ORDER BY c.number
"""


def categories(connection: Connection) -> list[Row[Any]]:
    """All categories with the newest version of their rule."""
    return list(connection.execute(text(_CATEGORIES)))


def days(connection: Connection, year: int) -> list[Row[Any]]:
    """The days of a year that differ from the week, in order."""
    return list(
        connection.execute(
            text(
                "SELECT day, works, name, source FROM calendar_day"
                " WHERE day BETWEEN :first AND :last ORDER BY day"
            ),
            {"first": date(year, 1, 1), "last": date(year, 12, 31)},
        )
    )


def known_years(connection: Connection) -> tuple[int, int] | None:
    """The first and last year for which days are known."""
    row = connection.execute(
        text("SELECT extract(year FROM min(day)), extract(year FROM max(day)) FROM calendar_day")
    ).one()
    return (int(row[0]), int(row[1])) if row[0] is not None else None
