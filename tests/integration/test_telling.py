"""Telling people: who, at once or daily, each batch once, whatever dies in between."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.operations import limits, telling, webhooks
from gridmap.operations.following import new_events
from gridmap.operations.record import record
from gridmap.operations.telling import TELLER, digest, last_digest, mark_seen, tell
from gridmap.queries import notices as asked
from gridmap.rules import notices
from tests import world
from tests.conftest import ZONE, Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk


@pytest.fixture
def desk(server: Server, database: Database, database_url: str) -> Desk:
    """The tiny world with its officers; the tellers begin to listen after the first report."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    made = Desk(database, open_office(database_url), server.circumstances())
    tells(made)
    return made


def tells(desk: Desk) -> int:
    """What the job does, at the desk's moment."""
    return tell(desk.database, acting(desk.given, TELLER, desk.now))


def told(desk: Desk) -> set[tuple[str, str, bool, str]]:
    """Whom the notices went to: login, kind, at once, audience."""
    logins = {viewer.name: login for login, viewer in desk.office.viewers.items()}
    with desk.database.transaction(TELLER) as connection:
        rows = connection.execute(text("SELECT account, kind, urgent, why FROM notice"))
        return {(logins[str(row.account)], *row[1:]) for row in rows}


def test_every_kind_of_event_says_whom_it_tells() -> None:
    assert set(notices.TOLD) == webhooks.kinds()
    assert {rule.to for rules in notices.TOLD.values() for rule in rules} <= set(notices.AUDIENCES)


def test_who_must_act_is_told_at_once_and_the_center_daily(desk: Desk) -> None:
    desk.reported()
    assert tells(desk) == 2
    assert told(desk) == {
        ("worker", "IncidentReported", True, "holder"),
        ("officer", "IncidentReported", False, "center"),
    }
    assert tells(desk) == 0


def test_nobody_is_told_of_their_own_acts(desk: Desk) -> None:
    desk.take("county", "supervise", words="快一点")
    tells(desk)
    assert told(desk) == {
        ("worker", "IncidentSupervised", True, "holder"),
        ("officer", "IncidentSupervised", True, "center"),
    }


def test_a_hand_over_tells_the_new_holder_once_though_two_places_hear_of_it(desk: Desk) -> None:
    desk.take("worker", "hand_over", grid=world.A2.replace("/", ""), words="在隔壁")
    tells(desk)
    assert ("neighbor", "IncidentHandedOver", True, "holder") in told(desk)
    with desk.database.transaction(TELLER) as connection:
        assert connection.scalar(text("SELECT max(n) FROM notice")) == 1
        assert connection.scalar(text("SELECT count(*) FROM notice")) == 2


def test_a_whistle_tells_the_departments_that_it_calls(desk: Desk) -> None:
    desk.take("officer", "whistle", departments=[str(desk.office.fire)])
    tells(desk)
    assert ("fire", "DepartmentsWhistled", True, "called") in told(desk)


def test_a_batch_is_one_notice(desk: Desk) -> None:
    for _ in range(30):
        desk.reported()
    tells(desk)
    desk.now += timedelta(hours=13)
    limits.watch(desk.database, acting(desk.given, limits.CLOCK, desk.now))
    tells(desk)
    with desk.database.transaction(TELLER) as connection:
        row = connection.execute(
            text("SELECT count(*) AS notices, max(n) AS n FROM notice WHERE kind = 'LimitNeared'")
        ).one()
    # the worker and the center's officer hear once of all thirty-one
    assert (row.notices, row.n) == (2, 31)


def test_what_climbed_is_told_to_the_level_that_it_climbed_to(desk: Desk) -> None:
    desk.now += timedelta(hours=24, minutes=2 * 450)
    limits.watch(desk.database, acting(desk.given, limits.CLOCK, desk.now))
    tells(desk)
    found = told(desk)
    # village has no officer and is heard by the township; the county by its own and its commander
    assert ("officer", "IncidentEscalated", True, "level") in found
    assert ("county", "IncidentEscalated", True, "level") in found
    assert ("commander", "IncidentEscalated", True, "level") in found


