"""The authorization table: who may use which route; and the one place that enforces it."""

from urllib.parse import quote

from flask import Flask, Response, g, redirect, request

from gridmap.access import STRANGER
from gridmap.errors import NotAllowed, SignInNeeded
from gridmap.operations import rates
from gridmap.operations.sessions import DOOR
from gridmap.web import who
from gridmap.web.context import services

OPEN = "open to strangers"
KNOWN = "known viewers"
PERSON = "people"
"""Accounts, and the local administrator; no kiosk and no token."""
LOOPBACK_ONLY = "loopback only"

WHO_MAY: dict[str, str] = {
    "static": OPEN,
    "pages.map_page": KNOWN,
    "pages.relief": OPEN,
    "basemap.file": OPEN,
    "language.messages": OPEN,
    "api.catalog_of_map": KNOWN,
    "api.locate_point": OPEN,
    "api.take_report": KNOWN,
    "api.grid_card": KNOWN,
    "api.incident_card": KNOWN,
    "api.warning_card": KNOWN,
    "api.find": KNOWN,
    "api.list_layer": KNOWN,
    "api.summarize": KNOWN,
    "api.figures_of_measure": KNOWN,
    "tiles.tile_json": OPEN,
    "tiles.tile": OPEN,
    "exports.map_file": KNOWN,
    "imports.page": KNOWN,
    "imports.list_imports": KNOWN,
    "imports.upload": KNOWN,
    "imports.one_import": KNOWN,
    "imports.how_it_reads": KNOWN,
    "imports.preview": KNOWN,
    "imports.rejects": KNOWN,
    "imports.stage": KNOWN,
    "imports.load": KNOWN,
    "imports.throw_away": KNOWN,
    "imports.take_back": KNOWN,
    "auth.sign_in_page": OPEN,
    "auth.sign_in": OPEN,
    "auth.by_link": OPEN,
    "auth.sign_out": OPEN,
    "auth.to_issuer": OPEN,
    "auth.from_issuer": OPEN,
    "auth.stop_viewing": PERSON,
    "kiosk.open_kiosk": OPEN,
    "account.page": PERSON,
    "account.change_password": PERSON,
    "account.begin_codes": PERSON,
    "account.confirm_codes": PERSON,
    "account.stop_codes": PERSON,
    "account.end_session": PERSON,
    "account.end_others": PERSON,
    "admin.front": PERSON,
    "admin.accounts_page": PERSON,
    "admin.create_account": PERSON,
    "admin.account_page": PERSON,
    "admin.appoint": PERSON,
    "admin.dismiss": PERSON,
    "admin.change_account": PERSON,
    "admin.make_link": PERSON,
    "admin.view_as": PERSON,
    "admin.bodies": PERSON,
    "admin.tokens_page": PERSON,
    "admin.make_token": PERSON,
    "admin.kiosks_page": PERSON,
    "admin.make_kiosk": PERSON,
    "admin.revoke": PERSON,
    "admin.audit_page": PERSON,
    "admin.audit_table": PERSON,
    "admin.categories_page": KNOWN,
    "admin.category_rule": KNOWN,
    "admin.calendar_page": KNOWN,
    "admin.calendar_day": KNOWN,
    "cases.desk": KNOWN,
    "cases.figures_page": KNOWN,
    "cases.figures": KNOWN,
    "cases.figures_file": KNOWN,
    "cases.queue": KNOWN,
    "cases.words_of_life": KNOWN,
    "cases.one_case": KNOWN,
    "cases.who_could": KNOWN,
    "cases.take_step": KNOWN,
    "cases.take_many": KNOWN,
    "papers.list_attachments": KNOWN,
    "papers.add_attachment": KNOWN,
    "papers.one_attachment": KNOWN,
    "papers.possible_duplicates": KNOWN,
    "papers.list_households": KNOWN,
    "papers.add_households": KNOWN,
    "papers.remove_households": KNOWN,
    "public.report_page": OPEN,
    "following.follow_page": OPEN,
    "public.options": OPEN,
    "public.find_place": OPEN,
    "public.whose_place": OPEN,
    "public.send_report": OPEN,
    "following.look_up": OPEN,
    "following.rate": OPEN,
    "following.add_words": OPEN,
    "following.add_photo": OPEN,
    "absence.stand_ins": PERSON,
    "absence.name_stand_in": PERSON,
    "absence.end_stand_in": PERSON,
    "absence.holdings": PERSON,
    "absence.hand_on": PERSON,
    "desks.on_day": PERSON,
    "desks.put_desk": PERSON,
    "desks.remove_desk": PERSON,
    "desks.put_shift": PERSON,
    "desks.remove_shift": PERSON,
    "desks.near_incident": PERSON,
    "desks.near_area": PERSON,
    "errands.waiting": PERSON,
    "errands.arrive": PERSON,
    "errands.answer": PERSON,
    "notices.count": PERSON,
    "notices.log": PERSON,
    "notices.mine": PERSON,
    "notices.page": PERSON,
    "notices.seen": PERSON,
    "visits.due": PERSON,
    "visits.end_plan": PERSON,
    "visits.made": PERSON,
    "visits.make": PERSON,
    "visits.plan": PERSON,
    "households.card": PERSON,
    "households.moved_away": PERSON,
    "households.find_named": PERSON,
    "households.find_numbered": PERSON,
    "households.reveal": PERSON,
    "export_jobs.page": PERSON,
    "export_jobs.list_exports": PERSON,
    "export_jobs.ask": PERSON,
    "export_jobs.fetch": PERSON,
    "health.alive": OPEN,
    "health.ready": OPEN,
    "health.metrics": LOOPBACK_ONLY,
}
"""Endpoint → who. Tiles are open as routes; each layer says what its viewer needs."""

ENDS_VIEWING = {"auth.sign_out", "auth.stop_viewing"}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_PEOPLE = {"account", "local"}
_OF_TOKENS = {"api.take_report"}
"""What a token may do besides reading, if its verbs say so."""


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
