"""Webhooks: signed, redacted, of their area alone; each event arrives, and under one id."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook

from gridmap import clock as clocks
from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.database import Database
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.operations import webhooks
from gridmap.operations.following import new_events
from gridmap.operations.telling import TELLER
from gridmap.operations.webhooks import BACK_OFF, LEASE, NewWebhook
from gridmap.outside import webhooks as outside
from tests import world
from tests.conftest import Server
from tests.integration.homes import NAME, settle
from tests.integration.offices import TOWNSHIP, acting, open_office
from tests.integration.test_casework import Desk

HERE = frozenset({"127.0.0.1", "localhost"})


@dataclass
class Receiver:
    """Another system on this machine, and what it was sent."""

    address: str
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.got.append((headers, self.rfile.read(length)))
            status = made.answers.pop(0) if made.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", made.address + "/elsewhere")
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{listening.server_port}/hook"
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield made
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def desk(server: Server, database: Database, database_url: str) -> Desk:
    """The tiny world with its officers and one report, from before anybody listens."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    made = Desk(database, open_office(database_url), server.circumstances())
    queues(made)
    return made


def hooked(desk: Desk, receiver: Receiver, path: str = "", kinds: tuple[str, ...] = ()) -> str:
    """Sets a webhook up; returns its secret."""
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        new = NewWebhook(receiver.address, path, kinds)
        return webhooks.add(connection, new, desk.given, allowed=HERE)[1]


def queues(desk: Desk) -> int:
    return webhooks.queue(desk.database, acting(desk.given, TELLER, desk.now))


def sends(desk: Desk) -> int:
    return webhooks.send(
        desk.database, clocks.fixed_clock(desk.now), desk.given.sealer, allowed=HERE
    )


def test_an_event_arrives_signed(desk: Desk, receiver: Receiver) -> None:
    secret = hooked(desk, receiver)
    desk.reported()
    assert (queues(desk), sends(desk), sends(desk)) == (1, 1, 0)
    (headers, body) = receiver.got[0]
    assert headers["webhook-timestamp"] == str(int(desk.now.timestamp()))
    signed = Webhook(secret).sign(headers["webhook-id"], desk.now, body.decode())
    assert headers["webhook-signature"] == signed
    told = json.loads(body)
    assert told["type"] == "IncidentReported"
    assert told["data"]["path"] == world.A1
    assert UUID(headers["webhook-id"])


def test_only_what_happens_in_its_area_and_of_its_kinds(desk: Desk, receiver: Receiver) -> None:
    hooked(desk, receiver, f"{world.COUNTY}102/")
    desk.reported()
    assert queues(desk) == 0
    hooked(desk, receiver, TOWNSHIP, ("IncidentVerified",))
    desk.reported()
    desk.take("worker", "verify", words="看过了")
    queues(desk)
    sends(desk)
    assert [body["type"] for body in receiver.bodies] == ["IncidentVerified"]


def test_numbers_in_free_text_do_not_leave(desk: Desk, receiver: Receiver) -> None:
    hooked(desk, receiver)
    desk.take("worker", "verify", words="电话13812345678，又13987654321，证件62292219800101123X")
    queues(desk)
    sends(desk)
    body = receiver.got[0][1]
    for number in ("13812345678", "13987654321", "62292219800101123"):
        assert number not in body.decode()
    assert str(desk.id) in body.decode()
    assert "示例甲" not in body.decode()


def test_names_known_with_an_incident_do_not_leave(
    desk: Desk, receiver: Receiver, database_url: str
) -> None:
    home = settle(database_url, desk.given.sealer, world.A1)
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        connection.execute(
            text("INSERT INTO incident_household VALUES (1, :id, 1, :home)"),
            {"id": desk.id, "home": home.household},
        )
    hooked(desk, receiver)
    desk.take("worker", "verify", words=f"找{NAME}核实，{NAME}说是")
    queues(desk)
    sends(desk)
    (body,) = receiver.bodies
    assert body["data"]["words"] == "找［姓名已隐去］核实，［姓名已隐去］说是"


def test_a_failure_is_tried_again_later_under_the_same_id(desk: Desk, receiver: Receiver) -> None:
    hooked(desk, receiver)
    receiver.answers = [500, 302, 200]
    desk.reported()
    queues(desk)
    tried = []
    for wait in (timedelta(), BACK_OFF[0], BACK_OFF[1], timedelta(days=1)):
        desk.now += wait
        assert sends(desk) in (0, 1)
        tried.append(len(receiver.got))
        assert sends(desk) == 0
    # no redirect is followed; and what arrived is not sent again
    assert tried == [1, 2, 3, 3]
    assert len(set(receiver.ids)) == 1


def test_after_the_last_try_it_is_given_up_and_counted(desk: Desk, receiver: Receiver) -> None:
    hooked(desk, receiver)
    receiver.answers = [503] * 50
    desk.reported()
    queues(desk)
    for wait in (timedelta(), *BACK_OFF, timedelta(days=9)):
        desk.now += wait
        sends(desk)
    assert len(receiver.got) == len(BACK_OFF) + 1
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        (row,) = webhooks.listed(connection)
    assert (row.arrived, row.waiting, row.given_up) == (0, 0, 1)


