"""Pages of who keeps accounts: the list, one account with its roles, and what is done to it."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, g, jsonify, redirect, request
from sqlalchemy import Connection

from gridmap.errors import GridmapError, InvalidInput
from gridmap.operations import accounts, sessions
from gridmap.operations.accounts import GIVEN_ROLES, WITH_BODY, NewAccount
from gridmap.operations.sessions import DOOR
from gridmap.queries import accounts as asked
from gridmap.queries.area_names import area_names
from gridmap.web.admin_frame import Page, admin, area_given, check_right, rendered
from gridmap.web.context import circumstances, reading, services
from gridmap.web.who import SESSION_COOKIE, source_of


@admin.get("/admin/accounts")
def accounts_page() -> tuple[str, int]:
    """The accounts of the viewer's area."""
    return _list()


def _list(problem: GridmapError | None = None) -> tuple[str, int]:
    words = request.args.get("q", "").strip()
    page = max(1, request.args.get("page", 1, type=int))
    with reading() as connection:
        check_right(connection, "account")
        total, found = asked.listing(connection, words, page=page)
        paths = [path for one in found for path in _paths(one)]
        duties = {one.row.id: asked.duties(connection, one.row.id) for one in found}
        names = area_names(
            connection, [*paths, *(p for held in duties.values() for p in held)], services().clock()
        )
    return rendered(
        "accounts",
        problem,
        tab="accounts",
        found=found,
        total=total,
        duties=duties,
        names=names,
        words=words,
        page=page,
        pages=-(-total // asked.PAGE) or 1,
        fields=request.form,
    )


def _paths(one: asked.Listed) -> list[str]:
    return [one.row.path, *(a.path for a in one.appointments)]


@admin.post("/admin/accounts")
def create_account() -> Page:
    """Makes an account, and shows the link that signs it in once."""
    fields, given = request.form, circumstances()
    try:
        with reading() as connection:
            code = fields.get("staff", "").strip()
            staff = asked.staff_of(connection, code) if code else None
            new = NewAccount(
                fields.get("login", ""), fields.get("name", "").strip(), area_given(fields), staff
            )
            if not new.name:
                raise InvalidInput("请写姓名。")
            made = accounts.create(connection, new, given, source=source_of(request))
    except GridmapError as error:
        return _list(error)
    return redirect(f"/admin/accounts/{made}?done=account_created")


@admin.get("/admin/accounts/<uuid:id>")
def account_page(id: UUID) -> tuple[str, int]:
    """An account with its roles, and what can be done to it."""
    return _account(id)


def _account(id: UUID, problem: GridmapError | None = None, link: str = "") -> tuple[str, int]:
    with reading() as connection:
        check_right(connection, "account")
        one = asked.one(connection, id)
        duties = asked.duties(connection, id)
        names = area_names(connection, [*_paths(one), *duties], services().clock())
        manages = asked.manages(connection, id)
    return rendered(
        "account",
        problem,
        tab="accounts",
        one=one,
        duties=duties,
        names=names,
        manages=manages,
        link=link,
        given_roles=GIVEN_ROLES,
        with_body=WITH_BODY,
        fields=request.form,
    )


def _act(id: UUID, done: str, work: Callable[[Connection], None]) -> Page:
    """Does something to an account and shows it again; a refusal is shown on its page."""
    try:
        with reading() as connection:
            work(connection)
    except GridmapError as error:
        return _account(id, error)
    return redirect(f"/admin/accounts/{id}?done={done}")


@admin.post("/admin/accounts/<uuid:id>/appoint")
def appoint(id: UUID) -> Page:
    """Gives a role over an area, between days."""
    fields, zone = request.form, services().settings.zone

    def work(connection: Connection) -> None:
        body = fields.get("body", "")
        accounts.appoint(
            connection,
            id,
            role=fields.get("role", ""),
            path=area_given(fields),
            body=_uuid(body) if body else None,
            since=accounts.beginning(fields.get("since"), zone),
            until=accounts.end(fields.get("until"), zone),
            given=circumstances(),
            source=source_of(request),
        )

    return _act(id, "appointed", work)


@admin.post("/admin/accounts/<uuid:id>/dismiss")
def dismiss(id: UUID) -> Page:
    """Takes a role over an area back."""
    fields = request.form

    def work(connection: Connection) -> None:
        accounts.dismiss(
            connection,
            id,
            role=fields.get("role", ""),
            path=fields.get("path", ""),
            given=circumstances(),
            source=source_of(request),
        )

    return _act(id, "dismissed", work)


@admin.post("/admin/accounts/<uuid:id>/<any(closed, opened, unlocked):what>")
def change_account(id: UUID, what: str) -> Page:
    """Closes an account, opens it again, or lifts its lock."""

    def work(connection: Connection) -> None:
        accounts.change(connection, id, what, circumstances(), source=source_of(request))

    return _act(id, f"account_{what}", work)


@admin.post("/admin/accounts/<uuid:id>/link")
def make_link(id: UUID) -> Page:
    """Makes a link that signs in once; it is shown this one time."""
    given, made = circumstances(), services()
    try:
        _note_opening(id, "link_made")
    except GridmapError as error:
        return _account(id, error)
    with made.database.transaction(DOOR) as connection:
        secret = sessions.make_link(connection, id, now=given.now)
    return _account(id, link=f"{request.host_url}sign-in/{secret}")


@admin.post("/admin/accounts/<uuid:id>/view-as")
def view_as(id: UUID) -> Page:
    """Looks at the product as this person sees it."""
    if g.who.session is None:
        return _account(id, InvalidInput("以别人的视角查看要先登录。"))
    try:
        _note_opening(id, "view_as_begun")
    except GridmapError as error:
        return _account(id, error)
    with services().database.transaction(DOOR) as connection:
        sessions.look_as(connection, request.cookies[SESSION_COOKIE], id)
    return redirect("/")


def _note_opening(id: UUID, what: str) -> None:
    """What opens an account is written down before it opens anything."""
    with reading() as connection:
        one = asked.one(connection, id)
        accounts.check_manages(connection, id)
        if one.row.closed_at:
            raise InvalidInput("这个账号已停用。")
        accounts.note(connection, what, id, one.row.path, circumstances(), source_of(request), {})


@admin.get("/api/admin/bodies")
def bodies() -> Response:
    """Centers or departments that somebody can act for in an area."""
    kind = request.args.get("kind", "")
    with reading() as connection:
        check_right(connection, "account")
        if kind not in WITH_BODY.values():
            raise InvalidInput("kind 应是 center 或 department。")
        found = asked.bodies(connection, kind, within=request.args.get("within", ""))
    return jsonify(bodies=[{"id": str(row.id), "name": row.name} for row in found])


def _uuid(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise InvalidInput("请从列表里选中心或部门。") from error
