"""The one place that enforces who may use which route; the table is ``who_may``."""

from urllib.parse import quote

from flask import Flask, Response, g, redirect, request

from gridmap.access import STRANGER
from gridmap.errors import NotAllowed, SignInNeeded
from gridmap.operations import rates
from gridmap.operations.sessions import DOOR
from gridmap.web import who
from gridmap.web.context import services
from gridmap.web.who_may import KNOWN, LOOPBACK_ONLY, OPEN, PERSON, WHO_MAY

ENDS_VIEWING = {"auth.sign_out", "auth.stop_viewing"}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_PEOPLE = {"account", "local"}
_OF_TOKENS = {"api.take_report"}
"""What a token may do besides reading, if its verbs say so."""
_READS_BY_POST = {"api.find"}
"""What only reads, though its words come in a body, out of the address."""


def install(app: Flask) -> None:
    """Decides the viewer of each request and refuses what that viewer may not use."""

    @app.before_request
    def _decide() -> Response | None:
        g.who = who.decide(services(), request)
        g.viewer = g.who.viewer
        needed = WHO_MAY.get(request.endpoint or "", OPEN)
        if needed == LOOPBACK_ONLY and not who.is_here(request.remote_addr, request.headers):
            raise NotAllowed("只能在本机查看。")
        if request.method not in _SAFE_METHODS:
            _refuse_cross_site()
        if request.method not in _SAFE_METHODS and request.endpoint not in _READS_BY_POST:
            _refuse_looking_through(request.endpoint)
            _refuse_keys(request.endpoint)
        if g.viewer.kind == "token":
            made = services()
            rates.spend(made.database, DOOR, rates.TOKEN, g.viewer.name, now=made.clock())
        if g.viewer == STRANGER and needed in {KNOWN, PERSON}:
            return _to_sign_in()
        if needed == PERSON and g.viewer.kind not in _PEOPLE:
            raise NotAllowed("这里只给登录的人用。")
        return None


def _to_sign_in() -> Response:
    """A page leads to the sign-in and back; everything else is told that it must sign in."""
    if request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
        raise SignInNeeded("请先登录。")
    back = request.full_path.rstrip("?")
    return redirect(f"/sign-in?next={quote(back)}")  # type: ignore[return-value]


def _refuse_looking_through(endpoint: str | None) -> None:
    """Who looks through somebody else's eyes has not their hands."""
    if g.who.session and g.who.session.viewing_as and endpoint not in ENDS_VIEWING:
        raise NotAllowed("你正在以别人的视角查看，不能改动；请先退出这个视角。")


def _refuse_keys(endpoint: str | None) -> None:
    """A wall screen changes nothing, and another system does what its token says."""
    if g.viewer.kind == "kiosk" or (g.viewer.kind == "token" and endpoint not in _OF_TOKENS):
        raise NotAllowed("大屏和令牌不能做这件事。")


def _refuse_cross_site() -> None:
    """A page of another site must not act in the name of who is signed in here."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        allowed = site in {"same-origin", "none"}
    elif origin is not None:
        allowed = origin.partition("://")[2] == request.host
    else:
        # no browser sends neither; other programs say who they are
        allowed = request.headers.get("X-Requested-With") == "gridmap"
    if not allowed:
        raise NotAllowed("请求来自别的网站，已拒绝；程序请带上 X-Requested-With: gridmap。")


def check_table(app: Flask) -> None:
    """Raises LookupError for a route that has no line in the table."""
    missing = sorted(set(app.view_functions) - set(WHO_MAY))
    if missing:
        raise LookupError(f"no line in the authorization table: {', '.join(missing)}")
