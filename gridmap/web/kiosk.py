"""The link of a wall screen: exchanged for a cookie, and gone from the address."""

from flask import Blueprint, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from gridmap.errors import NotFound
from gridmap.operations import keys
from gridmap.operations.sessions import DOOR
from gridmap.web.context import services
from gridmap.web.who import KIOSK_COOKIE, SESSION_COOKIE, keep_kiosk

kiosk = Blueprint("kiosk", __name__)


@kiosk.get("/kiosk/<secret>")
def open_kiosk(secret: str) -> AnyResponse:
    """Makes this browser the kiosk, and leads to its page; a session that it had is left."""
    made = services()
    with made.database.transaction(DOOR) as connection:
        id = keys.holder_of(connection, "kiosk", secret, now=made.clock())
        page = keys.page_of(connection, id) if id else None
    if page is None:
        raise NotFound("这个大屏链接已吊销或不对；请找管理员再要一个。")
    response = keep_kiosk(redirect(page), secret)  # type: ignore[arg-type]
    response.delete_cookie(SESSION_COOKIE)
    return response


@kiosk.before_app_request
def stay_on_page() -> AnyResponse | None:
    """A kiosk shows its one page; every other one leads back to it."""
    if g.viewer.kind != "kiosk" or not _is_page() or request.endpoint == "kiosk.open_kiosk":
        return None
    made = services()
    with made.database.transaction(DOOR) as connection:
        page = keys.page_of(connection, g.viewer.name)
    return redirect(page) if page and page.partition("?")[0] != request.path else None


@kiosk.after_app_request
def renew(response: Response) -> Response:
    """The cookie lasts for months after each opening of the page."""
    value = request.cookies.get(KIOSK_COOKIE)
    if value and g.get("viewer") and g.viewer.kind == "kiosk" and _is_page():
        keep_kiosk(response, value)
    return response


def _is_page() -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")
