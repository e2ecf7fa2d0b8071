"""The wall: what commanders look at all day. Whoever opens it asks with a wall screen's rights."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from gridmap import __version__
from gridmap.access import STRANGER, Viewer
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.layers import layers
from gridmap.queries import (
    catalog,
    wall_attention,
    wall_kinds,
    wall_latest,
    wall_numbers,
    wall_places,
    wall_replay,
    wall_since,
    wall_warnings,
    wall_whistles,
)
from gridmap.queries.filters import Filters
from gridmap.queries.wall_span import Span, span_of
from gridmap.web import api, basemap, parse, tiles
from gridmap.web.context import filters_of, reading, services, today
from gridmap.web.who import KIOSK_COOKIE

wall = Blueprint("wall", __name__, url_prefix="/wall")

Answer = Callable[[Connection, str], dict[str, Any]]


@wall.before_request
def exchange() -> None:
    """A person before a wall has a wall's rights in the same areas: no name, text or house."""
    known: Viewer = g.viewer
    if known.kind == "token":
        raise NotAllowed("大屏只给人和屏幕看，不给令牌。")
    if known.kind in {"account", "local"} and request.endpoint != "wall.page":
        g.viewer = Viewer("wall", str(known))


@wall.get("")
def page() -> AnyResponse | str | tuple[str, int]:
    """The wall; dark, with the reason, where a screen's link has ended."""
    if g.viewer != STRANGER:
        return render_template(
            "wall/index.html", lang=g.lang, version=__version__, zone=services().settings.zone
        )
    if request.cookies.get(KIOSK_COOKIE):
        return render_template("wall/dark.html", lang=g.lang, version=__version__), 401
    return redirect("/sign-in?next=/wall")


@wall.get("/catalog")
def catalog_of_wall() -> Response:
    """What the wall can show, and the area that it opens with."""
    made = services()
    with reading() as connection:
        offered = catalog.catalog(connection, now=made.clock(), zone=made.settings.zone)
        home = wall_places.home(connection)
    for one in offered["layers"]:
        if layers()[one["id"]].shapes is None:
            one["tiles"] = f"/wall{one['tiles']}"
    settings = made.settings
    return jsonify(
        offered
        | {
            "home": home,
            "lang": g.lang,
            "at": made.clock().isoformat(),
            "today": today().isoformat(),
            "basemap": basemap.described(settings),
            "relief": "/basemap/relief.pmtiles",
            "attribution": settings.attribution,
            "approval_number": settings.approval_number,
        }
    )


@wall.get("/place")
def place() -> Response:
    """An area: names above, outline, extent, areas below."""
    now = services().clock()
    return _answer(lambda connection, within: wall_places.place(connection, within, now=now))


@wall.get("/numbers")
def numbers() -> Response:
    """Taken in, resolved, overdue, against the period before."""
    _, span = _asked()
    return _answer(lambda connection, within: wall_numbers.numbers(connection, within, span))


@wall.get("/warnings")
def warnings() -> Response:
    """The four colors, and who has not answered."""
    now, past = _moment()
    return _answer(
        lambda connection, within: wall_warnings.warnings(connection, within, now=now, past=past)
    )


@wall.get("/kinds")
def kinds() -> Response:
    """The three kinds over time."""
    wanted, span = _asked()
    return _answer(lambda connection, within: wall_kinds.kinds(connection, within, wanted, span))


@wall.get("/attention")
def attention() -> Response:
    """The areas that need attention most, with the reason."""
    now, _ = _moment()
    _, span = _asked()
    return _answer(
        lambda connection, within: wall_attention.ranking(connection, within, span, now=now)
    )


@wall.get("/whistles")
def whistles() -> Response:
    """Whistles under way."""
    now, past = _moment()
    return _answer(
        lambda connection, within: wall_whistles.whistles(connection, within, now=now, past=past)
    )


@wall.get("/latest")
def latest() -> Response:
    """What came in last."""
    now, past = _moment()
    return _answer(
        lambda connection, within: wall_latest.latest(connection, within, now=now, past=past)
    )


@wall.get("/since")
def since() -> Response:
    """What has changed since somebody last looked."""
    made = services()
    looked = parse.needed(parse.moment(request.args, "since"), "since")
    return _answer(
        lambda connection, within: wall_since.changes(connection, within, looked, now=made.clock())
    )


@wall.get("/replay")
def replay() -> Response:
    """What happened between two past moments, for a drill; it changes nothing."""
    until, _ = _moment()
    since = parse.needed(parse.moment(request.args, "since"), "since")
    return _answer(
        lambda connection, within: wall_replay.happened(connection, within, since, until)
    )


@wall.get("/figures/<id>")
def figures(id: str) -> Response:
    """A measure's figures, asked with a wall's rights."""
    return api.figures_of_measure(id)


@wall.get("/tiles/<id>.json")
def tile_json(id: str) -> Response:
    """The TileJSON of a layer; its tiles are asked for with a wall's rights."""
    described = tiles.tile_json(id).get_json()
    described["tiles"] = [one.replace("/tiles/", "/wall/tiles/", 1) for one in described["tiles"]]
    return jsonify(described)


@wall.get("/tiles/<id>/<int:z>/<int:x>/<int:y>.mvt")
def tile(id: str, z: int, x: int, y: int) -> Response:
    """One tile, asked for with a wall's rights."""
    return tiles.tile(id, z, x, y)


def _asked() -> tuple[Filters, Span]:
    now, past = _moment()
    wanted = filters_of(request.args.to_dict(), default_days=1)
    return wanted, span_of(wanted, now, services().settings.zone, past=past)


def _moment() -> tuple[datetime, bool]:
    """The moment that is asked about: now, or one of the past, as in a drill."""
    now = services().clock()
    given = parse.moment(request.args, "moment")
    if given is None:
        return now, False
    if given > now:
        raise InvalidInput("时刻 {given} 还没有到；演练只能回到过去。", given=given.isoformat())
    return given, True


def _answer(ask: Answer) -> Response:
    """What was asked of an area, with the moment for which it is the answer."""
    within = parse.path(request.args.to_dict(), "within")
    at, _ = _moment()
    with reading() as connection:
        found = ask(connection, within)
    response = jsonify(found | {"at": at.isoformat()})
    response.headers["Cache-Control"] = "private, no-store"
    return response
