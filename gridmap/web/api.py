"""The JSON interface of the map."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request

from gridmap.access import INTAKE, STRANGER, areas
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.ids import uuid7
from gridmap.layers import measure
from gridmap.layers.figures import limits
from gridmap.layers.measure import Question
from gridmap.operations import intake, keys
from gridmap.queries import cards, catalog, describe, duplicates, lists, search, summary
from gridmap.queries.filters import Filters, numbers
from gridmap.queries.locate import AtHousehold, InGrid, Place, locate
from gridmap.web import basemap, parse
from gridmap.web.context import circumstances, filters_of, reading, services, viewer

api: Blueprint = Blueprint("api", __name__)


@api.get("/api/catalog")
def catalog_of_map() -> Response:
    """What the map offers this viewer."""
    made = services()
    with reading() as connection:
        answer = catalog.catalog(connection, now=made.clock(), zone=made.settings.zone)
    return jsonify(answer | _of_settings())


def _of_settings() -> dict[str, Any]:
    settings = services().settings
    return {
        "lang": g.lang,
        "basemap": basemap.described(settings),
        "relief": "/basemap/relief.pmtiles",
        "attribution": settings.attribution,
        "approval_number": settings.approval_number,
    }


@api.get("/figures/<id>")
def figures_of_measure(id: str) -> Response:
    """A measure's figure for every area of a level within an area."""
    asked_measure = measure(id)
    arguments = request.args.to_dict()
    made = services()
    asked = Question(
        parse.path(arguments, "within"),
        parse.whole_number(arguments, "level"),
        filters_of(arguments),
        made.settings.zone,
        made.heat,
        made.clock(),
        _against(arguments),
    )
    about = asked_measure.days(asked.filters)
    with reading() as connection:
        if not areas(connection, asked_measure.what):
            raise NotAllowed("你不能查看这个指标。")
        figures = asked_measure.figures(connection, asked_measure, asked)
        class_limits = limits(connection, id, asked.depth)
    thin = sum(figure.thin for figure in figures.values())
    return jsonify(
        measure=id,
        level=asked.depth,
        **{"from": about.first.isoformat(), "to": about.last.isoformat()},
        days=about.days,
        limits=class_limits,
        thin_share=thin / len(figures) if figures else 0,
        values={
            path: {
                "count": figure.count,
                "base": figure.base,
                "rate": figure.rate,
                "class": figure.class_,
                "thin": figure.thin,
            }
            | ({"sign": figure.sign, "at": figure.at} if figure.sign else {})
            for path, figure in figures.items()
        },
    )


def _against(arguments: dict[str, str]) -> Filters | None:
    """The days that figures are compared with, where the request names them."""
    if not arguments.get("against_to"):
        return None
    days = {"from": arguments.get("against_from", ""), "to": arguments["against_to"]}
    return filters_of(arguments | days)


@api.get("/api/locate")
def locate_point() -> Response:
    """Who answers for a point, and why."""
    spot = parse.spot(request.args.to_dict())
    given = circumstances()
    with reading() as connection:
        found = locate(
            connection, spot, at=given.now, now=given.now, nearest_limit_m=given.nearest_limit_m
        )
        answer = describe.located(connection, found, now=given.now, zone=given.zone)
    return jsonify(answer)


@api.post("/api/incidents")
def take_report() -> tuple[Response, int]:
    """Takes a report in and answers with its assignment; the same id twice is the same report."""
    new = _new_report(request.get_json(silent=True))
    given = circumstances()
    if viewer() == STRANGER:
        raise NotAllowed("请用公众上报页面。")
    by_token = viewer().kind == "token"
    if not by_token:
        with reading() as connection:
            intake.check_reporter(connection, new)
    with services().database.transaction(INTAKE) as connection:
        taken = intake.report(connection, new, given)
        if by_token:
            keys.check_reports_into(connection, viewer(), taken)
        located = taken.located
        assignment = (
            describe.located(connection, located, now=given.now, zone=given.zone)
            if located
            else None
        )
    answer = {
        "id": str(taken.id),
        "county": taken.county,
        "number": taken.number,
        "assignment": assignment,
        "duplicates": [] if by_token else _possible_duplicates(taken),
    }
    return jsonify(answer), 201


