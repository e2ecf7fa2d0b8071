"""Policies in versions: each holds from its day on, and open clocks follow new working hours."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.operations import policies
from gridmap.operations.limits import CLOCK
from gridmap.queries import policies as asked
from gridmap.rules.policies import POLICIES, written
from tests import world
from tests.conftest import Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk

NEIGHBORS = 1
TODAY = date(2026, 6, 11)


@pytest.fixture
def desk(server: Server, database: Database, database_url: str) -> Desk:
    """The tiny world with its officers and one report."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    return Desk(database, open_office(database_url), server.circumstances())


def decide(
    desk: Desk, name: str, value: str, *, from_day: date | None = None, who: str = "admin"
) -> None:
    viewer = desk.office[who]
    with desk.database.transaction(viewer) as connection:
        given = acting(desk.given, viewer, desk.now)
        policies.decide(connection, name, {"value": value}, from_day=from_day, given=given)


def holds(desk: Desk, name: str, days: int = 0) -> object:
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        return asked.policy(connection, name, at=desk.now + timedelta(days=days))


def test_every_policy_can_be_decided_and_none_is_forgotten(desk: Desk) -> None:
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        found = asked.versions(connection)
    assert set(found) == set(POLICIES)
    for name, (first, *_) in found.items():
        assert all(written(name, first.value).values())


def test_a_version_holds_from_its_day_on(desk: Desk) -> None:
    decide(desk, "call_back_after_days", "14", from_day=TODAY + timedelta(days=3))
    assert [holds(desk, "call_back_after_days", n) for n in (0, 2, 3, 9)] == [7, 7, 14, 14]
    decide(desk, "call_back_after_days", "5", from_day=TODAY)
    assert [holds(desk, "call_back_after_days", n) for n in (0, 9)] == [5, 5]
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        versions = asked.versions(connection)["call_back_after_days"]
        noted = connection.scalar(text("SELECT count(*) FROM audit WHERE what = 'policy_set'"))
    assert [(one.version, one.value) for one in versions] == [(3, 5), (2, 14), (1, 7)]
    assert versions[-1].since is None
    assert noted == 2


def test_the_past_is_not_decided(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        decide(desk, "call_back_after_days", "14", from_day=TODAY - timedelta(days=1))


@pytest.mark.parametrize("who", ["officer", "county", "commander", "planner", "auditor"])
def test_only_who_administers_everything_decides(desk: Desk, who: str) -> None:
    with pytest.raises(NotAllowed):
        decide(desk, "digest_at", "08:00", who=who)


def test_open_clocks_follow_new_hours_when_these_come_into_force(desk: Desk) -> None:
    desk.id = desk.reported(category=NEIGHBORS)
    before = desk.row().due_at
    decide(desk, "working_hours", "08:00-20:00", from_day=TODAY + timedelta(days=1))
    given = acting(desk.given, CLOCK, desk.now)
    assert not policies.follow_hours(desk.database, given)
    desk.now += timedelta(days=1)
    given = acting(desk.given, CLOCK, desk.now)
    assert policies.follow_hours(desk.database, given)
    assert desk.row().due_at < before
    assert not policies.follow_hours(desk.database, given)
