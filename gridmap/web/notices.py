"""What people were told: the bell in the bar, the page, and the log."""

from flask import Blueprint, Response, g, jsonify, render_template, request

from gridmap import __version__
from gridmap.errors import InvalidInput
from gridmap.operations import telling
from gridmap.queries import notices as asked
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services, viewer

notices = Blueprint("notices", __name__)


@notices.get("/notices")
def page() -> str:
    """The page."""
    return render_template("notices/index.html", lang=g.lang, version=__version__)


@notices.get("/api/notices")
def mine() -> Response:
    """What the viewer was told, with how much is unseen."""
    made = services()
    with reading() as connection:
        found = asked.mine(connection, viewer(), now=made.clock())
    return jsonify(found | {"zone": made.settings.zone})


@notices.get("/api/notices/count")
def count() -> Response:
    """How much is unseen, for the bell."""
    with reading() as connection:
        return jsonify(asked.counts(connection, viewer()))


@notices.get("/api/notices/log")
def log() -> Response:
    """Who was told what, when and why, in the area that the viewer administers."""
    wanted = max(1, parse.whole_number(request.args, "page", 1))
    with reading() as connection:
        return jsonify(asked.log(connection, now=services().clock(), page=wanted))


@notices.post("/api/notices/seen")
def seen() -> Response:
    """Marks the viewer's own notices as seen: those named, or all."""
    body = parse.json_object(request.get_json(silent=True))
    wanted = body.get("ids")
    if wanted is not None and not isinstance(wanted, list):
        raise InvalidInput("ids 应是编号的列表；没有它就是全部。")
    named = None
    if wanted is not None:
        named = [parse.needed(parse.uuid({"ids": one}, "ids"), "ids") for one in wanted]
    with reading() as connection:
        telling.mark_seen(connection, named, circumstances())
        return jsonify(asked.counts(connection, viewer()))
