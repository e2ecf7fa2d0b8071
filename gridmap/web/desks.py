"""Desks of departments: who sits where today, keeping them, and which departments are near."""

import math
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, render_template, request

from gridmap import __version__
from gridmap.access import areas
from gridmap.clock import day_bounds
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.operations import desks as operations
from gridmap.operations.casework.steps import CASEWORK
from gridmap.operations.desks import KINDS, NewDesk, NewShift
from gridmap.queries import case
from gridmap.queries import desks as asked
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services, today

desks = Blueprint("desks", __name__)
MOST_CORNERS = 500


@desks.get("/desks")
def page() -> str:
    """The page."""
    return render_template("cases/desks.html", lang=g.lang, version=__version__)


@desks.get("/api/desks")
def on_day() -> Response:
    """The desks of an area and who sits at them on a day; default today.

    ``centers`` are those whose desks the viewer keeps, with the departments that may sit there.
    """
    made = services()
    day = parse.day(request.args, "day") or today()
    begin, end = day_bounds(day, day, made.settings.zone)
    within = parse.path(request.args, "within")
    with reading() as connection:
        found = asked.today(connection, within=within, begin=begin, end=end, now=made.clock())
        centers = asked.choices(connection, within=within)
    kinds = {id: {"zh": zh, "en": en} for id, (zh, en) in KINDS.items()}
    return jsonify(
        day=day.isoformat(),
        today=today().isoformat(),
        zone=made.settings.zone,
        desks=found,
        centers=centers,
        kinds=kinds,
    )


@desks.post("/api/desks")
def put_desk() -> tuple[Response, int]:
    """Sets a desk up, or changes it."""
    body = parse.json_object(request.get_json(silent=True))
    new = NewDesk(
        parse.needed(parse.uuid(body, "department"), "department"),
        parse.needed(parse.uuid(body, "center"), "center"),
        parse.text(body, "kind"),
        parse.text(body, "phone"),
    )
    with reading() as connection:
        return jsonify(id=str(operations.put_desk(connection, new, circumstances()))), 201


@desks.delete("/api/desks/<uuid:id>")
def remove_desk(id: UUID) -> Response:
    """Takes a desk away with its rota."""
    with reading() as connection:
        operations.remove_desk(connection, id, circumstances())
    return jsonify(id=str(id))


@desks.post("/api/desks/<uuid:id>/shifts")
def put_shift(id: UUID) -> tuple[Response, int]:
    """Puts somebody into a desk's rota."""
    body = parse.json_object(request.get_json(silent=True))
    new = NewShift(
        id,
        parse.text(body, "name"),
        parse.needed(parse.moment(body, "since"), "since"),
        parse.needed(parse.moment(body, "until"), "until"),
        parse.text(body, "phone"),
    )
    with reading() as connection:
        return jsonify(id=str(operations.put_shift(connection, new, circumstances()))), 201


@desks.delete("/api/desks/shifts/<uuid:id>")
def remove_shift(id: UUID) -> Response:
    """Takes a shift out of the rota."""
    with reading() as connection:
        operations.remove_shift(connection, id, circumstances())
    return jsonify(id=str(id))


@desks.get("/api/departments/near/<int:county>/<uuid:id>")
def near_incident(county: int, id: UUID) -> Response:
    """The departments for an incident, by jurisdiction and distance."""
    with reading() as connection:
        row = case.found(connection, county, id)
    if row.lon is None:
        raise InvalidInput("这个事件还没有位置；请先定位。")
    return _near(f"SRID=4326;POINT({row.lon!r} {row.lat!r})", row.path)


@desks.post("/api/departments/near")
def near_area() -> Response:
    """The departments for a drawn area, its ``ring`` a list of [lon, lat], EPSG:4326."""
    shape = _polygon(parse.json_object(request.get_json(silent=True)).get("ring"))
    with reading() as connection:
        if not areas(connection, "incident"):
            raise NotAllowed("你没有可以查看事件的区域。")
        place = asked.place_of(connection, shape, now=services().clock())
    return _near(shape, place)


def _near(shape: str, place: str) -> Response:
    made = services()
    with made.database.transaction(CASEWORK) as connection:
        found = asked.near(connection, shape, place, now=made.clock())
    return jsonify(path=place, departments=found)


def _polygon(ring: Any) -> str:
    """The ring as EWKT, closed; InvalidInput for anything else."""
    wrong = InvalidInput("ring 应是 3 到 {most} 个 [经度, 纬度]。", most=MOST_CORNERS)
    if not isinstance(ring, list) or not 3 <= len(ring) <= MOST_CORNERS:
        raise wrong
    corners = []
    for one in ring:
        if not isinstance(one, list) or len(one) != 2:
            raise wrong
        lon, lat = (parse.number({"ring": value}, "ring") for value in one)
        if not (math.fabs(lon) <= 180 and math.fabs(lat) <= 90):
            raise wrong
        corners.append(f"{lon!r} {lat!r}")
    if corners[0] != corners[-1]:
        corners.append(corners[0])
    return f"SRID=4326;POLYGON(({','.join(corners)}))"
