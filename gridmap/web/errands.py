"""What departments were asked: the list, checking in on the spot, answering."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, request

from gridmap.operations import errands as operations
from gridmap.operations import shielding
from gridmap.queries import desks as asked
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services

errands = Blueprint("errands", __name__)


@errands.get("/api/errands")
def waiting() -> Response:
    """What is not answered yet: of the viewer's departments, or in its area."""
    made = services()

    def hide(county: int, incident: UUID, words: str) -> str:
        return shielding.of_incident(made.database, county, incident, made.sealer)(words)

    with reading() as connection:
        found = asked.errands(connection, now=made.clock(), hide=hide)
    outcomes = {id: {"zh": zh, "en": en} for id, (zh, en) in operations.OUTCOMES.items()}
    return jsonify(errands=found, outcomes=outcomes, now=made.clock().isoformat())


@errands.post("/api/errands/<int:county>/<uuid:id>/arrival")
def arrive(county: int, id: UUID) -> Response:
    """Checks a called department in, with the phone's place where there is one."""
    body = parse.json_object(request.get_json(silent=True))
    spot = parse.spot(body) if body.get("lon") is not None else None
    facts = operations.arrive(
        services().database, county=county, id=id, spot=spot, circumstances=circumstances()
    )
    return jsonify(facts)


@errands.post("/api/errands/<int:county>/<uuid:id>/answer")
def answer(county: int, id: UUID) -> Response:
    """Says what came of it."""
    body = parse.json_object(request.get_json(silent=True))
    operations.answer(
        services().database,
        county=county,
        id=id,
        words=parse.text(body, "words"),
        outcome=parse.text(body, "outcome"),
        circumstances=circumstances(),
    )
    return jsonify(id=str(id))