def test_a_sender_that_dies_after_sending_sends_again_under_the_same_id(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked(desk, receiver)
    desk.reported()
    queues(desk)

    def dies(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(webhooks, "_conclude", dies)
        with pytest.raises(KeyboardInterrupt):
            sends(desk)
    assert sends(desk) == 0
    desk.now += LEASE
    assert (sends(desk), sends(desk)) == (1, 0)
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


def test_a_follower_that_dies_before_its_commit_queues_all_of_it_later(
    desk: Desk, receiver: Receiver
) -> None:
    hooked(desk, receiver)
    desk.reported()
    with desk.database.transaction(TELLER) as connection:
        assert len(new_events(connection, webhooks.READER)) == 1
        connection.rollback()
    assert (queues(desk), queues(desk)) == (1, 0)


_KILLED = """
import os, signal, sys
from gridmap import database, sealing, secrets
from gridmap.clock import system_clock
from gridmap.operations import webhooks
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.following import new_events
from gridmap.operations.telling import TELLER
from pathlib import Path
url, instance, where = sys.argv[1:]
kept = secrets.load_or_make(Path(instance))
made = database.connect(url, kept)
def die(*_given, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
if where == "queue":
    # between the two writes: the deliveries are there, the reader's snapshot moved, no commit
    real = made.transaction
    from contextlib import contextmanager
    @contextmanager
    def dying(viewer):
        with real(viewer) as connection:
            yield connection
            die()
    object.__setattr__(made, "transaction", dying)
    given = Circumstances(TELLER, system_clock(), "Asia/Shanghai", 200.0, sealing.sealer(kept))
    webhooks.queue(made, given)
else:
    webhooks._conclude = die
    webhooks.send(made, system_clock, sealing.sealer(kept), allowed={"127.0.0.1"})
"""


def killed(server: Server, url: str, where: str) -> None:
    """Runs a follower in a process of its own that is killed -9 in the midst of its work."""
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, url, str(server.instance), where],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def test_kill_9_at_any_moment_loses_and_doubles_nothing(
    desk: Desk, receiver: Receiver, server: Server, database_url: str
) -> None:
    hooked(desk, receiver)
    desk.reported()
    killed(server, database_url, "queue")
    assert (queues(desk), queues(desk)) == (1, 0)
    killed(server, database_url, "send")
    assert len(receiver.got) == 1
    desk.now = clocks.system_clock() + LEASE
    assert sends(desk) == 1
    assert len(set(receiver.ids)) == 1
    with desk.database.transaction(TELLER) as connection:
        assert connection.scalar(text("SELECT count(*) FROM delivery")) == 1


def test_what_was_stopped_gets_nothing_more(desk: Desk, receiver: Receiver) -> None:
    hooked(desk, receiver)
    desk.reported()
    queues(desk)
    with desk.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        webhooks.stop(connection, webhooks.listed(connection)[0].id, desk.given)
    desk.reported()
    assert (queues(desk), sends(desk)) == (0, 0)


@pytest.mark.parametrize("who", ["officer", "commander", "planner", "worker", "auditor"])
def test_only_an_administrator_sets_one_up(desk: Desk, receiver: Receiver, who: str) -> None:
    viewer = desk.office[who]
    new = NewWebhook(receiver.address, TOWNSHIP)
    with pytest.raises(NotAllowed), desk.database.transaction(viewer) as connection:
        webhooks.add(connection, new, acting(desk.given, viewer), allowed=HERE)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"),
        *("2002:a00:1::", "224.0.0.1", "ff02::1", "255.255.255.255"),
    ],
)
def test_no_name_leads_inside(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))
    inside = (family, socket.SOCK_STREAM, 6, "", (address, 443))
    # one public address beside it opens nothing
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: [public, inside])
    with pytest.raises(InvalidInput, match="内部网络"):
        outside.resolve("hook.example", 443, frozenset())
    assert outside.resolve("hook.example", 443, {"hook.example"})


def test_the_address_that_was_checked_is_the_one_that_is_reached(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """A name that answers once with one address and then with another reaches the first."""
    port = int(receiver.address.split(":")[2].split("/")[0])
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, *given: Any, **more: Any) -> Any:
        if host != "hook.example":
            return real(host, *given, **more)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    message = outside.Message("m1", clocks.system_clock(), "{}")
    url = f"http://hook.example:{port}/"
    assert outside.deliver(url, "whsec_c2VjcmV0", message, {"hook.example"}) == 204
    assert asked == ["hook.example"]
    assert receiver.got[0][0]["host"] == f"hook.example:{port}"


@pytest.mark.parametrize(
    "url",
    [
        *("http://hook.example/", "ftp://hook.example/", "https://", "hook.example", ""),
        *("https://user:secret@hook.example/", "https://hook.example:99999/", "file:///etc/passwd"),
        "https://hook.example/#part",
    ],
)
def test_what_is_no_safe_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        outside.check_address(url, frozenset())


def test_an_address_inside_is_refused_also_when_it_is_time_to_send(
    desk: Desk, receiver: Receiver
) -> None:
    hooked(desk, receiver)
    desk.reported()
    queues(desk)
    nobody: frozenset[str] = frozenset()
    moment = clocks.fixed_clock(desk.now)
    assert webhooks.send(desk.database, moment, desk.given.sealer, allowed=nobody) == 1
    assert receiver.got == []
