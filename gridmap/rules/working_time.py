"""Working time: minutes between moments by the hours of work and the calendar; due moments.

The calendar is the week (Monday to Friday) with the days that differ from it: public holidays,
and the working days that make up for them. Days beyond what is known are provisional.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
_LONGEST_SEARCH_DAYS = 3660


@dataclass(frozen=True)
class Calendar:
    """When people work: hours of a working day in order, exceptions of the week, the zone.

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
    return int(_used(spans, limit, calendar) // timedelta(minutes=1))


def due(start: datetime, used: int, limit: Limit, calendar: Calendar) -> datetime:
    """When the limit is reached by a clock that runs from ``start`` with ``used`` minutes spent.

    Where more than the limit is spent, the moment lies as far back as that time was used.
    Raises OverflowError where the calendar has no working time within ten years.
    """
    left = timedelta(minutes=limit.minutes - used)
    walk = _after if left >= timedelta() else _before
    return walk(start, abs(left), limit, calendar)


def before(end: datetime, minutes: int, limit: Limit, calendar: Calendar) -> datetime:
    """The latest moment from which so many minutes, of the limit's kind of time, had passed.

    What fell due by then is overdue by at least so much. Raises OverflowError like ``due``.
    """
    return _before(end, timedelta(minutes=minutes), limit, calendar)


def _after(start: datetime, left: timedelta, limit: Limit, calendar: Calendar) -> datetime:
    if not left or limit.around_the_clock:
        return start.astimezone(UTC) + left
    for begin, end in _working_spans(start, calendar):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise OverflowError("no working time within ten years: the calendar has none")


def _before(end: datetime, left: timedelta, limit: Limit, calendar: Calendar) -> datetime:
    if not left or limit.around_the_clock:
        return end.astimezone(UTC) - left
    for begin, closes in _working_spans_back(end, calendar):
        if closes - begin >= left:
            return closes - left
        left -= closes - begin
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


def _used(spans: Iterable[Span], limit: Limit, calendar: Calendar) -> timedelta:
    pieces = [piece for begin, end in spans for piece in _pieces(begin, end, limit, calendar)]
    return sum((until - since for since, until in pieces), timedelta())


def _pieces(begin: datetime, end: datetime, limit: Limit, calendar: Calendar) -> Iterator[Span]:
    """The parts of a span that count: all of it around the clock, else its working hours."""
    begin, end = begin.astimezone(UTC), end.astimezone(UTC)
    if limit.around_the_clock:
        if begin < end:
            yield begin, end
        return
    for work_begin, work_end in _working_spans(begin, calendar):
        if work_begin >= end:
            return
        yield work_begin, min(work_end, end)


def _working_spans(start: datetime, calendar: Calendar) -> Iterator[Span]:
    """The working hours from a moment on in UTC, the first cut at it."""
    start = start.astimezone(UTC)
    first = start.astimezone(ZoneInfo(calendar.zone)).date()
    for n in range(_LONGEST_SEARCH_DAYS):
        for opens, closes in _hours(first + timedelta(days=n), calendar):
            if closes > start:
                yield max(start, opens), closes


def _working_spans_back(end: datetime, calendar: Calendar) -> Iterator[Span]:
    """The working hours up to a moment in UTC, the last first and cut at it."""
    end = end.astimezone(UTC)
    last = end.astimezone(ZoneInfo(calendar.zone)).date()
    for n in range(_LONGEST_SEARCH_DAYS):
        for opens, closes in reversed(_hours(last - timedelta(days=n), calendar)):
            if opens < end:
                yield opens, min(end, closes)


def _hours(day: date, calendar: Calendar) -> list[Span]:
    """The working hours of a day in UTC: a difference of local times knows no change of clocks."""
    if not calendar.works(day):
        return []
    zone = ZoneInfo(calendar.zone)
    local = [
        (datetime.combine(day, opens, zone), datetime.combine(day, closes, zone))
        for opens, closes in calendar.hours
    ]
    spans = [(opens.astimezone(UTC), closes.astimezone(UTC)) for opens, closes in local]
    return [span for span in spans if span[0] < span[1]]