def test_the_stand_in_is_told_in_place_of_who_is_away(desk: Desk) -> None:
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text(
                "INSERT INTO stand_in SELECT gen_random_uuid(), a.id, b.id, 1, :path,"
                " tstzrange(:now, NULL), '休假' FROM staff a, staff b"
                " WHERE a.name = '示例甲' AND b.name = '示例乙'"
            ),
            {"path": world.A1, "now": desk.now},
        )
    desk.reported()
    tells(desk)
    assert ("neighbor", "IncidentReported", True, "holder") in told(desk)
    assert not {one for one in told(desk) if one[0] == "worker"}


def test_a_late_commit_is_not_lost(desk: Desk) -> None:
    """An event whose transaction began first and commits last is new to the next reading."""
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as slow:
        connection_id = desk.id
        happened = _noted(desk, connection_id)
        record(slow, happened, actor=LOCAL_ADMINISTRATOR, at=desk.now)
        desk.reported()
        with desk.database.transaction(TELLER) as connection:
            first = [row.kind for row in new_events(connection, "trial")]
            assert first == []
            desk.reported()
        with desk.database.transaction(TELLER) as connection:
            assert [row.kind for row in new_events(connection, "trial")] == ["IncidentReported"]
    with desk.database.transaction(TELLER) as connection:
        assert [row.kind for row in new_events(connection, "trial")] == ["IncidentNoted"]
    with desk.database.transaction(TELLER) as connection:
        assert new_events(connection, "trial") == []


def _noted(desk: Desk, id: UUID) -> Any:
    from gridmap.events import IncidentNoted

    return IncidentNoted(1, world.A1, id, "taken_in", "taken_in", "晚到的一笔")


def test_a_teller_that_dies_between_its_two_writes_loses_and_doubles_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.reported()

    def dies(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        # the reader has moved, the notices are not there yet
        broken.setattr(telling, "_row", dies)
        with pytest.raises(KeyboardInterrupt):
            tells(desk)
    assert told(desk) == set()
    assert (tells(desk), tells(desk)) == (2, 0)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=ZoneInfo(ZONE))


def test_the_digest_tells_what_waited_once_it_is_time(desk: Desk) -> None:
    desk.reported()
    tells(desk)

    def digested(moment: datetime) -> list[int]:
        return list(digest(desk.database, acting(desk.given, TELLER, moment)).values())

    assert digested(local(11, 17, 29)) == []
    assert digested(local(11, 17, 30)) == [1]
    assert digested(local(11, 17, 31)) == []


def test_a_digest_that_was_missed_is_told_the_next_morning(desk: Desk) -> None:
    desk.reported()
    tells(desk)
    moment = acting(desk.given, TELLER, local(12, 7))
    assert list(digest(desk.database, moment).values()) == [1]


def test_the_last_digest_is_of_yesterday_before_its_time() -> None:
    assert last_digest(local(11, 9), "17:30", ZONE) == local(10, 17, 30)
    assert last_digest(local(11, 17, 30), "17:30", ZONE) == local(11, 17, 30)


def test_people_see_their_own_and_an_administrator_the_log(desk: Desk) -> None:
    desk.reported()
    tells(desk)
    with desk.database.transaction(desk.office["worker"]) as connection:
        mine = asked.mine(connection, desk.office["worker"], now=desk.now)
        assert mine["unseen"] == 1
        assert [one["why"]["zh"] for one in mine["notices"]] == ["你是经办人"]
        given = acting(desk.given, desk.office["worker"])
        assert mark_seen(connection, None, given) == 1
        assert asked.mine(connection, desk.office["worker"], now=desk.now)["unseen"] == 0
    with desk.database.transaction(desk.office["neighbor"]) as connection:
        assert asked.mine(connection, desk.office["neighbor"], now=desk.now)["notices"] == []
        assert asked.log(connection, now=desk.now)["rows"] == []
    with desk.database.transaction(desk.office["admin"]) as connection:
        names = [row["who"] for row in asked.log(connection, now=desk.now)["rows"]]
    assert sorted(names) == ["示例中心", "示例甲"]


def test_nobody_marks_what_was_told_to_others(desk: Desk) -> None:
    desk.reported()
    tells(desk)
    with desk.database.transaction(desk.office["neighbor"]) as connection:
        connection.execute(text("UPDATE notice SET seen_at = :now"), {"now": desk.now})
    with desk.database.transaction(TELLER) as connection:
        assert connection.scalar(text("SELECT count(seen_at) FROM notice")) == 0
