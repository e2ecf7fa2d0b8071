"""The safety index: its page, its regions and their trend, publishing a month, the files."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request

from gridmap import __version__
from gridmap.access import may
from gridmap.errors import InvalidInput, NotFound
from gridmap.files.index_table import index_table
from gridmap.files.tables import MEDIA_TYPES
from gridmap.operations import safety_index as operations
from gridmap.queries import index_page as asked
from gridmap.queries.index_page import Wanted
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services, today, viewer

safety_index = Blueprint("safety_index", __name__)


@safety_index.get("/index")
def page() -> str:
    """The page."""
    return render_template("cases/safety-index.html", lang=g.lang, version=__version__)


@safety_index.get("/api/index")
def ranking() -> Response:
    """The regions of a level within an area, in a month, by their index; ``month`` is YYYY-MM."""
    return jsonify(_found())


@safety_index.get("/api/index/trend")
def trend() -> Response:
    """A region's index in the twelve months up to one."""
    arguments, made = request.args.to_dict(), services()
    path = parse.path(arguments, "within")
    month = parse.needed(_month(arguments), "month")
    if not path:
        raise InvalidInput("缺少 {name}。", name="within")
    with reading() as connection:
        told = asked.trend(connection, path, month, now=made.clock(), zone=made.settings.zone)
    return jsonify(within=path, months=told)


@safety_index.get("/api/index/file.<suffix>")
def file(suffix: str) -> Response:
    """The regions as a CSV or XLSX file; of a published month always the same bytes."""
    if suffix not in MEDIA_TYPES:
        raise NotFound("可以下载 csv 或 xlsx，不是 {suffix}。", suffix=suffix)
    found = _found()
    response = Response(index_table(found, g.lang, suffix), mimetype=MEDIA_TYPES[suffix])
    name = f"gridmap-index-{found['month']}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@safety_index.post("/api/index/publish")
def publish() -> tuple[Response, int]:
    """Freezes a month for an area and all regions in it, in the name of who is signed in."""
    body = parse.json_object(request.get_json(silent=True))
    within, month = parse.path(body, "within"), parse.needed(_month(body), "month")
    database = services().database
    with database.transaction(viewer(), one_snapshot=True) as connection:
        added = operations.publish(connection, within, month, circumstances())
    return jsonify(regions=added), 201


@safety_index.post("/api/index/scales")
def fit() -> Response:
    """Fits the scales of the formula to the last twelve months, as a new version."""
    with reading() as connection:
        return jsonify(changed=operations.fit(connection, circumstances()))


def _found() -> dict[str, Any]:
    arguments, made = request.args.to_dict(), services()
    now, zone = made.clock(), made.settings.zone
    wanted = Wanted(
        parse.path(arguments, "within") if "within" in arguments else None,
        parse.whole_number(arguments, "level", 0) or None,
        _month(arguments),
    )
    with reading() as connection:
        settled = asked.settled(connection, wanted, now=now, zone=zone)
        found = asked.page(connection, settled, viewer(), now=now, zone=zone)
        found["may_fit"] = may(connection, "catalog", "w")
    found |= {"today": today().isoformat(), "zone": zone}
    return found


def _month(values: dict[str, Any]) -> date | None:
    """A month such as 2026-05, as its first day."""
    given = values.get("month")
    if given in (None, ""):
        return None
    try:
        return date.fromisoformat(f"{given}-01")
    except ValueError as error:
        raise InvalidInput("月份“{given}”不对，应写成 2026-05。", given=given) from error
