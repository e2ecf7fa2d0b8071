"""The catalog is data: categories and calendar are changed by who may, in versions, and audited."""

from datetime import date

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.operations import catalog
from gridmap.operations.circumstances import Circumstances
from gridmap.queries import catalog_rules, policies
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import acting, open_office


@pytest.fixture
def given(server: Server, database: Database) -> Circumstances:
    """The local administrator in the tiny world."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    return server.circumstances()


def test_a_new_limit_is_a_new_version(database: Database, given: Circumstances) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        before = policies.rule_of(connection, 1, at=NOW)
        catalog.set_rule(
            connection, 1, limit_min=600, around_the_clock=True, departments=["司法所"], given=given
        )
        after = policies.rule_of(connection, 1, at=NOW)
        kept = connection.scalar(text("SELECT count(*) FROM category_rule WHERE category = 1"))
    assert before.limit.minutes != after.limit.minutes == 600
    assert (after.departments, kept) == (("司法所",), 2)


def test_only_who_may_changes_it(
    database: Database, database_url: str, given: Circumstances
) -> None:
    office = open_office(database_url)
    for login in ("officer", "commander", "worker", "planner"):
        who = acting(given, office[login])
        with database.transaction(office[login]) as connection, pytest.raises(NotAllowed):
            catalog.retire(connection, 1, back=False, given=who)


def test_a_retired_category_keeps_its_incidents_and_takes_no_more(
    database: Database, given: Circumstances
) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        catalog.retire(connection, 1, back=False, given=given)
        offered = {one["number"] for one in policies.categories(connection)}
        listed = {row.number for row in catalog_rules.categories(connection)}
        told = connection.scalars(text("SELECT what FROM audit")).all()
    assert 1 not in offered
    assert 1 in listed
    assert list(told) == ["category_retired"]


def test_what_makes_no_sense_is_refused(database: Database, given: Circumstances) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        with pytest.raises(InvalidInput):
            catalog.set_rule(
                connection, 1, limit_min=0, around_the_clock=False, departments=[], given=given
            )
        with pytest.raises(NotFound):
            catalog.retire(connection, 99, back=False, given=given)


def test_the_year_shows_its_days(database: Database) -> None:
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        days = {row.day: row.works for row in catalog_rules.days(connection, 2026)}
    assert days[date(2026, 2, 17)] is False
