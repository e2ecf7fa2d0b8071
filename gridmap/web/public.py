"""The resident's side: reporting without an account, and following a report by its code.

What a resident types travels in the body of a request, never in an address: addresses are
logged, bodies are not.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, g, jsonify, render_template, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from gridmap import __version__
from gridmap.access import INTAKE, STRANGER, Viewer
from gridmap.errors import GridmapError, InvalidInput
from gridmap.operations import attachments, public_report, rates
from gridmap.operations.casework import steps
from gridmap.operations.intake import NewReport
from gridmap.operations.public_report import Receipt, Sent
from gridmap.operations.rates import Limit
from gridmap.queries import catalog, follow, policies, report_places
from gridmap.queries.follow import Followed
from gridmap.queries.locate import InGrid, Place
from gridmap.rules import work
from gridmap.web import parse
from gridmap.web.context import circumstances, services
from gridmap.web.errors import as_json
from gridmap.web.papers import new_file, storage
from gridmap.web.who import LOOPBACK

public = Blueprint("public", __name__)

TRY_AGAIN_S = 15
LONGEST_PHONE, LONGEST_NAME = 40, 40
_LAYERS = ("regions", "region-labels", "grids", "grid-labels", "rivers", "roads")
HOUR = timedelta(hours=1)
LOOKING_UP = Limit("follow", 120, timedelta(minutes=10))
"""All ways to try a code from one address; a whole village may share one."""
SEARCHING = Limit("report search", 300, timedelta(minutes=10))
ADDING = Limit("follow words", 30, HOUR)
PHOTOS = Limit("follow photos", 300, HOUR)


@public.get("/report")
def report_page() -> str:
    """The page to report with."""
    return _page("report")


@public.get("/follow")
def follow_page() -> str:
    """The page to follow with; a code stays behind the ``#`` of its address."""
    return _page("follow")


def _page(name: str) -> str:
    settings = services().settings
    return render_template(
        f"public/{name}.html",
        lang=g.lang,
        version=__version__,
        work_bits=min(settings.report_work_bits, work.MOST_BITS),
        most_mb=settings.attachment_mb,
        most_photos=attachments.MOST_ANNOUNCED,
    )


@public.app_errorhandler(OperationalError)
@public.app_errorhandler(InterfaceError)
@public.app_errorhandler(NoConnection)
def database_away(_error: Exception) -> tuple[Response, int]:
    """The database cannot be asked: nothing was taken in, and it is worth trying again soon."""
    response = as_json(GridmapError("系统暂时连不上数据库，没有收下；请稍后再送。"))
    response.headers["Retry-After"] = str(TRY_AGAIN_S)
    return response, 503


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
            "basemap": {
                "kind": settings.basemap_kind,
                "url": settings.basemap_url,
                "crs": settings.basemap_crs,
            },
            "relief": "/basemap/relief.pmtiles",
            "attribution": settings.attribution,
            "approval_number": settings.approval_number,
        }
    )


@public.post("/api/report/places")
def find_place() -> Response:
    """Villages and grids that some words name; no household."""
    body = _body()
    made = services()
    rates.spend(made.database, INTAKE, SEARCHING, _source(), now=made.clock())
    with made.database.transaction(STRANGER) as connection:
        found = report_places.places(connection, parse.text(body, "q"), now=made.clock())
    return jsonify(results=found)


@public.post("/api/report")
def send_report() -> tuple[Response, int]:
    """Takes a report in: 201 for a new one, 200 for one that was there, 409 if it was different."""
    body = _body()
    sent = _sent(body)
    made = services()
    settings = made.settings
    if not work.is_done(sent.report.id, parse.text(body, "work"), settings.report_work_bits):
        raise InvalidInput("缺少工作量证明；请刷新页面再送，写的都还在。")
    if not public_report.is_known(made.database, sent.report.id):
        limit = Limit("report", settings.reports_per_hour, HOUR)
        rates.spend(made.database, INTAKE, limit, _source(), now=made.clock())
    receipt = public_report.send(made.database, sent, circumstances(INTAKE))
    answer = _receipt(receipt)
    if not receipt.changed:
        return jsonify(answer), 201 if receipt.new else 200
    why = GridmapError("这件事先前已经收下，编号 {number}；改动没有收进去。", number=receipt.number)
    refused = as_json(why).get_json() | {"receipt": answer}
    refused["error"]["code"] = "conflict"
    return jsonify(refused), 409


