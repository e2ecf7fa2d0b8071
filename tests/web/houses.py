"""The application on the tiny world with its officers, and one report of a resident."""

import io
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.test import TestResponse

from gridmap.access import Viewer
from gridmap.operations import sessions
from gridmap.operations.sessions import DOOR
from gridmap.web.who import SESSION_COOKIE
from tests.conftest import NOW
from tests.integration.offices import Office
from tests.web.requests import ELSEWHERE, PROGRAM
from tests.web.test_public_report import body, database_of, rows, send


class House:
    """The application on the tiny world, its officers, and one reported incident in A1."""

    def __init__(self, app: Flask, office: Office) -> None:
        self.app, self.office = app, office
        self.sent = body()
        self.code = send(app, self.sent).get_json()["code"]
        (row,) = rows(app, "SELECT county, id FROM incident")
        self.at = f"/api/incidents/{row.county}/{row.id}"
        self.id = row.id

    def ask(self, who: str | None, method: str, path: str, **more: Any) -> TestResponse:
        """Asks in somebody's name; None is a stranger."""
        client = self.app.test_client()
        if who is not None:
            client.set_cookie(SESSION_COOKIE, self._session(self.office[who]))
        headers = {**PROGRAM, **more.pop("headers", {})}
        return client.open(
            path, method=method, headers=headers, environ_overrides=ELSEWHERE, **more
        )

    def _session(self, viewer: Viewer) -> str:
        with database_of(self.app).transaction(DOOR) as connection:
            return sessions.open_session(connection, UUID(viewer.name), now=NOW, source="")

    def upload(
        self, who: str | None, content: bytes, *, id: str = "", name: str = "墙.jpg"
    ) -> TestResponse:
        """Adds a file: as an officer, or by code where ``who`` is None."""
        fields = {"id": id or str(uuid4()), "file": (io.BytesIO(content), name)}
        if who is None:
            return self.ask(None, "POST", "/api/follow/photos", data=fields | {"code": self.code})
        return self.ask(who, "POST", f"{self.at}/attachments", data=fields)

    def papers(self, who: str = "worker") -> Any:
        """The attachments as somebody sees them."""
        return self.ask(who, "GET", f"{self.at}/attachments").get_json()
