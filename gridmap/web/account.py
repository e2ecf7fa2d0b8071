"""Everybody's own account: password, second factor, open sessions."""

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, g, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from gridmap import __version__
from gridmap.errors import GridmapError, InvalidInput, NotFound, http_status
from gridmap.operations import passwords, rates, second_factor, sessions
from gridmap.operations.sessions import DOOR, Session
from gridmap.queries import accounts as asked
from gridmap.rules import totp
from gridmap.web.context import services
from gridmap.web.errors import said
from gridmap.web.who import SESSION_COOKIE, keep_session, source_of

account = Blueprint("account", __name__)
Page = str | tuple[str, int] | AnyResponse


@account.get("/account")
def page() -> Page:
    """The page; the local administrator has no account, and is told so."""
    return _page()


@account.post("/account/password")
def change_password() -> Page:
    """A new password ends every session; this browser gets a new one."""
    session, made, fields = _session(), services(), request.form
    if fields.get("new", "") != fields.get("again", ""):
        return _page(InvalidInput("两次输入的新密码不一样。"))
    try:
        _spend(session)
        with made.database.transaction(DOOR) as connection:
            changed = passwords.change_password(
                connection,
                session.account,
                old=fields.get("old", ""),
                new=fields.get("new", ""),
                now=made.clock(),
                source=source_of(request),
            )
            if not changed:
                return _page(InvalidInput("现在的密码不对。"))
            value = sessions.open_session(
                connection,
                session.account,
                now=made.clock(),
                source=source_of(request),
                how=session.how,
            )
    except GridmapError as error:
        return _page(error)
    return keep_session(redirect("/account?done=password"), value)  # type: ignore[arg-type]


@account.post("/account/codes")
def begin_codes() -> Page:
    """Shows a new secret as a QR code; it counts once its first code was given."""
    session, made = _session(), services()
    try:
        with made.database.transaction(DOOR) as connection:
            secret = second_factor.begin(connection, session.account, made.sealer)
    except GridmapError as error:
        return _page(error)
    return _page(setting_up=_shown(secret, session.login))


@account.post("/account/codes/confirm")
def confirm_codes() -> Page:
    """Codes are asked for from now on."""
    return _with_code(second_factor.confirm, "codes_on", "codes")


@account.post("/account/codes/off")
def stop_codes() -> Page:
    """No more codes are asked for; only a code switches them off."""
    return _with_code(second_factor.stop, "codes_off", "no-codes")


@account.post("/account/sessions/<short>/end")
def end_session(short: str) -> Page:
    """Ends one of the own sessions."""
    session = _session()
    with services().database.transaction(DOOR) as connection:
        sessions.end_session(connection, session.account, short)
    return redirect("/account?done=ended")


@account.post("/account/sessions/end-others")
def end_others() -> Page:
    """Ends every session but this one."""
    session = _session()
    with services().database.transaction(DOOR) as connection:
        sessions.end_other_sessions(connection, session.account, _cookie())
    return redirect("/account?done=ended")


def _with_code(change: Any, what: str, done: str) -> Page:
    session, made, code = _session(), services(), request.form.get("code", "")
    try:
        _spend(session)
        with made.database.transaction(DOOR) as connection:
            right = change(connection, session.account, code, now=made.clock(), sealer=made.sealer)
            if right:
                sessions.audit_of(
                    connection, made.clock(), what, session.account, source_of(request)
                )
    except GridmapError as error:
        return _page(error)
    if not right:
        return _page(InvalidInput("动态码不对，或已经用过；请等下一个。"))
    return redirect(f"/account?done={done}")


def _page(problem: GridmapError | None = None, setting_up: dict[str, Any] | None = None) -> Page:
    session, made, open_ones = g.who.session, services(), []
    if session:
        now = made.clock()
        with made.database.transaction(DOOR) as connection:
            open_ones = asked.sessions_of(
                connection, session.account, now=now, idle=now - sessions.IDLE
            )
    shown = render_template(
        "account/index.html",
        lang=g.lang,
        version=__version__,
        session=session,
        sessions=open_ones,
        here=sessions.short_of(_cookie()) if session else "",
        problem=said(problem) if problem else "",
        setting_up=setting_up,
        done=request.args.get("done", ""),
        need=request.args.get("need", ""),
        shortest=passwords.SHORTEST_PASSWORD,
        issuer=made.settings.oidc_issuer,
    )
    return (shown, http_status(problem)) if problem else shown


def _shown(secret: bytes, login: str) -> dict[str, Any]:
    """The secret as a picture to scan, and as letters to type."""
    address = totp.address(secret, login=login, issuer="gridmap")
    picture = segno.make(address, error="m").svg_inline(
        omitsize=True, border=2, svgclass=None, lineclass=None
    )
    plain = totp.plain(secret)
    groups = " ".join(plain[n : n + 4] for n in range(0, len(plain), 4))
    return {"picture": Markup(picture), "plain": groups}


def _session() -> Session:
    """The own session; the local administrator has none to change."""
    session: Session | None = g.who.session
    if session is None:
        raise NotFound("你在本机以管理员身份使用，还没有登录的账号。")
    return session


def _spend(session: Session) -> None:
    made, key = services(), UUID(str(session.account)).hex
    rates.spend(made.database, DOOR, rates.CHECKS_OF_ACCOUNT, key, now=made.clock())


def _cookie() -> str:
    return request.cookies.get(SESSION_COOKIE, "")
