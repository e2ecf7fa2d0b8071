"""The desk of a center officer: queues, an incident's page, the steps of its life."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, render_template, request

from gridmap import __version__
from gridmap.errors import GridmapError, InvalidInput, NotFound
from gridmap.files import tables
from gridmap.operations.casework import steps
from gridmap.queries import candidates, case_page, performance, policies, queues
from gridmap.rules import life
from gridmap.web import parse
from gridmap.web.context import circumstances, filters_of, reading, services, viewer
from gridmap.web.language import translated

cases = Blueprint("cases", __name__)
MOST_AT_ONCE = 200


@cases.get("/cases")
def desk() -> str:
    """The page."""
    return render_template("cases/index.html", lang=g.lang, version=__version__)


@cases.get("/api/cases")
def queue() -> Response:
    """A page of a queue."""
    arguments = request.args.to_dict()
    asked = queues.Asked(
        arguments.get("queue", "center"),
        parse.path(arguments, "within"),
        arguments.get("kind", ""),
        arguments.get("sort", "due"),
        max(1, parse.whole_number(arguments, "page", 1)),
    )
    made = services()
    with reading() as connection:
        found = queues.queue(connection, asked, viewer(), now=made.clock(), zone=made.settings.zone)
        found["areas"] = queues.areas_of(connection, viewer(), now=made.clock())
    return jsonify(found | {"now": made.clock().isoformat()})


@cases.get("/api/cases/words")
def words_of_life() -> Response:
    """The words of states, outcomes and pauses, and the categories that are in use."""
    with reading() as connection:
        categories = policies.categories(connection)
    return jsonify(
        states={id: {"zh": zh, "en": en} for id, (zh, en) in life.STATES.items()},
        outcomes={id: {"zh": zh, "en": en} for id, (zh, en) in life.OUTCOMES.items()},
        pauses={id: {"zh": zh, "en": en} for id, (zh, en) in life.PAUSES.items()},
        categories=categories,
    )


@cases.get("/api/cases/<int:county>/<uuid:id>")
def one_case(county: int, id: UUID) -> Response:
    """An incident as its desk sees it."""
    made = services()
    with reading() as connection:
        found = case_page.page(
            connection, county, id, viewer(), now=made.clock(), zone=made.settings.zone
        )
    return jsonify(found | {"now": made.clock().isoformat()})


@cases.get("/api/cases/<int:county>/<uuid:id>/candidates")
def who_could(county: int, id: UUID) -> Response:
    """To whom an incident can be given."""
    with reading() as connection:
        return jsonify(candidates.candidates(connection, county, id, now=services().clock()))


@cases.post("/api/cases/<int:county>/<uuid:id>/steps")
def take_step(county: int, id: UUID) -> Response:
    """Takes a step; of two at the same moment one wins, and the other is told."""
    step, given = _step_of(request.get_json(silent=True))
    taken = steps.take(
        services().database,
        county=county,
        id=id,
        step=step,
        given=given,
        circumstances=circumstances(),
    )
    return jsonify(step=taken.step, state=taken.state, path=taken.path)


@cases.post("/api/cases/steps")
def take_many() -> Response:
    """Takes the same step on many incidents; each is done or refused by itself."""
    body = request.get_json(silent=True)
    step, given = _step_of(body)
    wanted = body.get("incidents") if isinstance(body, dict) else None
    if not isinstance(wanted, list) or not 0 < len(wanted) <= MOST_AT_ONCE:
        raise InvalidInput("一次可以办 1 到 {most} 件。", most=MOST_AT_ONCE)
    done, refused = 0, []
    for one in wanted:
        if not isinstance(one, dict) or (id := parse.uuid(one, "id")) is None:
            raise InvalidInput("incidents 的每一项要有 county 和 id。")
        try:
            steps.take(
                services().database,
                county=parse.integer(one, "county"),
                id=id,
                step=step,
                given=given,
                circumstances=circumstances(),
            )
            done += 1
        except GridmapError as error:
            why = translated(error.message)
            refused.append(
                {"id": str(id), "why": why.format(**error.facts) if error.facts else why}
            )
    return jsonify(done=done, refused=refused)


@cases.get("/cases/figures")
def figures_page() -> str:
    """The page of the figures that a center reports upward."""
    return render_template("cases/figures.html", lang=g.lang, version=__version__)


@cases.get("/api/cases/figures")
def figures() -> Response:
    """The figures by area, kind, category or month."""
    return jsonify(_figures())


@cases.get("/api/cases/figures.<suffix>")
def figures_file(suffix: str) -> Response:
    """The same figures as a CSV or XLSX file."""
    if suffix not in ("csv", "xlsx"):
        raise NotFound("可以下载 csv 或 xlsx，不是 {suffix}。", suffix=suffix)
    content = tables.figures_table(_figures(), g.lang, suffix)
    response = Response(content, mimetype=tables.MEDIA_TYPES[suffix])
    name = f"gridmap-figures-{parse.text(request.args, 'to') or 'today'}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _figures() -> dict[str, Any]:
    arguments, made = request.args.to_dict(), services()
    days = filters_of(arguments)
    asked = performance.Asked(
        parse.path(arguments, "within"), days.first, days.last, arguments.get("by", "area")
    )
    with reading() as connection:
        return performance.figures(connection, asked, now=made.clock(), zone=made.settings.zone)


_TEXTS = ("words", "outcome", "not_ours_with", "grid", "pause", "into")


def _step_of(body: Any) -> tuple[str, dict[str, Any]]:
    """The step and what came with it, typed; InvalidInput for anything else."""
    if not isinstance(body, dict):
        raise InvalidInput("请以 JSON 对象提交这一步。")
    given: dict[str, Any] = {name: parse.text(body, name) for name in _TEXTS if name in body}
    for name in ("category", "rating", "arrive_within_min"):
        if name in body:
            given[name] = parse.integer(body, name)
    for name in ("satisfied", "reopen"):
        if name in body:
            if not isinstance(body[name], bool):
                raise InvalidInput("{name} 应是 true 或 false。", name=name)
            given[name] = body[name]
    if isinstance(body.get("holder"), dict):
        given["holder"] = body["holder"]
    if isinstance(body.get("fields"), dict):
        given["fields"] = body["fields"]
    if "departments" in body:
        given["departments"] = _ids(body["departments"])
    return parse.text(body, "step"), given


def _ids(given: Any) -> list[str]:
    if not isinstance(given, list):
        raise InvalidInput("departments 应是编号的列表。")
    return [str(parse.uuid({"departments": one}, "departments")) for one in given]
