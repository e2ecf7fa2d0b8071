"""Who asks: by the session's cookie, a kiosk's cookie, a token, or being at this machine."""

import re
from dataclasses import dataclass

from flask import Request, Response, current_app, g, request
from werkzeug.datastructures import Headers

from gridmap.access import LOCAL_ADMINISTRATOR, STRANGER, Viewer
from gridmap.operations import keys, sessions
from gridmap.operations.sessions import DOOR, Session
from gridmap.web.context import Services

LOOPBACK = ("127.0.0.1", "::1")
LOOPBACK_NAME = re.compile(r"(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?")
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
SESSION_COOKIE, KIOSK_COOKIE = "gridmap_session", "gridmap_kiosk"
KIOSK_LIFE_S = 90 * 86_400
_BEARER = re.compile(r"Bearer (gm_[A-Za-z0-9_-]{20,100})")


@dataclass(frozen=True)
class Who:
    """The viewer of a request, and the session that says so, if one does."""

    viewer: Viewer
    session: Session | None = None


def decide(made: Services, request: Request) -> Who:
    """Who asks in a request: the first of session, kiosk, token, this machine; else a stranger.

    A cookie or token that has ended makes a stranger, never the local administrator.
    """
    if value := request.cookies.get(SESSION_COOKIE):
        with made.database.transaction(DOOR) as connection:
            session = sessions.session_of(connection, value, now=made.clock())
        return Who(session.viewer, session) if session else Who(STRANGER)
    if value := request.cookies.get(KIOSK_COOKIE):
        return Who(_by_secret(made, "kiosk", value))
    if bearer := _BEARER.fullmatch(request.headers.get("Authorization", "")):
        return Who(_by_secret(made, "token", bearer[1]))
    if is_here(request.remote_addr, request.headers) and not _someone_signed_in(made):
        return Who(LOCAL_ADMINISTRATOR)
    return Who(STRANGER)


def is_here(remote: str | None, headers: Headers) -> bool:
    """Whether a request comes from this machine, without a proxy before.

    The request must also name this machine: a foreign page can have its own name resolve to
    127.0.0.1 (DNS rebinding), and then no browser tells its requests from ours.
    """
    forwarded = any(name in headers for name in FORWARDED)
    named = bool(LOOPBACK_NAME.fullmatch(headers.get("Host", "")))
    return remote in LOOPBACK and named and not forwarded


def source_of(request: Request) -> str:
    """From where a request comes, for the trail.

    The address that the server saw; where that is a proxy on this machine, the one it tells of.
    Who looks through somebody else's eyes is named: what is read then is not that person's doing.
    """
    remote = request.remote_addr or ""
    source = request.headers.get("X-Real-IP", remote)[:45] if remote in LOOPBACK else remote
    session = g.who.session if g.get("who") else None
    return f"{source} 由 {session.login} 代看" if session and session.viewing_as else source


def is_secure(request: Request) -> bool:
    """Whether the browser speaks TLS, with this server or with the proxy before it."""
    behind = request.remote_addr in LOOPBACK and request.headers.get("X-Forwarded-Proto") == "https"
    return request.is_secure or behind


def keep_session(response: Response, value: str) -> Response:
    """Hands the cookie of a session to the browser; no script can read it."""
    response.set_cookie(
        SESSION_COOKIE, value, httponly=True, samesite="Lax", secure=is_secure(request)
    )
    return response


def keep_kiosk(response: Response, value: str) -> Response:
    """Hands a kiosk its cookie, which lasts as long as the screen is in use."""
    response.set_cookie(
        KIOSK_COOKIE,
        value,
        max_age=KIOSK_LIFE_S,
        httponly=True,
        samesite="Lax",
        secure=is_secure(request),
    )
    return response


def _by_secret(made: Services, kind: str, value: str) -> Viewer:
    with made.database.transaction(DOOR) as connection:
        id = keys.holder_of(connection, kind, value, now=made.clock())
    return Viewer(kind, str(id)) if id else STRANGER


def _someone_signed_in(made: Services) -> bool:
    """Whether the installation has left the hands of the local administrator: for good."""
    known = current_app.extensions.setdefault("gridmap_signed_in", {"once": False})
    if not known["once"]:
        with made.database.transaction(DOOR) as connection:
            known["once"] = keys.someone_signed_in(connection)
    return bool(known["once"])
