"""When a visit that recurs falls next."""

import calendar
from datetime import date, timedelta

EVERY = {
    "once": ("一次", "Once"),
    "weekly": ("每周", "Weekly"),
    "monthly": ("每月", "Monthly"),
    "quarterly": ("每季度", "Quarterly"),
}
_MONTHS = {"monthly": 1, "quarterly": 3}


def after(planned: date, every: str, made: date, until: date | None) -> date | None:
    """The next day of a series after a visit that was made; None where nothing is left to do.

    The series goes on from the planned day, not from the day of the visit; what a late visit
    jumped over is not made up for. In a shorter month the last day stands for a missing one.
    """
    if every == "once":
        return None
    last = max(planned, made)
    n = 1
    while (next_one := _nth(planned, every, n)) <= last:
        n += 1
    return next_one if until is None or next_one <= until else None


def _nth(first: date, every: str, n: int) -> date:
    if every == "weekly":
        return first + timedelta(weeks=n)
    months = first.month - 1 + n * _MONTHS[every]
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
