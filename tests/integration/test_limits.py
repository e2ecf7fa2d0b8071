"""Time limits on a real database: shares, climbing, pauses, the calendar, many at once."""

import random
import time
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database, psycopg2_url
from gridmap.errors import Conflict, FileRefused, NotAllowed
from gridmap.operations import calendar, limits
from gridmap.operations.calendar import Day
from gridmap.operations.casework import clock
from gridmap.operations.limits import Told, watch
from gridmap.queries import case, policies
from tests import world
from tests.conftest import NOW, ZONE, Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk

NEIGHBORS, FIRE = 1, 32
"""A category of disputes with fifteen working days, one of hazards with a day around the clock."""


@pytest.fixture
def desk(server: Server, database: Database, database_url: str) -> Desk:
    """The tiny world with its officers, where nothing is open yet."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    made = Desk(database, open_office(database_url), server.circumstances())
    made.take("worker", "begin")
    made.take("worker", "resolve", outcome="resolved", words="好了")
    return made


def watched(desk: Desk) -> Told:
    """Passes once, at the desk's moment."""
    return watch(desk.database, acting(desk.given, limits.CLOCK, desk.now))


def told(desk: Desk, kind: str) -> list[dict[str, Any]]:
    """The facts of the incident's events of a kind, in order of their writing."""
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        rows = connection.scalars(
            text("SELECT data FROM event WHERE subject_id = :id AND kind = :kind ORDER BY at, id"),
            {"id": desk.id, "kind": kind},
        )
        return [row["facts"] for row in rows]


def local(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(ZONE))


def test_shares_are_told_once_each(desk: Desk) -> None:
    desk.id = desk.reported(category=FIRE)
    start = desk.now
    for hours, shares in [(11, []), (12, [50]), (13, [50]), (20, [50, 80]), (24, [50, 80, 100])]:
        desk.now = start + timedelta(hours=hours)
        watched(desk)
        watched(desk)
        assert [one["share"] for one in told(desk, "LimitNeared")] == shares, hours
    assert desk.row().told_share == 100


def test_shares_go_by_working_time(desk: Desk) -> None:
    desk.id = desk.reported(category=NEIGHBORS)
    # fifteen working days of 450 minutes from Thursday 14:32; Friday the 19th is Dragon Boat
    assert desk.row().due_at == local(7, 3, 14, 32)
    desk.now = local(6, 23, 18, 16)
    assert watched(desk).neared == 0
    desk.now = local(6, 23, 18, 17)
    assert watched(desk).neared == 1


def test_what_is_overdue_climbs_level_by_level(desk: Desk) -> None:
    desk.id = desk.reported(category=FIRE)
    due = desk.row().due_at
    seen = []
    for late in (0, 449, 450, 1350, 5000):
        desk.now = due + timedelta(minutes=late)
        watched(desk)
        watched(desk)
        seen.append([one["depth"] for one in told(desk, "IncidentEscalated")])
    # village; then township; two at once after a night without the job; and no higher than the top
    assert seen == [[5], [5], [5, 4], [5, 4, 3, 2], [5, 4, 3, 2, 1]]
    top = told(desk, "IncidentEscalated")[-1]
    assert top["to"] == "99/"
    assert top["why"]["zh"] == "超过时限 1800 分钟仍未办结，上报示例省"
    assert desk.row().climbed_depth == 1


def test_a_paused_clock_does_not_tick(desk: Desk) -> None:
    desk.id = desk.reported(category=FIRE)
    desk.now += timedelta(hours=11)
    desk.take("officer", "pause", pause="weather", words="山洪")
    desk.now += timedelta(days=30)
    assert watched(desk) == Told(0, 0)
    desk.take("officer", "resume")
    assert watched(desk) == Told(0, 0)
    desk.now += timedelta(hours=1)
    assert watched(desk) == Told(1, 0)


def test_what_is_resolved_is_left_alone_and_reopened_is_told_anew(desk: Desk) -> None:
    desk.id = desk.reported(category=FIRE)
    desk.now += timedelta(hours=25)
    watched(desk)
    desk.take("worker", "begin")
    desk.take("worker", "resolve", outcome="resolved", words="好了")
    desk.now += timedelta(days=9)
    assert watched(desk) == Told(0, 0)
    desk.take("officer", "reopen", words="又着了")
    # one hour late, however long it lay resolved
    assert watched(desk) == Told(1, 1)
    desk.now += timedelta(minutes=389)
    assert watched(desk) == Told(0, 0)
    desk.now += timedelta(minutes=1)
    assert watched(desk) == Told(0, 1)


def test_somebody_at_work_is_left_for_the_next_minute(desk: Desk) -> None:
    desk.id = desk.reported(category=FIRE)
    desk.now += timedelta(hours=13)
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        case.found(connection, 1, desk.id, lock=True)
        assert watched(desk) == Told(0, 0)
    assert watched(desk) == Told(1, 0)


