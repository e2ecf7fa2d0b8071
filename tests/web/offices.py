"""The tiny world's people in front of the web: clients that are signed in as each of them."""

from datetime import datetime
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.operations import sessions
from gridmap.operations.sessions import DOOR
from tests.conftest import NOW


class Watch:
    """A clock that a test sets; it starts at the moment of the tests."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def database_of(app: Flask) -> Database:
    """The application's engines."""
    made: Database = app.extensions["gridmap"].database
    return made


def signed_in(app: Flask, viewer: Viewer, *, how: str = "link", now: datetime = NOW) -> FlaskClient:
    """A browser with a session of an account."""
    client = app.test_client()
    with database_of(app).transaction(DOOR) as connection:
        value = sessions.open_session(
            connection, UUID(viewer.name), now=now, source="203.0.113.7", how=how
        )
    client.set_cookie("gridmap_session", value)
    return client
