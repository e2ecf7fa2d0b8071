"""Signing in and out; leaving somebody else's view."""

import base64
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from gridmap import __version__, sealing
from gridmap.access import Viewer
from gridmap.errors import GridmapError, NotAllowed, TooOften
from gridmap.operations import accounts, passwords, rates, sessions, single_sign_on
from gridmap.operations.sessions import DOOR
from gridmap.outside import oidc
from gridmap.queries import accounts as asked
from gridmap.web.context import circumstances, services
from gridmap.web.errors import said
from gridmap.web.who import SESSION_COOKIE, is_secure, keep_session, source_of

auth = Blueprint("auth", __name__)

_WAITING_COOKIE = "gridmap_oidc"
_WAITING_LIFE = timedelta(minutes=10)
_NO_ROW = UUID(int=0)


@auth.get("/sign-in")
def sign_in_page() -> str:
    """The form to sign in with."""
    return _form("", _next(request.args.get("next", "")))


@auth.post("/sign-in")
def sign_in() -> AnyResponse | tuple[str, int]:
    """Opens a session and goes on to where the visitor was going."""
    made, fields = services(), request.form
    login, back = fields.get("login", "").strip().lower(), _next(fields.get("next", ""))
    try:
        for limit, key in (
            (rates.SIGN_IN_BY_SOURCE, source_of(request)),
            (rates.SIGN_IN_BY_LOGIN, login),
        ):
            rates.spend(made.database, DOOR, limit, key, now=made.clock())
    except TooOften as error:
        return _form(said(error), back, login=login), 429
    with made.database.transaction(DOOR) as connection:
        opened = passwords.sign_in(
            connection,
            login=login,
            password=fields.get("password", ""),
            code=fields.get("code", ""),
            now=made.clock(),
            source=source_of(request),
            sealer=made.sealer,
        )
        needs_codes = isinstance(opened, str) and asked.needs_codes(connection, login)
    if isinstance(opened, NotAllowed):
        return _form(said(opened), back, login=fields.get("login", "")), 422
    to = "/account?need=codes" if needs_codes else back
    return _opened(to, opened)


@auth.get("/sign-in/<link>")
def by_link(link: str) -> AnyResponse:
    """Signs in by a one-time link."""
    made = services()
    with made.database.transaction(DOOR) as connection:
        value = sessions.use_link(connection, link, now=made.clock(), source=source_of(request))
    return _opened("/", value)


@auth.post("/sign-out")
def sign_out() -> AnyResponse:
    """Ends the session."""
    _end_present()
    response = redirect("/sign-in")
    response.delete_cookie(SESSION_COOKIE)
    return response


@auth.post("/stop-viewing")
def stop_viewing() -> AnyResponse:
    """An administrator sees with the own eyes again."""
    session, made = g.who.session, services()
    if session and session.viewing_as:
        actor = Viewer("account", str(session.account))
        with made.database.transaction(actor) as connection:
            told = circumstances(actor)
            one = asked.one(connection, session.viewing_as)
            accounts.note(
                connection, "view_as_ended", one.row.id, one.row.path, told, source_of(request), {}
            )
        with made.database.transaction(DOOR) as connection:
            sessions.look_as(connection, request.cookies[SESSION_COOKIE], None)
    return redirect("/")


@auth.get("/sign-in/oidc")
def to_issuer() -> AnyResponse:
    """Sends the browser to the issuer of single sign-on."""
    made = services()
    address, waiting = oidc.begin(made.settings, back=_back())
    kept = asdict(waiting) | {
        "until": (made.clock() + _WAITING_LIFE).isoformat(),
        "link": request.args.get("link") == "1",
        "next": _next(request.args.get("next", "")),
    }
    sealed = sealing.seal(made.sealer, json.dumps(kept), field="oidc.waiting", row=_NO_ROW)
    response = redirect(address)
    response.set_cookie(
        _WAITING_COOKIE,
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=int(_WAITING_LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_secure(request),
        path="/sign-in/oidc",
    )
    return response


@auth.get("/sign-in/oidc/back")
def from_issuer() -> AnyResponse | tuple[str, int]:
    """Signs in, or links the signed-in account, as the issuer says who it is."""
    made = services()
    try:
        kept = _kept()
        person = oidc.finish(
            made.settings,
            oidc.Waiting(kept["state"], kept["nonce"], kept["verifier"]),
            back=_back(),
            state=request.args.get("state", ""),
            code=request.args.get("code", ""),
        )
        with made.database.transaction(DOOR) as connection:
            if kept["link"] and g.who.session:
                account = g.who.session.account
                single_sign_on.link(
                    connection,
                    account,
                    person.subject,
                    now=made.clock(),
                    source=source_of(request),
                )
                return redirect("/account?done=linked")
            value = single_sign_on.sign_in(
                connection,
                subject=person.subject,
                login=person.login,
                now=made.clock(),
                source=source_of(request),
            )
    except GridmapError as error:
        return _form(said(error), "/"), 422
    response = _opened(kept["next"], value)
    response.delete_cookie(_WAITING_COOKIE, path="/sign-in/oidc")
    return response


def _kept() -> dict[str, str]:
    """What this browser was given on its way to the issuer; NotAllowed without it."""
    made, refused = services(), NotAllowed("统一登录用了太久，请再试一次。")
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(_WAITING_COOKIE, ""))
        kept: dict[str, str] = json.loads(
            sealing.unseal(made.sealer, sealed, field="oidc.waiting", row=_NO_ROW)
        )
    except (ValueError, IndexError, GridmapError) as error:
        raise refused from error
    if datetime.fromisoformat(kept["until"]) < made.clock():
        raise refused
    return kept


def _back() -> str:
    scheme = "https" if is_secure(request) else "http"
    return f"{scheme}://{request.host}/sign-in/oidc/back"


def _opened(to: str, value: str) -> AnyResponse:
    """Leads on with the new session; the one that this browser had before ends."""
    _end_present()
    return keep_session(redirect(to), value)  # type: ignore[arg-type]


def _end_present() -> None:
    if value := request.cookies.get(SESSION_COOKIE):
        with services().database.transaction(DOOR) as connection:
            sessions.sign_out(connection, value)


def _form(problem: str, back: str, login: str = "") -> str:
    return render_template(
        "account/sign-in.html",
        lang=g.lang,
        version=__version__,
        problem=problem,
        next=back,
        login=login,
        issuer=services().settings.oidc_issuer,
    )


def _next(given: str) -> str:
    """Where to go afterwards: a path of this site alone."""
    return given if given.startswith("/") and not given.startswith(("//", "/\\")) else "/"
