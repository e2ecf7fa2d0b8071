"""Exports: the page of one's own, asking for one, fetching one."""

from uuid import UUID

from flask import Blueprint, Response, g, jsonify, render_template, request, send_file

from gridmap import __version__
from gridmap.errors import InvalidInput, NotAllowed
from gridmap.operations import export_jobs as jobs
from gridmap.operations.export_jobs import Wanted
from gridmap.queries import export_jobs as asked
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services, today, viewer
from gridmap.web.who import source_of

export_jobs = Blueprint("export_jobs", __name__)
WHAT = {
    "households": ("住户", "Households"),
    "incidents": ("事件", "Incidents"),
    "grids": ("网格", "Grids"),
    "regions": ("行政区划", "Regions"),
}


@export_jobs.get("/exports")
def page() -> str:
    """The page of exports."""
    return render_template("exports/index.html", lang=g.lang, version=__version__)


@export_jobs.get("/api/exports")
def list_exports() -> Response:
    """One's own exports, and what a new one may choose from."""
    with reading() as connection:
        mine = asked.mine(connection, str(viewer()))
        may = jobs.may_export(connection)
    return jsonify(
        exports=mine,
        may_export=may,
        what=[{"id": id, "zh": zh, "en": en} for id, (zh, en) in WHAT.items()],
        formats=jobs.FORMATS,
        days=services().settings.export_days,
        today=today().isoformat(),
        zone=services().settings.zone,
    )


@export_jobs.post("/api/exports")
def ask() -> tuple[Response, int]:
    """Has an export made: ``what``, ``format``, ``as_of``, ``within``, ``why``."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("请以 JSON 对象提交。")
    wanted = Wanted(
        parse.text(body, "what"),
        parse.text(body, "format"),
        parse.day(body, "as_of") or today(),
        parse.path(body, "within"),
        parse.text(body, "why"),
    )
    with reading() as connection:
        days = services().settings.export_days
        id = jobs.ask(connection, wanted, circumstances(), days=days)
    return jsonify(id=str(id)), 201


@export_jobs.get("/api/exports/<uuid:id>/file")
def fetch(id: UUID) -> Response:
    """The file of an export, for its owner alone; each fetching is kept."""
    if g.who.session and g.who.session.viewing_as:
        raise NotAllowed("你正在以别人的视角查看，不能取走别人的导出。")
    instance = services().settings.instance.absolute()
    with reading() as connection:
        ready = jobs.fetch(
            connection, instance, id, source=source_of(request), given=circumstances()
        )
    response = send_file(ready.file, as_attachment=True, download_name=ready.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
