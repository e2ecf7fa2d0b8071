"""Signing in and out."""

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from gridmap import __version__
from gridmap.errors import NotAllowed
from gridmap.operations import sessions
from gridmap.operations.sessions import DOOR
from gridmap.web.context import services
from gridmap.web.language import translated
from gridmap.web.who import SESSION_COOKIE, keep_session, source_of

auth = Blueprint("auth", __name__)


@auth.get("/sign-in")
def sign_in_page() -> str:
    """The form to sign in with."""
    return _form("", _next(request.args.get("next", "")))


@auth.post("/sign-in")
def sign_in() -> AnyResponse | tuple[str, int]:
    """Opens a session and goes on to where the visitor was going."""
    made, fields = services(), request.form
    with made.database.transaction(DOOR) as connection:
        opened = sessions.sign_in(
            connection,
            login=fields.get("login", ""),
            password=fields.get("password", ""),
            code=fields.get("code", ""),
            now=made.clock(),
            source=source_of(request),
            sealer=made.sealer,
        )
    back = _next(fields.get("next", ""))
    if isinstance(opened, NotAllowed):
        return _form(translated(opened.message), back, login=fields.get("login", "")), 422
    return keep_session(redirect(back), opened, secure=request.is_secure)  # type: ignore[arg-type]


@auth.get("/sign-in/<link>")
def by_link(link: str) -> AnyResponse:
    """Signs in by a one-time link."""
    made = services()
    with made.database.transaction(DOOR) as connection:
        value = sessions.use_link(connection, link, now=made.clock(), source=source_of(request))
    return keep_session(redirect("/"), value, secure=request.is_secure)  # type: ignore[arg-type]


@auth.post("/sign-out")
def sign_out() -> AnyResponse:
    """Ends the session."""
    if value := request.cookies.get(SESSION_COOKIE):
        with services().database.transaction(DOOR) as connection:
            sessions.sign_out(connection, value)
    response = redirect("/sign-in")
    response.delete_cookie(SESSION_COOKIE)
    return response


def _form(problem: str, back: str, login: str = "") -> str:
    return render_template(
        "account/sign-in.html",
        lang=g.lang,
        version=__version__,
        problem=problem,
        next=back,
        login=login,
    )


def _next(given: str) -> str:
    """Where to go afterwards: a path of this site alone."""
    return given if given.startswith("/") and not given.startswith(("//", "/\\")) else "/"
