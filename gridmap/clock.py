"""The one clock: nothing else asks the machine what time it is, and tests inject their own."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The current moment, with zone."""
    return datetime.now(UTC)


def fixed_clock(moment: datetime) -> Clock:
    """A clock that stands still."""
    return lambda: moment


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of a moment in the installation's zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_bounds(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """From the first moment of ``first`` to the first moment after ``last``, local days."""
    tz = ZoneInfo(zone)
    begin = datetime.combine(first, time(), tz)
    end = datetime.combine(last + timedelta(days=1), time(), tz)
    return begin, end
