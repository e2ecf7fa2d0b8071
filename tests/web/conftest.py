"""The application on the tiny world with its people; with a report in it, and without."""

from collections.abc import Iterator

import pytest
from flask import Flask

from gridmap import create_app
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.settings import Settings
from tests import world
from tests.conftest import Server
from tests.integration.offices import Office, open_office
from tests.web.houses import House
from tests.web.offices import Watch, database_of
from tests.web.test_public_report import started


@pytest.fixture
def watch() -> Watch:
    """The clock of the application under test."""
    return Watch()


@pytest.fixture
def app(server: Server, database_url: str, watch: Watch) -> Iterator[Flask]:
    """The application on the tiny world."""
    settings = Settings(database_url=database_url, instance=server.instance)
    made = create_app("web", settings=settings, clock=watch)
    with database_of(made).transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    yield made
    database_of(made).dispose()


@pytest.fixture
def office(app: Flask, database_url: str) -> Office:
    """Its people."""
    return open_office(database_url)


@pytest.fixture
def house(server: Server, database_url: str) -> Iterator[House]:
    """The application on the tiny world with its offices, and one report in A1."""
    app = started(Settings(database_url=database_url, instance=server.instance))
    with database_of(app).transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    yield House(app, open_office(database_url))
    database_of(app).dispose()
