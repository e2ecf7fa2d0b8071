"""The stream as a process of its own: gunicorn with gevent, on its own driver."""

import http.client
import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import pytest

from gridmap import children
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.events import IncidentNoted
from gridmap.operations import keys
from gridmap.operations.keys import NewKey
from gridmap.operations.record import record
from gridmap.settings import Settings
from tests import nginx_site
from tests.conftest import NOW, Server
from tests.integration.runs import free_port

PATIENCE_S = 30


@pytest.fixture
def port(server: Server, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a stream process on an empty database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    settings = Settings(database_url=database_url, instance=server.instance, stream_port=free)
    process = children.stream(settings)
    _until_it_listens(process, free)
    yield free
    children.end({"stream": process})
    assert process.stdin
    process.stdin.close()


def _until_it_listens(process: "subprocess.Popen[bytes]", port: int) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), PATIENCE_S).close()
        except ConnectionRefusedError:
            continue
        return
    pytest.fail("the stream ended by itself")


def test_many_pages_are_told_at_once_and_answers_are_whole(
    server: Server, database: Database, port: int
) -> None:
    given = replace(server.circumstances(), now=NOW)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        secret = keys.make_kiosk(connection, NewKey("大屏", ""), given, source="")
    cookie = {"Cookie": f"gridmap_kiosk={secret}"}
    pages = [http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S) for _ in range(30)]
    for page in pages:
        page.request("GET", "/events", headers=cookie)
    answers = [page.getresponse() for page in pages]
    assert {(one.status, one.getheader("Content-Type")) for one in answers} == {
        (200, "text/event-stream; charset=utf-8")
    }
    for answer in answers:
        assert "alive" in _next(answer)
    events = [IncidentNoted(0, "", uuid4(), "", "") for _ in range(3)]
    for event in events:
        with database.transaction(LOCAL_ADMINISTRATOR) as connection:
            record(connection, event, actor=LOCAL_ADMINISTRATOR, at=NOW)
    subjects = [str(event.subject) for event in events]
    for answer in answers:
        told: list[str] = []
        while len(told) < len(subjects):
            one = _next(answer)
            told += [json.loads(one["happened"])["subject"]] if "happened" in one else []
        assert told == subjects
    for page in pages:
        page.close()


def test_through_nginx_it_comes_at_once(server: Server, database: Database, port: int) -> None:
    """Each message before the next one happens: an answer that is held back would never come."""
    if (found := nginx_site.programs()) is None:
        pytest.skip("nginx or openssl is not installed")
    given = replace(server.circumstances(), now=NOW)
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        secret = keys.make_kiosk(connection, NewKey("大屏", ""), given, source="")
    front = free_port()
    ports = {80: free_port(), 443: front, 8000: port, 8001: port}
    with (
        nginx_site.folder() as folder,
        nginx_site.running(found[0], nginx_site.written(folder, found[1], ports=ports)),
    ):
        trust = ssl._create_unverified_context()
        page = http.client.HTTPSConnection("127.0.0.1", front, context=trust, timeout=PATIENCE_S)
        with closing(page):
            page.request("GET", "/events", headers={"Cookie": f"gridmap_kiosk={secret}"})
            answer = page.getresponse()
            assert "alive" in _next(answer)
            for _ in range(2):
                event = IncidentNoted(0, "", uuid4(), "", "")
                with database.transaction(LOCAL_ADMINISTRATOR) as connection:
                    record(connection, event, actor=LOCAL_ADMINISTRATOR, at=NOW)
                while "happened" not in (told := _next(answer)):
                    assert "alive" in told
                assert json.loads(told["happened"])["subject"] == str(event.subject)


def test_it_answers_nothing_else(port: int) -> None:
    for path, status in (("/healthz", 200), ("/readyz", 200), ("/", 404), ("/api/catalog", 404)):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as asked:
            asked.request("GET", path)
            assert asked.getresponse().status == status, path


def _next(answer: http.client.HTTPResponse) -> dict[str, str]:
    """The next message of a stream: its name, and what it says."""
    fields: dict[str, str] = {}
    while line := answer.readline().decode():
        if line == "\n" and "event" in fields:
            return {fields["event"]: fields["data"]}
        name, _, value = line.rstrip("\n").partition(": ")
        fields[name] = value
    pytest.fail("the stream ended")
