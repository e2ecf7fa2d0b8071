"""A household's card; who somebody is by name or number; what is masked, shown for a reason."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request

from gridmap.access import areas
from gridmap.errors import InvalidInput
from gridmap.operations import erasure, reveals, shielding, trail
from gridmap.queries import households as asked
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services, today
from gridmap.web.who import source_of

households = Blueprint("households", __name__)


@households.get("/api/households/<int:county>/<uuid:id>")
def card(county: int, id: UUID) -> Response:
    """What is known of a household; the read itself is a row of the trail."""
    given = circumstances()
    hide = shielding.of_household(services().database, county, id)
    with reading() as connection:
        known = asked.household(connection, county, id, now=given.now, ring=given.sealer, hide=hide)
        trail.note(
            connection,
            "household_read",
            kind="household",
            id=id,
            path=known["path"],
            source=source_of(request),
            given=given,
        )
    return _private(jsonify(known))


@households.post("/api/households/<int:county>/people/<uuid:person>/moved-away")
def moved_away(county: int, person: UUID) -> Response:
    """Keeps the day on which a person moved away; null takes it back."""
    body = _body()
    day = parse.day(body, "on")
    if day and day > today():
        raise InvalidInput("迁出的日期不能在今天之后。")
    with reading() as connection:
        erasure.mark_moved_away(
            connection, county, person, day, source=source_of(request), given=circumstances()
        )
    return jsonify(moved_away_on=day.isoformat() if day else None)


@households.post("/api/people/named")
def find_named() -> Response:
    """Households by a name, in the grids whose names the viewer reads; never in an address."""
    words = parse.text(_body(), "name")
    if not words:
        raise InvalidInput("请输入姓名。")
    with reading() as connection:
        found = asked.named(connection, words, now=services().clock())
        may_ask = bool(areas(connection, "name"))
    return _private(jsonify(found=found, may_ask=may_ask))


@households.post("/api/people/numbered")
def find_numbered() -> Response:
    """Whose number this is, or whose ends so: with a reason, and a row of the trail."""
    body = _body()
    found = reveals.find_number(
        services().database,
        parse.text(body, "number"),
        why=parse.text(body, "why"),
        source=source_of(request),
        given=circumstances(),
    )
    return _private(jsonify(found=found))


@households.post("/api/reveals")
def reveal() -> Response:
    """Opens what is masked of a person or of a report's sender: with a reason."""
    body = _body()
    id = parse.uuid(body, "id")
    kind = next((one for one in reveals.KINDS if one == body.get("kind")), None)
    if kind is None or id is None:
        raise InvalidInput("kind 应是 person 或 report，id 应是它的编号。")
    shown = reveals.reveal(
        services().database,
        kind=kind,
        county=parse.integer(body, "county"),
        id=id,
        why=parse.text(body, "why"),
        source=source_of(request),
        given=circumstances(),
    )
    return _private(jsonify(asdict(shown)))


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("请以 JSON 对象提交。")
    return body


def _private(response: Response) -> Response:
    """Nothing between the server and the screen keeps it, and neither does the browser."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
