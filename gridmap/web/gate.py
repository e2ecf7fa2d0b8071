"""The authorization table: who may use which route; and the one place that enforces it."""

from flask import Flask, g, request

from gridmap.access import STRANGER
from gridmap.errors import NotAllowed, SignInNeeded
from gridmap.web.context import decide_viewer

OPEN = "open to strangers"
KNOWN = "known viewers"
LOOPBACK_ONLY = "loopback only"

WHO_MAY: dict[str, str] = {
    "static": OPEN,
    "pages.map_page": KNOWN,
    "pages.relief": OPEN,
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
    "health.alive": OPEN,
    "health.ready": OPEN,
    "health.metrics": LOOPBACK_ONLY,
}
"""Endpoint → who. Tiles are open as routes; each layer says what its viewer needs."""

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def install(app: Flask) -> None:
    """Decides the viewer of each request and refuses what that viewer may not use."""

    @app.before_request
    def _decide() -> None:
        g.viewer = decide_viewer(request.remote_addr, request.headers)
        who = WHO_MAY.get(request.endpoint or "", OPEN)
        if g.viewer == STRANGER and who == KNOWN:
            raise SignInNeeded("请先登录。")
        if g.viewer == STRANGER and who == LOOPBACK_ONLY:
            raise NotAllowed("只能在本机查看。")
        if request.method not in _SAFE_METHODS:
            _refuse_cross_site()


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
