"""The application on the tiny world, with a report in it."""

from collections.abc import Iterator

import pytest

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.settings import Settings
from tests import world
from tests.conftest import Server
from tests.integration.offices import open_office
from tests.web.houses import House
from tests.web.test_public_report import database_of, started


@pytest.fixture
def house(server: Server, database_url: str) -> Iterator[House]:
    """The application on the tiny world with its offices, and one report in A1."""
    app = started(Settings(database_url=database_url, instance=server.instance))
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    yield House(app, open_office(database_url))
    database_of(app).dispose()
