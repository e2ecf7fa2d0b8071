"""Following a report by its code, which travels in bodies alone: state, rating, words, photos."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from gridmap.access import INTAKE
from gridmap.errors import InvalidInput
from gridmap.operations import public_report, rates, shielding
from gridmap.operations.attachment_pieces import Piece
from gridmap.operations.casework import steps
from gridmap.operations.rates import Limit
from gridmap.queries import follow
from gridmap.queries.follow import Followed
from gridmap.web import parse
from gridmap.web.context import circumstances, services
from gridmap.web.papers import keep, new_file
from gridmap.web.public import HOUR, TEN_MINUTES, body, page
from gridmap.web.who import source_of

following = Blueprint("following", __name__)

LOOKING_UP = Limit("follow", 120, TEN_MINUTES)
"""All ways to try a code from one address; a whole village may share one."""
ADDING = Limit("follow words", 30, HOUR)
PHOTOS = Limit("follow photos", 300, HOUR)
PIECES = Limit("follow pieces", 2_000, HOUR)
PIECES_OF_SOURCE = Limit("follow pieces of source", 6_000, HOUR)
"""A photo comes in a dozen pieces, and a village may share one address."""


@following.get("/follow")
def follow_page() -> str:
    """The page to follow with; a code stays behind the ``#`` of its address."""
    return page("follow")


@following.post("/api/follow")
def look_up() -> Response:
    """State and steps of the report of a code."""
    made = services()
    one = _followed(body())
    hide = shielding.of_incident(made.database, one.county, one.incident, made.sealer)
    with made.database.transaction(INTAKE) as connection:
        found = follow.page(connection, one, now=made.clock(), zone=made.settings.zone, hide=hide)
    return jsonify(found)


@following.post("/api/follow/rate")
def rate() -> Response:
    """The reporter's rating, 1 to 5."""
    sent = body()
    one = _followed(sent)
    steps.take(
        services().database,
        county=one.county,
        id=one.incident,
        step="rate",
        given={"rating": parse.integer(sent, "rating")},
        circumstances=circumstances(one.viewer),
    )
    return jsonify(rated=True)


@following.post("/api/follow/words")
def add_words() -> Response:
    """More words from the reporter."""
    sent = body()
    one = _followed(sent)
    id = parse.uuid(sent, "id")
    if id is None:
        raise InvalidInput("补充缺少 id。")
    made = services()
    rates.spend(made.database, INTAKE, ADDING, str(one.report), now=made.clock())
    given = circumstances(one.viewer)
    public_report.add_words(made.database, one, id=id, words=parse.text(sent, "words"), given=given)
    return jsonify(added=True)


@following.post("/api/follow/photos")
def add_photo() -> tuple[Response, int]:
    """A photo or document from the reporter, or a piece of one; the answer is its receipt."""
    made = services()
    new = new_file()
    piece = isinstance(new, Piece)
    one = _followed(dict(request.form), PIECES_OF_SOURCE if piece else LOOKING_UP)
    limit = PIECES if piece else PHOTOS
    rates.spend(made.database, INTAKE, limit, str(one.report), now=made.clock())
    return keep(new, one.county, one.incident, circumstances(one.viewer))


def _followed(sent: dict[str, Any], limit: Limit = LOOKING_UP) -> Followed:
    made = services()
    rates.spend(made.database, INTAKE, limit, source_of(request), now=made.clock())
    return public_report.followed(made.database, parse.text(sent, "code"), circumstances(INTAKE))
