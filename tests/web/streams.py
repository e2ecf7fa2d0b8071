"""Reading a stream of events, as a page does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.requests import ELSEWHERE


@dataclass(frozen=True)
class Message:
    """A message of a stream."""

    name: str
    data: dict[str, Any]
    id: str = ""


def parsed(text: str) -> Iterator[Message]:
    """The messages of a piece of a stream."""
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in fields:
            yield Message(fields["event"], json.loads(fields["data"]), fields.get("id", ""))


class Reading:
    """An open stream, read message by message; each wait ends with a sign of life at the latest."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self._chunks = iter(answer.response)
        self._ready: list[Message] = []
        self.last = ""

    def next(self) -> Message | None:
        """The next message; None at the end."""
        while not self._ready:
            chunk = next(self._chunks, None)
            if chunk is None:
                return None
            assert isinstance(chunk, bytes)
            self._ready += parsed(chunk.decode())
        found = self._ready.pop(0)
        self.last = found.id or self.last
        return found

    def happened(self) -> list[tuple[str, str]]:
        """Kind and path of what is told until the next sign of life."""
        found = []
        while (one := self.next()) is not None and one.name != "alive":
            assert one.name == "happened", one
            found.append((one.data["kind"], one.data["path"]))
        return found


@contextmanager
def opened(client: FlaskClient, query: str = "", **headers: str) -> Iterator[Reading]:
    """A stream of a viewer who is not at this machine; closed at the end."""
    answer = client.get(f"/events?{query}", headers=headers, environ_overrides=ELSEWHERE)
    try:
        assert answer.status_code == 200, answer.status_code
        yield Reading(answer)
    finally:
        answer.close()
