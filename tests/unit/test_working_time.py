"""Working time: hours, holidays, make-up days, changes of the clocks, pauses."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.operations import calendar as package
from gridmap.rules.working_time import (
    Calendar,
    Limit,
    Mark,
    before,
    due,
    hours_of,
    is_provisional,
    running_spans,
    shares_passed,
    used_min,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = hours_of([["08:30", "12:00"], ["14:30", "18:30"]])
CHINA = Calendar(
    "Asia/Shanghai",
    HOURS,
    {one.day: one.works for one in package.announced()},
    date(2026, 12, 31),
)
WORK, CLOCK = Limit(450), Limit(24 * 60, around_the_clock=True)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def worked(begin: datetime, end: datetime, calendar: Calendar = CHINA) -> int:
    """Minutes worked between two moments."""
    return used_min([(begin, end)], WORK, calendar)


MOMENTS = st.datetimes(datetime(2025, 12, 20), datetime(2026, 11, 20), timezones=st.just(UTC))


def test_a_working_day_has_seven_and_a_half_hours_and_a_break_at_noon() -> None:
    assert worked(at(6, 11), at(6, 12)) == 450
    assert worked(at(6, 11, 12), at(6, 11, 14, 30)) == 0
    assert worked(at(6, 11, 11, 50), at(6, 11, 14, 40)) == 20


def test_weekends_and_holidays_do_not_count_and_make_up_sundays_do() -> None:
    assert worked(at(6, 13), at(6, 15)) == 0
    # Spring Festival 2026: 15 to 23 February are free
    assert worked(at(2, 15), at(2, 24)) == 0
    # the Saturdays and Sundays of the notice of the State Council
    for month, day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]:
        assert worked(at(month, day), at(month, day) + timedelta(days=1)) == 450


def test_what_comes_in_before_the_festival_is_due_after_it() -> None:
    # Saturday 14 February is made up; the ninth day of rest ends on the 23rd
    assert due(at(2, 14, 16, 30), 0, Limit(240), CHINA) == at(2, 24, 10, 30)


def test_around_the_clock_knows_no_holiday() -> None:
    assert due(at(2, 16, 9), 60, CLOCK, CHINA) == at(2, 17, 8)
    assert used_min([(at(2, 16, 9), at(2, 17, 9))], CLOCK, CHINA) == 24 * 60


@given(MOMENTS, st.lists(MOMENTS, max_size=4), MOMENTS, st.booleans())
def test_minutes_add_up_over_any_split(
    one: datetime, cuts: list[datetime], other: datetime, always: bool
) -> None:
    limit = CLOCK if always else WORK
    points = sorted([m.replace(second=0, microsecond=0) for m in (one, *cuts, other)])
    parts = list(pairwise(points))
    assert used_min(parts, limit, CHINA) == used_min([(points[0], points[-1])], limit, CHINA)
    assert used_min(parts, limit, CHINA) == sum(used_min([p], limit, CHINA) for p in parts)


@given(MOMENTS, st.integers(0, 9000), st.integers(0, 9000), st.booleans())
def test_due_and_used_are_inverse(start: datetime, used: int, minutes: int, always: bool) -> None:
    limit = Limit(minutes, always)
    falls = due(start, used, limit, CHINA)
    first, last = min(start, falls), max(start, falls)
    assert used_min([(first, last)], limit, CHINA) == abs(minutes - used)
    assert (falls >= start) == (minutes >= used)
    assert before(falls, max(0, minutes - used), limit, CHINA) >= start or minutes < used


@given(MOMENTS, st.integers(0, 9000), st.booleans())
def test_before_is_as_long_ago_as_it_says(end: datetime, minutes: int, always: bool) -> None:
    limit = Limit(1, always)
    begin = before(end, minutes, limit, CHINA)
    assert used_min([(begin, end)], limit, CHINA) == minutes
    assert used_min([(begin + timedelta(seconds=1), end)], limit, CHINA) < max(1, minutes)


@given(st.lists(MOMENTS, min_size=1, max_size=7, unique=True), MOMENTS)
def test_a_paused_clock_does_not_tick(moments: list[datetime], until: datetime) -> None:
    kinds = ["start", *["pause", "resume"] * 4]
    marks = [Mark(m, kind) for m, kind in zip(sorted(moments), kinds, strict=False)]
    until = max(until, marks[-1].at)
    spans = running_spans(marks, until)
    if marks[-1].kind == "pause":
        later = running_spans(marks, until + timedelta(days=30))
        assert used_min(later, WORK, CHINA) == used_min(spans, WORK, CHINA)
    paused = [(a.at, b.at) for a, b in pairwise(marks) if a.kind == "pause"]
    paused += [(marks[-1].at, until)] if marks[-1].kind == "pause" else []
    # what ran and what was paused is all there was
    whole = [(marks[0].at, until)]
    assert used_min([*spans, *paused], CLOCK, CHINA) == used_min(whole, CLOCK, CHINA)


NIGHT = hours_of([["00:00", "06:00"]])


@pytest.mark.parametrize(
    ("day", "minutes"),
    [(date(2026, 3, 29), 300), (date(2026, 10, 25), 420), (date(2026, 6, 7), 360)],
    ids=["clocks go forward", "clocks go back", "no change"],
)
def test_a_change_of_the_clocks_makes_a_night_shorter_or_longer(day: date, minutes: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    berlin = Calendar("Europe/Berlin", NIGHT, {day: True}, date(2026, 12, 31))
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day, time(12), zone)
    assert worked(begin, end, berlin) == minutes
    assert due(begin, 0, Limit(minutes), berlin) == datetime.combine(day, time(6), zone)
    # around the clock, an hour is an hour
    elapsed = (end.astimezone(UTC) - begin.astimezone(UTC)) // timedelta(minutes=1)
    assert used_min([(begin, end)], CLOCK, berlin) == elapsed
    assert due(begin, 0, Limit(elapsed, around_the_clock=True), berlin) == end


@given(MOMENTS, st.integers(0, 5000))
def test_due_and_used_are_inverse_where_clocks_change(start: datetime, minutes: int) -> None:
    berlin = Calendar("Europe/Berlin", NIGHT, {date(2026, 3, 29): True}, date(2026, 12, 31))
    falls = due(start, 0, Limit(minutes), berlin)
    assert worked(start, falls, berlin) == minutes


def test_days_that_nobody_announced_are_provisional() -> None:
    start = at(12, 30, 9)
    falls = due(start, 0, Limit(5 * 450), CHINA)
    assert falls > at(12, 31, 18, 30)
    assert is_provisional(start, falls, WORK, CHINA)
    assert not is_provisional(start, at(12, 31, 18), WORK, CHINA)
    assert not is_provisional(start, falls, CLOCK, CHINA)


def test_a_calendar_without_work_is_an_error_and_no_endless_search() -> None:
    idle = Calendar("Asia/Shanghai", (), {}, date(2026, 12, 31))
    with pytest.raises(OverflowError):
        due(at(6, 11), 0, WORK, idle)
    with pytest.raises(OverflowError):
        before(at(6, 11), 1, WORK, idle)


@pytest.mark.parametrize(("used", "share"), [(0, 0), (224, 0), (225, 50), (360, 80), (450, 100)])
def test_the_highest_share_that_is_used_up(used: int, share: int) -> None:
    assert shares_passed(used, WORK, [50, 80, 100]) == share


def test_the_package_differs_from_the_week_only() -> None:
    days = package.announced()
    assert len({one.day for one in days}) == len(days) > 500
    assert all(one.works != (one.day.weekday() < 5) for one in days)
    assert {one.name for one in days if one.day == date(2026, 2, 17)} == {"春节"}
    assert {one.name for one in days if one.day == date(2026, 2, 28)} == {"春节补班"}
