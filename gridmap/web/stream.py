"""``/events``: what happens in an area, as it happens, by server-sent events."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from gridmap import access, area
from gridmap.access import STRANGER, Viewer
from gridmap.database import Database
from gridmap.queries import live
from gridmap.queries.live import Key
from gridmap.web import parse, who
from gridmap.web.context import services, viewer
from gridmap.web.fanout import LOCAL, Hub
from gridmap.web.open_stream import (
    GONE,
    MOST_AT_ONCE,
    RESET,
    Ranges,
    Stream,
    message,
    told_of,
)

stream = Blueprint("stream", __name__)

ALIVE_EVERY_S = 5.0
RIGHTS_EVERY_S = 60.0
_RETRY = b"retry: 2000\n\n"
_SEND_BUFFER_BYTES = 64 * 1024
"""What the system keeps for a reader who does not read; more would hide that."""


@stream.get("/events")
def events() -> Response:
    """Follows an area from now on, or from the last message that came."""
    if viewer() == STRANGER:
        # a refusal would not tell the page why: the browser keeps the status to itself
        return _answer(iter([GONE]))
    within = parse.path(request.args, "within")
    last = request.headers.get("Last-Event-ID") or request.args.get("last", "")
    database, hub = services().database, hub_of_application()
    opened = Stream(_key(), _look(database, viewer(), within), _connection(), framed=_is_framed())
    system, snapshot = hub.join(opened)
    try:
        first = _missed(database, viewer(), opened.ranges, (system, snapshot), last)
    except BaseException:
        hub.leave(opened)
        raise
    opening = _RETRY + first + message("alive", _now(), f"{system}:{snapshot}")
    answer = _answer(_messages(hub, opened, opening, database, viewer(), within))
    answer.call_on_close(lambda: hub.leave(opened))
    return answer


def hub_of_application() -> Hub:
    """The listener of this process."""
    made: Hub = current_app.extensions["gridmap_hub"]
    return made


def _messages(
    hub: Hub, opened: Stream, opening: bytes, database: Database, seen_by: Viewer, within: str
) -> Iterator[bytes]:
    yield opening
    look_at = time.monotonic() + RIGHTS_EVERY_S
    while (chunk := opened.take(ALIVE_EVERY_S)) is not None:
        opened.flush()
        if chunk:
            yield chunk
        elif hub.is_well:
            yield hub.alive(opened)
        if time.monotonic() > look_at:
            look_at = time.monotonic() + RIGHTS_EVERY_S
            with suppress(SQLAlchemyError):
                opened.ranges = _look(database, seen_by, within)


def _answer(messages: Iterator[bytes]) -> Response:
    answer = Response(messages, content_type="text/event-stream; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    # a proxy that collects an answer before it passes it on would make it late
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _look(database: Database, seen_by: Viewer, within: str) -> Ranges:
    """Where the viewer may read events, as the database decides."""
    with database.transaction(seen_by) as connection:
        return tuple(area.narrowed(access.areas(connection, "event"), within))


def _missed(
    database: Database, seen_by: Viewer, ranges: Ranges, here: tuple[str, str], last: str
) -> bytes:
    """What happened since the last message; that everything is to be asked anew where unknown."""
    if not last:
        return b""
    system, snapshot = here
    before, _, seen = last.partition(":")
    if before != system or not live.is_answerable(seen, snapshot):
        return message(RESET, {})
    with database.transaction(seen_by) as connection:
        news = live.news(connection, seen, until=snapshot, most=MOST_AT_ONCE)
    return told_of(news.events, ranges, "", too_many=news.too_many)


def _key() -> Key:
    if g.who.session:
        cookie = request.cookies[who.SESSION_COOKIE]
        return Key("session", sha256(cookie.encode()).hexdigest())
    return Key(g.viewer.kind, g.viewer.name) if g.viewer.kind in {"kiosk", "token"} else LOCAL


def _connection() -> socket.socket | None:
    """The connection itself, where the server that runs us hands it on."""
    found: socket.socket | None = request.environ.get("gunicorn.socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    return found


def _is_framed() -> bool:
    """Whether the answer goes out in chunks, each with its length before it."""
    return request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1"


def _now() -> dict[str, str]:
    return {"at": services().clock().isoformat()}
