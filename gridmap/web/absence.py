"""Away or gone: naming a stand-in, seeing what a worker holds, handing it on."""

from uuid import UUID

from flask import Blueprint, Response, g, jsonify, render_template, request

from gridmap import __version__
from gridmap.clock import day_bounds
from gridmap.operations import absence as operations
from gridmap.operations import leaving
from gridmap.operations.absence import Absence
from gridmap.queries import absence as asked
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services, today
from gridmap.web.who import source_of

absence = Blueprint("absence", __name__)


@absence.get("/absence")
def page() -> str:
    """The page."""
    return render_template("cases/absence.html", lang=g.lang, version=__version__)


@absence.get("/api/stand-ins")
def stand_ins() -> Response:
    """Who is away now or soon in the viewer's area, who stands in, and until when."""
    made = services()
    with reading() as connection:
        found = asked.stand_ins(connection, now=made.clock())
    return jsonify(stand_ins=found, today=today().isoformat(), zone=made.settings.zone)


@absence.get("/api/staff")
def workers() -> Response:
    """The workers whose duties the viewer gives, in an area."""
    within = parse.path(request.args, "within")
    with reading() as connection:
        return jsonify(asked.workers(connection, within=within, now=services().clock()))


@absence.post("/api/staff/<uuid:id>/stand-in")
def name_stand_in(id: UUID) -> tuple[Response, int]:
    """Names who stands in for a worker; ``back_on`` is the day of the return."""
    body = parse.json_object(request.get_json(silent=True))
    back = parse.needed(parse.day(body, "back_on"), "back_on")
    until, _ = day_bounds(back, back, services().settings.zone)
    given = circumstances()
    by = parse.needed(parse.uuid(body, "by"), "by")
    since = parse.moment(body, "since") or given.now
    new = Absence(id, by, since, until, parse.text(body, "why"))
    with reading() as connection:
        return jsonify(id=str(operations.name_stand_in(connection, new, given))), 201


@absence.post("/api/stand-ins/<uuid:id>/end")
def end_stand_in(id: UUID) -> Response:
    """The worker is back earlier than expected."""
    with reading() as connection:
        operations.end_stand_in(connection, id, circumstances())
    return jsonify(id=str(id))


@absence.get("/api/staff/<uuid:id>/holdings")
def holdings(id: UUID) -> Response:
    """What a worker holds: to be read before it is handed on."""
    with reading() as connection:
        return jsonify(leaving.holdings(connection, id, circumstances()))


@absence.post("/api/staff/<uuid:id>/hand-on")
def hand_on(id: UUID) -> Response:
    """Hands everything that a worker holds to a successor, in one act."""
    body = parse.json_object(request.get_json(silent=True))
    to = parse.needed(parse.uuid(body, "to"), "to")
    source = source_of(request)
    return jsonify(leaving.hand_on(services().database, id, to, circumstances(), source=source))
