"""What all pages of administration share: who may open which, and how they are shown."""

from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from gridmap import __version__
from gridmap.access import areas
from gridmap.errors import GridmapError, InvalidInput, NotAllowed, http_status
from gridmap.operations.accounts import ROLES
from gridmap.queries import accounts
from gridmap.web.context import reading, services
from gridmap.web.errors import said

admin: Blueprint = Blueprint("admin", __name__)
Page = str | tuple[str, int] | AnyResponse
TABS = {
    "accounts": "account",
    "categories": "catalog",
    "policies": "catalog",
    "calendar": "catalog",
    "tokens": "token",
    "kiosks": "kiosk",
    "audit": "audit",
}
"""Page → the right that it needs, over any area."""


@admin.before_request
def ask_for_codes() -> AnyResponse | None:
    """Who signed in by a password alone keeps nobody's account: a second factor comes first."""
    session = g.who.session
    if session is None or session.viewing_as or session.how != "password" or session.codes_on:
        return None
    with reading() as connection:
        keeps = bool(areas(connection, "account", "w"))
    if not keeps:
        return None
    if request.method == "GET":
        return redirect("/account?need=codes")
    raise NotAllowed("管理员要先开通动态码。")


@admin.errorhandler(NotAllowed)
def refused(error: NotAllowed) -> tuple[str, int] | tuple[Response, int]:
    """Who has no right is told whom to ask."""
    with reading() as connection:
        keepers = accounts.keepers(connection)
    return rendered("refused", error, keepers=keepers, tabs=[])


def rendered(template: str, problem: GridmapError | None = None, **facts: Any) -> tuple[str, int]:
    """An admin page, with the tabs that its viewer may open, and what was wrong if anything was."""
    if "tabs" not in facts:
        with reading() as connection:
            facts["tabs"] = [tab for tab, what in TABS.items() if areas(connection, what)]
    shown = render_template(
        f"admin/{template}.html",
        lang=g.lang,
        version=__version__,
        problem=said(problem) if problem else "",
        done=request.args.get("done", ""),
        roles=ROLES,
        now=services().clock(),
        **facts,
    )
    return shown, http_status(problem) if problem else 200


def check_right(connection: Connection, what: str) -> None:
    """Raises NotAllowed for who may do this nowhere."""
    if not areas(connection, what):
        raise NotAllowed("你没有这个权限。")


def area_given(fields: Any) -> str:
    """The area of a form; everything has to be said, and not left out."""
    path = str(fields.get("path", "")).strip()
    if not path and fields.get("everything") != "yes":
        raise InvalidInput("请选一个区域。")
    return path


@admin.get("/admin")
def front() -> AnyResponse:
    """Leads to the first page that the viewer may open."""
    with reading() as connection:
        for tab, what in TABS.items():
            if areas(connection, what):
                return redirect(f"/admin/{tab}")
    raise NotAllowed("管理页面要管理员或审计员的角色。")
