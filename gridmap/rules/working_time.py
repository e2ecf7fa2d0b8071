"""Working time: minutes between moments by the hours of work and the calendar; due moments.

The calendar is the week (Monday to Friday) with the days that differ from it: public holidays,
and the working days that make up for them. Days beyond what is known are provisional.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
_LONGEST_SEARCH_DAYS = 3660


@dataclass(frozen=True)
class Calendar:
    """When people work: hours of a working day, exceptions of the week, the zone.

    ``known_until`` is the last day whose exceptions have been announced.
    """

    zone: str
    hours: tuple[tuple[time, time], ...]
    exceptions: Mapping[date, bool]
    known_until: date

    def works(self, day: date) -> bool:
        """Whether people work on a day."""
        return self.exceptions.get(day, day.weekday() < 5)

    def is_provisional(self, day: date) -> bool:
        """Whether nobody has announced yet if the day is a holiday."""
        return day > self.known_until


@dataclass(frozen=True)
class Limit:
    """A time limit in minutes: of working time, or around the clock."""

    minutes: int
    around_the_clock: bool = False


@dataclass(frozen=True)
class Mark:
    """A change of an incident's clock, as one of its events tells it."""

    at: datetime
    kind: str  # 'start' | 'pause' | 'resume' | 'stop'


def hours_of(pairs: Iterable[Sequence[str]]) -> tuple[tuple[time, time], ...]:
    """Hours as an administrator writes them, ``[["08:30", "12:00"], …]``."""
    return tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in pairs)


def running_spans(marks: Sequence[Mark], until: datetime) -> list[Span]:
    """The spans in which a clock ran, from the marks in order of time, up to a moment."""
    spans: list[Span] = []
    began: datetime | None = None
    for mark in marks:
        if mark.kind in ("start", "resume"):
            began = began or mark.at
        elif began is not None:
            spans.append((began, mark.at))
            began = None
    if began is not None:
        spans.append((began, max(began, until)))
    return spans


def used_min(spans: Iterable[Span], limit: Limit, calendar: Calendar) -> int:
    """Whole minutes used in the spans, by the limit's kind of time."""
    seconds = sum(_seconds(begin, end, limit, calendar) for begin, end in spans)
    return int(seconds // 60)


def due(start: datetime, used: int, limit: Limit, calendar: Calendar) -> datetime:
    """When the limit is reached by a clock that runs from ``start`` with ``used`` minutes spent."""
    left = timedelta(minutes=limit.minutes - used)
    if left <= timedelta() or limit.around_the_clock:
        return start + left
    for begin, end in _working_spans(start, calendar):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise OverflowError("no working time within ten years: the calendar has none")


def reached(spans: Iterable[Span], limit: Limit, calendar: Calendar) -> datetime | None:
    """The moment at which the spans had used up the limit; None where they have not."""
    left = timedelta(minutes=limit.minutes)
    for begin, end in spans:
        for piece_begin, piece_end in _pieces(begin, end, limit, calendar):
            if piece_end - piece_begin >= left:
                return piece_begin + left
            left -= piece_end - piece_begin
    return None


def is_provisional(start: datetime, due_at: datetime, limit: Limit, calendar: Calendar) -> bool:
    """Whether a due moment rests on days that nobody has announced yet."""
    day = due_at.astimezone(ZoneInfo(calendar.zone)).date()
    return not limit.around_the_clock and calendar.is_provisional(day)


def shares_passed(used: int, limit: Limit, shares: Sequence[int]) -> int:
    """The highest of the shares (in percent) of the limit that is used up; 0 for none."""
    passed = [share for share in shares if used * 100 >= share * limit.minutes]
    return max(passed, default=0)


def _seconds(begin: datetime, end: datetime, limit: Limit, calendar: Calendar) -> float:
    pieces = _pieces(begin, end, limit, calendar)
    return sum((until - since).total_seconds() for since, until in pieces)


def _pieces(begin: datetime, end: datetime, limit: Limit, calendar: Calendar) -> Iterator[Span]:
    """The parts of a span that count: all of it around the clock, else its working hours."""
    if limit.around_the_clock:
        if begin < end:
            yield begin, end
        return
    for work_begin, work_end in _working_spans(begin, calendar):
        if work_begin >= end:
            return
        yield work_begin, min(work_end, end)


def _working_spans(start: datetime, calendar: Calendar) -> Iterator[Span]:
    """The working hours from a moment on, the first cut at it."""
    zone = ZoneInfo(calendar.zone)
    day = start.astimezone(zone).date()
    for _ in range(_LONGEST_SEARCH_DAYS):
        if calendar.works(day):
            for opens, closes in calendar.hours:
                begin = max(start, datetime.combine(day, opens, zone))
                end = datetime.combine(day, closes, zone)
                if begin < end:
                    yield begin, end
        day += timedelta(days=1)


def are_in_order(marks: Sequence[Mark]) -> bool:
    """Whether marks follow one another in time."""
    return all(before.at <= after.at for before, after in pairwise(marks))
