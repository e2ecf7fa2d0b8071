"""Visits: what is due, what was made, and planning them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, render_template, request

from gridmap import __version__
from gridmap.access import areas
from gridmap.errors import InvalidInput
from gridmap.operations import visits as operations
from gridmap.operations.visits import NewPlan, NewVisit, Whom
from gridmap.queries import visits as asked
from gridmap.rules.rounds import EVERY
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services, today

visits = Blueprint("visits", __name__)


@visits.get("/visits")
def page() -> str:
    """The page."""
    return render_template("cases/visits.html", lang=g.lang, version=__version__)


@visits.get("/api/visits")
def due() -> Response:
    """The planned visits of the viewer's area that are due by a day; default within a week.

    Beside them what was visited in the last weeks, and whether the viewer visits at all.
    """
    until = parse.day(request.args, "until") or today() + timedelta(days=asked.AHEAD_DAYS)
    now = services().clock()
    with reading() as connection:
        within = parse.path(request.args, "within")
        found = asked.due(connection, today=today(), until=until, now=now, within=within)
        since = now - timedelta(days=asked.RECENT_DAYS)
        made = asked.recent(connection, since=since, now=now)
        may = bool(areas(connection, "visit", "w"))
    every = {id: {"zh": zh, "en": en} for id, (zh, en) in EVERY.items()}
    return jsonify(
        today=today().isoformat(),
        now=now.isoformat(),
        zone=services().settings.zone,
        visits=found,
        made=made,
        every=every,
        may=may,
    )


@visits.get("/api/visits/made/<int:county>")
def made(county: int) -> Response:
    """The visits to a household or for an incident."""
    household, incident = (parse.uuid(request.args, name) for name in ("household", "incident"))
    with reading() as connection:
        return jsonify(
            visits=asked.made(connection, county, household=household, incident=incident)
        )


@visits.post("/api/visits")
def make() -> tuple[Response, int]:
    """Keeps a visit; its id is the sender's, so a second try is harmless."""
    body = parse.json_object(request.get_json(silent=True))
    new = NewVisit(
        parse.needed(parse.uuid(body, "id"), "id"),
        _whom(body),
        parse.text(body, "seen"),
        parse.moment(body, "at"),
        parse.uuid(body, "plan"),
        parse.spot(body) if body.get("lon") is not None else None,
    )
    with reading() as connection:
        return jsonify(operations.make(connection, new, circumstances())), 201


@visits.post("/api/visits/plans")
def plan() -> tuple[Response, int]:
    """Plans a visit, or a series of them; with ``households`` the same round to each."""
    body = parse.json_object(request.get_json(silent=True))
    whoms = _households(body["households"]) if "households" in body else [_whom(body)]
    new = NewPlan(
        whoms[0],
        parse.text(body, "every"),
        parse.needed(parse.day(body, "first_on"), "first_on"),
        parse.text(body, "why"),
        parse.day(body, "until"),
    )
    with reading() as connection:
        ids = operations.plan_round(connection, whoms, new, circumstances())
    return jsonify(id=str(ids[0]), ids=[str(one) for one in ids]), 201


@visits.post("/api/visits/plans/<int:county>/<uuid:id>/end")
def end_plan(county: int, id: UUID) -> Response:
    """Ends a plan before its time."""
    with reading() as connection:
        operations.drop(connection, county, id, circumstances())
    return jsonify(id=str(id))


def _whom(body: dict[str, Any]) -> Whom:
    county = parse.integer(body, "county")
    return Whom(county, parse.uuid(body, "household"), parse.uuid(body, "incident"))


def _households(given: Any) -> list[Whom]:
    if not isinstance(given, list) or not given:
        raise InvalidInput("households 应是住户的列表，每项有 county 和 id。")
    whoms = []
    for one in map(parse.json_object, given):
        id = parse.needed(parse.uuid(one, "id"), "id")
        whoms.append(Whom(parse.integer(one, "county"), id))
    return whoms
