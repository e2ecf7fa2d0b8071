"""The resident's side: reporting without an account.

What a resident types travels in the body of a request, never in an address: addresses are
logged, bodies are not.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, g, jsonify, render_template, request

from gridmap import __version__
from gridmap.access import INTAKE, STRANGER
from gridmap.errors import GridmapError, InvalidInput
from gridmap.operations import attachments, public_report, rates
from gridmap.operations.intake import NewReport
from gridmap.operations.public_report import Receipt, Sent
from gridmap.operations.rates import Limit
from gridmap.queries import catalog, describe, policies, report_places
from gridmap.queries.locate import InGrid, Place, locate
from gridmap.rules import work
from gridmap.web import basemap, parse
from gridmap.web.context import circumstances, services
from gridmap.web.errors import as_json
from gridmap.web.who import is_secure, source_of

public = Blueprint("public", __name__)

LONGEST_PHONE, LONGEST_NAME = 40, 40
_LAYERS = ("regions", "region-labels", "grids", "grid-labels", "rivers", "roads")
HOUR, TEN_MINUTES = timedelta(hours=1), timedelta(minutes=10)
SEARCHING = Limit("report search", 300, TEN_MINUTES)


@public.get("/report")
def report_page() -> str:
    """The page to report with."""
    return page("report")


def page(name: str) -> str:
    """A page of residents, with the limits that it must keep."""
    settings = services().settings
    return render_template(
        f"public/{name}.html",
        lang=g.lang,
        version=__version__,
        work_bits=min(settings.report_work_bits, work.MOST_BITS),
        most_mb=settings.attachment_mb,
        most_photos=attachments.MOST_ANNOUNCED,
    )


@public.get("/api/report/options")
def options() -> Response:
    """What the page offers: categories, and the ground of the map."""
    made = services()
    with made.database.transaction(STRANGER) as connection:
        offered = catalog.catalog(connection, now=made.clock(), zone=made.settings.zone)
        categories = policies.categories(connection)
    layers = [layer for layer in offered["layers"] if layer["id"] in _LAYERS]
    settings = made.settings
    return jsonify(
        offered
        | {
            "categories": categories,
            "layers": layers,
            "measures": [],
            "lang": g.lang,
            "basemap": basemap.described(settings),
            "relief": "/basemap/relief.pmtiles",
            "attribution": settings.attribution,
            "approval_number": settings.approval_number,
        }
    )


@public.post("/api/report/places")
def find_place() -> Response:
    """Villages and grids that some words name; no household."""
    words = parse.text(body(), "q")
    made = services()
    rates.spend(made.database, INTAKE, SEARCHING, source_of(request), now=made.clock())
    with made.database.transaction(STRANGER) as connection:
        found = report_places.places(connection, words, now=made.clock())
    return jsonify(results=found)


@public.post("/api/report/whose")
def whose_place() -> Response:
    """Whose grid a point is; asked in a body, since it says where a reporter stands."""
    made, settings = services(), services().settings
    spot = parse.spot(body())
    rates.spend(made.database, INTAKE, SEARCHING, source_of(request), now=made.clock())
    now = made.clock()
    with made.database.transaction(STRANGER) as connection:
        found = locate(connection, spot, at=now, now=now, nearest_limit_m=settings.nearest_limit_m)
        told = describe.located(connection, found, now=now, zone=settings.zone)
    grid, chain = told["today"] or told["grid"], told["chain"]
    return jsonify(
        village=chain[-1]["name"] if chain else None,
        grid=grid["number"] if grid else None,
        worker=told["worker"]["name"] if told["worker"] else None,
        center=told["center"],
    )


@public.post("/api/report")
def send_report() -> tuple[Response, int]:
    """Takes a report in: 201 for a new one, 200 for one that was there, 409 if it was different."""
    fields = body()
    sent = _sent(fields)
    made = services()
    settings = made.settings
    if not work.is_done(sent.report.id, parse.text(fields, "work"), settings.report_work_bits):
        raise InvalidInput("缺少工作量证明；请刷新页面再送，写的都还在。")
    if not public_report.is_known(made.database, sent.report.id):
        limit = Limit("report", settings.reports_per_hour, HOUR)
        rates.spend(made.database, INTAKE, limit, source_of(request), now=made.clock())
    receipt = public_report.send(made.database, sent, circumstances(INTAKE))
    answer = _receipt(receipt)
    if not receipt.changed:
        return jsonify(answer), 201 if receipt.new else 200
    why = GridmapError("这件事先前已经收下，编号 {number}；改动没有收进去。", number=receipt.number)
    refused = as_json(why).get_json() | {"receipt": answer}
    refused["error"]["code"] = "conflict"
    return jsonify(refused), 409


def _receipt(receipt: Receipt) -> dict[str, Any]:
    link = f"{_site()}/follow#{receipt.code}"
    return {
        "number": receipt.number,
        "code": receipt.code,
        "link": link,
        "qr": qr_code(link),
        "whose": receipt.whose,
    }


def _site() -> str:
    """The address of this site, as the browser knows it behind a proxy too."""
    return f"{'https' if is_secure(request) else 'http'}://{request.host}"


def qr_code(link: str) -> dict[str, Any]:
    """A QR code (ISO/IEC 18004) as an SVG path: ``size`` modules each way, dark runs as strokes."""
    rows = [list(row) for row in segno.make(link, error="m").matrix_iter(border=2)]
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                runs.append(f"M{x} {y}.5h{end - x}")
            x = end + 1
    return {"size": len(rows), "path": "".join(runs)}


def _sent(fields: dict[str, Any]) -> Sent:
    words, photos = parse.text(fields, "words"), _photos(fields)
    if len(words) < 2 and not photos:
        raise InvalidInput("请说一句是什么事，或者附一张照片。")
    id = parse.uuid(fields, "id")
    if id is None:
        raise InvalidInput("上报缺少 id。")
    report = NewReport(
        id=id,
        category=_category(fields),
        place=_place(fields),
        words=words,
        channel=public_report.CHANNEL,
        occurred_at=parse.moment(fields, "occurred_at"),
        reporter_name=parse.text(fields, "name")[:LONGEST_NAME] or None,
        reporter_phone=parse.text(fields, "phone")[:LONGEST_PHONE] or None,
    )
    quiet = fields.get("wants_no_name", False)
    if not isinstance(quiet, bool):
        raise InvalidInput("{name} 应是 true 或 false。", name="wants_no_name")
    return Sent(report, parse.text(fields, "secret"), quiet, photos)


def _category(fields: dict[str, Any]) -> int:
    """The category that was chosen, or "other" of the kind."""
    if fields.get("category") is not None:
        return parse.integer(fields, "category")
    kind = parse.text(fields, "kind")
    with services().database.transaction(STRANGER) as connection:
        of_kind = [one for one in policies.categories(connection) if one["kind"] == kind]
    if not of_kind:
        raise InvalidInput("请先选是有矛盾、有危险，还是要办事。")
    others = [one for one in of_kind if one["zh"].startswith("其他")]
    return int((others or of_kind)[-1]["number"])


def _place(fields: dict[str, Any]) -> Place | None:
    """A point or a grid; a stranger names no household."""
    has_point = fields.get("lon") is not None or fields.get("lat") is not None
    spot = parse.spot(fields) if has_point else None
    grid = parse.text(fields, "grid")
    return InGrid(grid, spot) if grid else spot


def _photos(fields: dict[str, Any]) -> list[tuple[UUID, str]]:
    given = fields.get("photos", [])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise InvalidInput("photos 应是有 id 和 name 的列表。")
    named = [(parse.uuid(one, "id"), parse.text(one, "name")) for one in given]
    return [(id, name) for id, name in named if id is not None]


def body() -> dict[str, Any]:
    """The JSON object that was sent."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise InvalidInput("请以 JSON 对象提交。")
    return sent
