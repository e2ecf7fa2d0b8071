"""Notices and deliveries are kept for the days that were decided, and then they are gone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.operations import telling
from gridmap.operations.keeping import clear_told
from gridmap.operations.telling import TELLER
from tests import world
from tests.conftest import Server
from tests.integration.offices import acting, open_office
from tests.integration.test_casework import Desk


@pytest.fixture
def desk(server: Server, database: Database, database_url: str) -> Desk:
    """One report: its worker was told at once, the officer's notice waits for the digest."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    made = Desk(database, open_office(database_url), server.circumstances())
    # who follows events begins with what comes after its first look
    telling.tell(database, acting(made.given, TELLER))
    made.id = made.reported()
    telling.tell(database, acting(made.given, TELLER))
    return made


def cleared(desk: Desk, days: int) -> tuple[int, int]:
    return clear_told(desk.database, acting(desk.given, TELLER, desk.now + timedelta(days=days)))


def test_notices_go_after_a_year_and_what_is_still_to_be_told_stays(desk: Desk) -> None:
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        told = text("SELECT count(*) FILTER (WHERE told_at IS NULL), count(*) FROM notice")
        assert tuple(connection.execute(told).one()) == (1, 2)
    assert cleared(desk, 365) == (0, 0)
    assert cleared(desk, 366) == (1, 0)
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        assert tuple(connection.execute(told).one()) == (1, 1)


_DELIVER = """
INSERT INTO delivery (webhook, county, event, next_at, done_at)
SELECT :hook, county, id, CASE WHEN :waits THEN CAST(:now AS timestamptz) END,
       CASE WHEN NOT :waits THEN CAST(:now AS timestamptz) END
  FROM event WHERE kind = 'IncidentReported' LIMIT 1
"""


@pytest.mark.parametrize("waits", [True, False])
def test_deliveries_go_after_their_days_unless_they_are_still_tried(
    desk: Desk, waits: bool
) -> None:
    hook = uuid4()
    with desk.database.transaction(TELLER) as connection:
        connection.execute(
            text(
                "INSERT INTO webhook (id, url, secret_sealed, path, created_by, created_at)"
                " VALUES (:id, 'https://example.org', '', '', 'test', :now)"
            ),
            {"id": hook, "now": desk.now},
        )
        connection.execute(text(_DELIVER), {"hook": hook, "waits": waits, "now": desk.now})
    assert cleared(desk, 90)[1] == 0
    assert cleared(desk, 91)[1] == (0 if waits else 1)
