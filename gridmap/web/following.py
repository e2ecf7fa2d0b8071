"""Following a report by its code, which travels in bodies alone: state, rating, words, photos."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from gridmap.access import INTAKE
from gridmap.errors import InvalidInput
from gridmap.operations import attachments, public_report, rates
from gridmap.operations.casework import steps
from gridmap.operations.rates import Limit
from gridmap.queries import follow
from gridmap.queries.follow import Followed
from gridmap.web import parse
from gridmap.web.context import circumstances, services
from gridmap.web.papers import new_file, storage
from gridmap.web.public import HOUR, TEN_MINUTES, body, page
from gridmap.web.who import source_of

following = Blueprint("following", __name__)

LOOKING_UP = Limit("follow", 120, TEN_MINUTES)
"""All ways to try a code from one address; a whole village may share one."""
ADDING = Limit("follow words", 30, HOUR)
PHOTOS = Limit("follow photos", 300, HOUR)


@following.get("/follow")
def follow_page() -> str:
    """The page to follow with; a code stays behind the ``#`` of its address."""
    return page("follow")


@following.post("/api/follow")
def look_up() -> Response:
    """State and steps of the report of a code."""
    made = services()
    one = _followed(body())
    with made.database.transaction(INTAKE) as connection:
        found = follow.page(connection, one, now=made.clock(), zone=made.settings.zone)
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
    """A photo or document from the reporter; the answer is its receipt."""
    made = services()
    new = new_file()
    one = _followed(dict(request.form))
    rates.spend(made.database, INTAKE, PHOTOS, str(one.report), now=made.clock())
    receipt = attachments.add(
        made.database,
        storage(),
        county=one.county,
        incident=one.incident,
        new=new,
        most_mb=made.settings.attachment_mb,
        given=circumstances(one.viewer),
    )
    return jsonify(receipt), 201


def _followed(sent: dict[str, Any]) -> Followed:
    made = services()
    rates.spend(made.database, INTAKE, LOOKING_UP, source_of(request), now=made.clock())
    return public_report.followed(made.database, parse.text(sent, "code"), circumstances(INTAKE))