def _possible_duplicates(taken: intake.Taken) -> list[dict[str, Any]]:
    """What may be the same, as the viewer may see it: asked once the report is safe."""
    with suppress(NotFound), reading() as connection:
        return duplicates.possible(connection, taken.county, taken.id, now=services().clock())
    return []


def _new_report(body: Any) -> intake.NewReport:
    if not isinstance(body, dict):
        raise InvalidInput("请以 JSON 对象提交上报。")
    return intake.NewReport(
        id=parse.uuid(body, "id") or uuid7(services().clock()),
        category=parse.integer(body, "category"),
        severity=parse.integer(body, "severity", 2),
        place=_place(body),
        words=parse.text(body, "words"),
        channel=parse.text(body, "channel") or "web",
        occurred_at=parse.moment(body, "occurred_at"),
        reporter_name=parse.text(body, "reporter_name") or None,
        reporter_phone=parse.text(body, "reporter_phone") or None,
    )


def _place(body: dict[str, Any]) -> Place | None:
    has_point = body.get("lon") is not None or body.get("lat") is not None
    spot = parse.spot(body) if has_point else None
    if body.get("household") is not None:
        household = body["household"]
        if not isinstance(household, dict):
            raise InvalidInput("household 应是有 county 和 id 的对象。")
        id = parse.uuid(household, "id")
        if id is None:
            raise InvalidInput("household 缺少 id。")
        return AtHousehold(parse.integer(household, "county"), id)
    if grid := parse.text(body, "grid"):
        return InGrid(grid, spot)
    return spot


@api.get("/api/grids/<path:path>")
def grid_card(path: str) -> Response:
    """What is known of a grid."""
    with reading() as connection:
        return jsonify(cards.grid(connection, path, now=services().clock()))


@api.get("/api/incidents/<int:county>/<uuid:id>")
def incident_card(county: int, id: UUID) -> Response:
    """What is known of an incident."""
    with reading() as connection:
        return jsonify(cards.incident(connection, county, id, now=services().clock()))


@api.get("/api/warnings/<int:county>/<uuid:id>")
def warning_card(county: int, id: UUID) -> Response:
    """What is known of a warning."""
    with reading() as connection:
        return jsonify(cards.warning(connection, county, id, now=services().clock()))


@api.post("/api/search")
def find() -> Response:
    """Regions, grids, centers, workers and households that match some words.

    The words come in the body: a name or half a number must not stand in an address.
    """
    words = parse.text(parse.json_object(request.get_json(silent=True)), "q")
    with reading() as connection:
        found = search.search(connection, words, now=services().clock())
    response = jsonify(found._asdict())
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.get("/api/lists/<layer>")
def list_layer(layer: str) -> Response:
    """A page of the list beside a layer."""
    arguments = request.args.to_dict()
    asked = lists.Asked(
        filters_of(arguments),
        parse.path(arguments, "within"),
        parse.box(arguments),
        arguments.get("sort", ""),
        max(1, parse.whole_number(arguments, "page", 1)),
        numbers(arguments, "color"),
    )
    made = services()
    with reading() as connection:
        return jsonify(
            lists.rows_of(connection, layer, asked, now=made.clock(), zone=made.settings.zone)
        )


@api.get("/api/summary")
def summarize() -> Response:
    """Counts by kind and day, and open warnings."""
    arguments = request.args.to_dict()
    wanted = filters_of(arguments)
    with reading() as connection:
        return jsonify(
            summary.summary(
                connection,
                wanted,
                within=parse.path(arguments, "within"),
                zone=services().settings.zone,
                heat=services().heat,
            )
        )
