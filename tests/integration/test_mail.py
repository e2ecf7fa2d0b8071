"""The jobs that tell, and the mail of the daily digest to a server of this machine."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from smtplib import SMTPException

import pytest
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.clock import fixed_clock
from gridmap.database import Database
from gridmap.jobs import limits, telling
from gridmap.jobs.crew import Crew
from gridmap.operations.telling import TELLER
from gridmap.outside import mail
from tests import world
from tests.conftest import NOW, Server
from tests.integration.offices import open_office
from tests.integration.test_casework import Desk
from tests.integration.work import crew_of


class MailServer(socketserver.ThreadingTCPServer):
    """As much of a mail server as takes letters (RFC 5321)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[bytes] = []


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def server_of_mail() -> Iterator[MailServer]:
    with MailServer() as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.fixture
def crew(server: Server, database: Database, database_url: str, tmp_path: Path) -> Crew:
    """The jobs of the tiny world, where one report has come in since they began to listen."""
    with database.transaction(LOCAL_ADMINISTRATOR) as connection:
        world.build(connection)
    made = crew_of(server, database, database_url, tmp_path)
    desk = Desk(database, open_office(database_url), server.circumstances())
    telling.tell(made)
    desk.reported()
    return made


def mailing(crew: Crew, address: str) -> Crew:
    """The same crew in the evening, with a mail server."""
    settings = replace(
        crew.settings, smtp=address, mail_from="map@example.org", mail_domain="example.org"
    )
    return replace(crew, settings=settings, clock=fixed_clock(NOW + timedelta(hours=4)))


def test_the_digest_mails_how_many_wait_and_nothing_else(
    crew: Crew, server_of_mail: MailServer
) -> None:
    telling.tell(crew)
    evening = mailing(crew, f"smtp://127.0.0.1:{server_of_mail.server_address[1]}")
    telling.digest(evening)
    telling.digest(evening)
    (letter,) = server_of_mail.letters
    read = message_from_bytes(letter, policy=policy.default)
    assert read["To"] == "officer@example.org"
    assert read["Subject"] == "网格地图：1 条通知 · gridmap: 1 notices"
    assert "电线" not in read.get_content()


def test_without_a_server_the_digest_is_told_and_nothing_is_mailed(crew: Crew) -> None:
    telling.tell(crew)
    telling.digest(mailing(crew, ""))
    with crew.database.transaction(TELLER) as connection:
        assert connection.scalar(text("SELECT count(*) FROM notice WHERE told_at IS NULL")) == 0


def test_a_password_asks_for_a_safe_line(crew: Crew, server_of_mail: MailServer) -> None:
    port = server_of_mail.server_address[1]
    settings = mailing(crew, f"smtp://map:secret@127.0.0.1:{port}").settings
    with pytest.raises(SMTPException):
        mail.send_counts(settings, {"officer": 1})
    assert server_of_mail.letters == []


def test_the_minute_s_job_and_the_senders_run_on_an_idle_day(crew: Crew) -> None:
    limits.watch(crew)
    telling.send(crew)
    with crew.database.transaction(TELLER) as connection:
        kinds = set(connection.scalars(text("SELECT kind FROM event")))
    assert kinds == {"IncidentReported"}