def test_a_pass_that_dies_tells_nothing_and_the_next_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.id = desk.reported(category=FIRE)
    desk.now += timedelta(hours=25)

    def dies(*_given: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(limits, "record_all", dies)
        with pytest.raises(KeyboardInterrupt):
            watched(desk)
    assert (desk.row().told_share, told(desk, "LimitNeared")) == (0, [])
    assert watched(desk) == Told(1, 1)


def clock_agrees(desk: Desk) -> None:
    """The columns say what the events say at the moment of their last change."""
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        row = case.found(connection, 1, desk.id)
        kept = acting(desk.given, LOCAL_ADMINISTRATOR, row.clock_at)
        shown = clock.read(connection, row, kept)
    assert (row.clock, row.used_min, row.limit_min, row.due_at) == (
        shown.state,
        shown.used_min,
        shown.limit.minutes,
        shown.due_at,
    )


_MOVES: dict[str, dict[str, Any]] = {
    "pause": {"pause": "legal", "words": "鉴定"},
    "resume": {},
    "recategorize": {"category": 64},
    "note": {"words": "记一笔"},
    "resolve": {"outcome": "resolved", "words": "好了"},
    "reopen": {"words": "又来了"},
}


@pytest.mark.parametrize("seed", range(4))
def test_the_columns_equal_the_events_after_random_steps(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    desk.id = desk.reported(category=chance.choice([NEIGHBORS, FIRE]))
    desk.take("worker", "begin")
    taken = 0
    for _ in range(14):
        desk.now += timedelta(seconds=chance.randrange(5 * 24 * 3600))
        step = chance.choice(list(_MOVES))
        given = _MOVES[step] | ({"category": chance.choice([1, 32, 64])} if "cat" in step else {})
        try:
            desk.take("officer", step, **given)
        except Conflict:
            continue
        taken += 1
        clock_agrees(desk)
        watched(desk)
        clock_agrees(desk)
    assert taken > 2


def test_a_new_calendar_settles_what_is_open(desk: Desk) -> None:
    desk.id = desk.reported(category=NEIGHBORS)
    desk.now += timedelta(days=4)

    def friday(works: bool) -> int:
        given = acting(desk.given, LOCAL_ADMINISTRATOR, desk.now)
        with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            calendar.set_day(connection, Day(date(2026, 6, 12), works, "示例"), given)
        clock_agrees(desk)
        return int(desk.row().used_min)

    # the day lies within the time used
    assert friday(works=True) == friday(works=False) + 450


def test_a_holiday_moves_what_is_open(desk: Desk) -> None:
    desk.id = desk.reported(category=NEIGHBORS)
    before = desk.row().due_at
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        calendar.set_day(connection, Day(date(2026, 6, 26), False), desk.given)
    assert desk.row().due_at == before + timedelta(days=3)


def test_a_file_announces_its_years_and_a_single_day_does_not(desk: Desk) -> None:
    def known_until() -> date:
        with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
            return policies.calendar(connection, ZONE, at=NOW).known_until

    assert known_until() == date(2026, 12, 31)
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        calendar.set_day(connection, Day(date(2027, 3, 8), False), desk.given)
    assert known_until() == date(2026, 12, 31)
    days = calendar.read("day,works,name\n2027-01-01,0,元旦\n2027-01-03,1,补班\n".encode())
    assert [one.works for one in days] == [False, True]
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        calendar.load(connection, days, desk.given)
    assert known_until() == date(2027, 12, 31)
    with desk.database.transaction(desk.office["admin"]) as connection:
        noted = connection.scalars(text("SELECT what FROM audit ORDER BY id"))
        assert list(noted) == ["calendar_day_set", "calendar_loaded"]


def test_set_up_again_keeps_what_people_said(desk: Desk, database_url: str, server: Server) -> None:
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        calendar.set_day(connection, Day(date(2026, 6, 19), True, "不放"), desk.given)
    engine = create_engine(psycopg2_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM calendar_day WHERE day = '2026-02-17'"))
        calendar.seed(connection, zone=ZONE)
        rows = connection.execute(
            text("SELECT name, works FROM calendar_day WHERE day IN ('2026-06-19', '2026-02-17')")
        )
        assert set(rows) == {("不放", True), ("春节", False)}
    engine.dispose()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"date,works\n2027-01-01,0\n",
        b"day,works,name\n",
        b"day,works,name\n2027-13-01,0,x\n",
        b"day,works,name\n2027-01-01,maybe,x\n",
        b"day,works,name\n2027-01-01,0,x\n2027-01-01,1,y\n",
        b"day,works,name\n2027-01-01\n",
        b"\xff\xfe\x00day",
    ],
)
def test_a_file_that_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        calendar.read(content)


@pytest.mark.parametrize("who", ["officer", "commander", "auditor", "worker"])
def test_only_an_administrator_of_everything_edits_the_calendar(desk: Desk, who: str) -> None:
    viewer = desk.office[who]
    with pytest.raises(NotAllowed), desk.database.transaction(viewer) as connection:
        calendar.set_day(connection, Day(date(2026, 6, 12), False), acting(desk.given, viewer))


_MANY = """
INSERT INTO incident (county, id, path, number, category, severity, occurred_at, received_at,
                      state, clock, clock_at, limit_min, due_at)
SELECT 1, gen_random_uuid(), :path, 'N' || n, 1 + n % 9, 2, :now, :now, 'under_way', 'running',
       CAST(:now AS timestamptz) - interval '500 hours', 6750,
       CAST(:now AS timestamptz) + interval '1 hour' * (n % 1000 - 300)
  FROM generate_series(1, 10000) AS n
"""


def test_ten_thousand_open_ones_take_one_pass(desk: Desk, database_url: str) -> None:
    engine = create_engine(psycopg2_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(_MANY), {"path": world.A1, "now": NOW})
        connection.execute(text("ANALYZE incident"))
        late = connection.scalar(
            text("SELECT count(*) FROM incident WHERE due_at <= :now"), {"now": NOW}
        )
    engine.dispose()
    begun = time.process_time()
    first = watched(desk)
    used = time.process_time() - begun
    assert late == 3010
    # the next working hours hold more that half of the limit is used of
    assert first.neared > late
    assert first.climbs > late
    assert used < 10
    assert watched(desk) == Told(0, 0)
