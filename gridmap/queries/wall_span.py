"""The period that a wall shows, and the one before it that it is compared with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gridmap.clock import day_bounds
from gridmap.queries.filters import Filters


@dataclass(frozen=True)
class Span:
    """Local days from ``first``, up to now where the last of them is not over."""

    begin: datetime
    end: datetime
    before_begin: datetime
    before_end: datetime
    zone: str
    by_hour: bool
    past: bool = False
    """Whether it is asked as of its end, which is over: what happened since is not counted."""

    def parameters(self) -> dict[str, object]:
        """The four moments and the zone, by the names that the statements use."""
        return {
            "begin": self.begin,
            "end": self.end,
            "before_begin": self.before_begin,
            "before_end": self.before_end,
            "zone": self.zone,
        }


def span_of(wanted: Filters, now: datetime, zone: str, *, past: bool = False) -> Span:
    """The span of some days; the period before is as long, and ends at the same time of day."""
    begin, end = day_bounds(wanted.first, wanted.last, zone)
    end = max(begin, min(end, now))
    back = timedelta(days=wanted.days)
    before = _earlier(begin, back, zone), _earlier(end, back, zone)
    return Span(begin, end, *before, zone, wanted.days == 1, past)


def _earlier(moment: datetime, back: timedelta, zone: str) -> datetime:
    """The same local time some days before, whatever clocks were changed in between."""
    return moment.astimezone(ZoneInfo(zone)) - back
