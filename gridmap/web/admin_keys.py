"""Pages of tokens and kiosks: made for an area, shown once, revoked at once."""

from uuid import UUID

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from gridmap.errors import GridmapError
from gridmap.operations import accounts, keys
from gridmap.operations.keys import NewKey
from gridmap.queries import accounts as asked
from gridmap.queries.area_names import area_names
from gridmap.web.admin_frame import admin, area_given, check_right, rendered
from gridmap.web.context import circumstances, reading, services
from gridmap.web.who import source_of


@admin.get("/admin/tokens")
def tokens_page() -> tuple[str, int]:
    """The tokens of other systems."""
    return _page("token")


@admin.post("/admin/tokens")
def make_token() -> tuple[str, int]:
    """Makes a token, which is shown this one time."""
    fields = request.form
    try:
        new = NewKey(
            fields.get("name", ""),
            area_given(fields),
            verbs=tuple(fields.getlist("verbs")),
            expires_at=accounts.end(fields.get("until"), services().settings.zone),
        )
        with reading() as connection:
            secret = keys.make_token(connection, new, circumstances(), source=source_of(request))
    except GridmapError as error:
        return _page("token", error)
    return _page("token", secret=secret)


@admin.get("/admin/kiosks")
def kiosks_page() -> tuple[str, int]:
    """The wall screens."""
    return _page("kiosk")


@admin.post("/admin/kiosks")
def make_kiosk() -> tuple[str, int]:
    """Makes a kiosk, whose link is shown this one time."""
    fields = request.form
    try:
        new = NewKey(fields.get("name", ""), area_given(fields), page=fields.get("page", "") or "/")
        with reading() as connection:
            secret = keys.make_kiosk(connection, new, circumstances(), source=source_of(request))
    except GridmapError as error:
        return _page("kiosk", error)
    return _page("kiosk", secret=f"{request.host_url}kiosk/{secret}")


@admin.post("/admin/<any(token, kiosk):kind>s/<uuid:id>/revoke")
def revoke(kind: str, id: UUID) -> tuple[str, int] | AnyResponse:
    """Ends a token or kiosk at once."""
    try:
        with reading() as connection:
            keys.revoke(connection, kind, id, circumstances(), source=source_of(request))
    except GridmapError as error:
        return _page(kind, error)
    return redirect(f"/admin/{kind}s?done=revoked")


def _page(kind: str, problem: GridmapError | None = None, secret: str = "") -> tuple[str, int]:
    with reading() as connection:
        check_right(connection, kind)
        found = asked.keys(connection, kind)
        names = area_names(connection, [row.path for row in found], services().clock())
    return rendered(
        f"{kind}s",
        problem,
        tab=f"{kind}s",
        found=found,
        names=names,
        secret=secret,
        fields=request.form,
    )
