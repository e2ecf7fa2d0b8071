"""Mail, where a server for it is set: how many notices wait, and nothing of what they say."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from gridmap.settings import Settings

WAIT_S = 20.0


def send_counts(settings: Settings, counts: Mapping[str, int]) -> None:
    """Mails each login how many notices wait for it; nothing where no server is set.

    The words of a notice stay where rights are asked: a mailbox asks for none. Raises OSError
    or smtplib.SMTPException where the server does not take them.
    """
    if not settings.smtp or not counts:
        return
    with _server(settings.smtp) as server:
        for login, count in counts.items():
            server.send_message(letter(settings, login, count))


def letter(settings: Settings, login: str, count: int) -> EmailMessage:
    """The letter to one login."""
    made = EmailMessage()
    made["From"] = settings.mail_from
    made["To"] = f"{login}@{settings.mail_domain}"
    made["Subject"] = f"网格地图：{count} 条通知 · gridmap: {count} notices"
    made.set_content(
        f"你有 {count} 条新通知，请登录网格地图的“通知”页查看。\n"
        f"There are {count} new notices for you; sign in to gridmap and open Notices.\n"
    )
    return made


@contextmanager
def _server(address: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(address)
    host, sealed = parts.hostname or "localhost", parts.scheme == "smtps"
    safe = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, parts.port or 465, timeout=WAIT_S, context=safe)
        if sealed
        else smtplib.SMTP(host, parts.port or 25, timeout=WAIT_S)
    ) as server:
        if parts.username:
            if not sealed:
                # a password never travels in the open
                server.starttls(context=safe)
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