def _receipt(receipt: Receipt) -> dict[str, Any]:
    link = f"{request.host_url}follow#{receipt.code}"
    return {
        "number": receipt.number,
        "code": receipt.code,
        "link": link,
        "qr": qr_code(link),
        "whose": receipt.whose,
    }


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


def _sent(body: dict[str, Any]) -> Sent:
    words, photos = parse.text(body, "words"), _photos(body)
    if len(words) < 2 and not photos:
        raise InvalidInput("请说一句是什么事，或者附一张照片。")
    id = parse.uuid(body, "id")
    if id is None:
        raise InvalidInput("上报缺少 id。")
    report = NewReport(
        id=id,
        category=_category(body),
        place=_place(body),
        words=words,
        channel=public_report.CHANNEL,
        occurred_at=parse.moment(body, "occurred_at"),
        reporter_name=parse.text(body, "name")[:LONGEST_NAME] or None,
        reporter_phone=parse.text(body, "phone")[:LONGEST_PHONE] or None,
    )
    quiet = body.get("wants_no_name", False)
    if not isinstance(quiet, bool):
        raise InvalidInput("{name} 应是 true 或 false。", name="wants_no_name")
    return Sent(report, parse.text(body, "secret"), quiet, photos)


def _category(body: dict[str, Any]) -> int:
    """The category that was chosen, or "other" of the kind."""
    if body.get("category") is not None:
        return parse.integer(body, "category")
    kind = parse.text(body, "kind")
    with services().database.transaction(STRANGER) as connection:
        of_kind = [one for one in policies.categories(connection) if one["kind"] == kind]
    if not of_kind:
        raise InvalidInput("请先选是有矛盾、有危险，还是要办事。")
    others = [one for one in of_kind if one["zh"].startswith("其他")]
    return int((others or of_kind)[-1]["number"])


def _place(body: dict[str, Any]) -> Place | None:
    """A point or a grid; a stranger names no household."""
    has_point = body.get("lon") is not None or body.get("lat") is not None
    spot = parse.spot(body) if has_point else None
    grid = parse.text(body, "grid")
    return InGrid(grid, spot) if grid else spot


def _photos(body: dict[str, Any]) -> list[tuple[UUID, str]]:
    given = body.get("photos", [])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise InvalidInput("photos 应是有 id 和 name 的列表。")
    named = [(parse.uuid(one, "id"), parse.text(one, "name")) for one in given]
    return [(id, name) for id, name in named if id is not None]


@public.post("/api/follow")
def look_up() -> Response:
    """State and steps of the report of a code."""
    made = services()
    one = _followed(_body())
    with made.database.transaction(INTAKE) as connection:
        found = follow.page(connection, one, now=made.clock())
    return jsonify(found)


@public.post("/api/follow/rate")
def rate() -> Response:
    """The reporter's rating, 1 to 5."""
    body = _body()
    one = _followed(body)
    steps.take(
        services().database,
        county=one.county,
        id=one.incident,
        step="rate",
        given={"rating": parse.integer(body, "rating")},
        circumstances=circumstances(one.viewer),
    )
    return jsonify(rated=True)


@public.post("/api/follow/words")
def add_words() -> Response:
    """More words from the reporter."""
    body = _body()
    one = _followed(body)
    id = parse.uuid(body, "id")
    if id is None:
        raise InvalidInput("补充缺少 id。")
    made = services()
    rates.spend(made.database, INTAKE, ADDING, str(one.report), now=made.clock())
    given = circumstances(Viewer("follow", str(one.report)))
    public_report.add_words(made.database, one, id=id, words=parse.text(body, "words"), given=given)
    return jsonify(added=True)


@public.post("/api/follow/photos")
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


def _followed(body: dict[str, Any]) -> Followed:
    made = services()
    rates.spend(made.database, INTAKE, LOOKING_UP, _source(), now=made.clock())
    return public_report.followed(made.database, parse.text(body, "code"), circumstances(INTAKE))


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("请以 JSON 对象提交。")
    return body


def _source() -> str:
    """The address that sends: behind the server's own proxy, the one that the proxy saw."""
    remote = request.remote_addr or ""
    return request.headers.get("X-Real-IP", remote) if remote in LOOPBACK else remote
