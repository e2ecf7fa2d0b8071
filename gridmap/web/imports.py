"""Imports through a page: a file comes in, is read and loaded in the background, or given up."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, jsonify, render_template, request, send_file

from gridmap import __version__
from gridmap.errors import FileRefused, InvalidInput, NotFound
from gridmap.files import reading as files
from gridmap.files.places import PLACE_COLUMNS
from gridmap.geo.fits import candidate_fits
from gridmap.ids import uuid7
from gridmap.operations.imports import paged, run
from gridmap.operations.imports.kind import Kind
from gridmap.operations.imports.request import ImportRequest
from gridmap.outside import uploads
from gridmap.queries import imports as asked
from gridmap.queries.extent import what_is_there
from gridmap.web import parse, wording
from gridmap.web.context import circumstances, reading, services

imports: Blueprint = Blueprint("imports", __name__)

_CHUNK_BYTES = 1 << 20
_SHOWN_FITS = 6
_MOST_SNAP_M = 50.0
_LONGEST_NAME = 200


@imports.get("/imports")
def page() -> str:
    """The page of imports."""
    return render_template("planner/imports.html", lang=g.lang, version=__version__)


@imports.get("/api/imports")
def list_imports() -> Response:
    """The viewer's imports, and what a new one may be."""
    with reading() as connection:
        paged.may_import(connection)
        answer = {
            "imports": asked.listing(connection),
            "sample": asked.installation_has_sample(connection),
            "levels": asked.levels(connection),
        }
    kinds = [
        {
            "id": kind.id,
            "title": kind.title,
            "fields": [_field(kind, field) for field in kind.wanted],
        }
        for kind in run.KINDS.values()
    ]
    limits = {"upload_bytes": uploads.LARGEST_UPLOAD_BYTES, "shown": asked.MOST_SHOWN}
    return jsonify(answer | {"kinds": kinds, "limits": limits})


def _field(kind: Kind, id: str) -> dict[str, Any]:
    title, n = wording.field(kind.id, id)
    return {"id": id, "title": title, "n": n, "required": id in kind.required}


@imports.post("/api/imports")
def upload() -> tuple[Response, int]:
    """Takes a file in (the request's body); its kind and name are parameters."""
    with reading() as connection:
        paged.may_import(connection)
    made, given = services(), circumstances()
    name = request.args.get("name", "")[:_LONGEST_NAME] or "?"
    uploads.check_size(request.content_length or 0)
    id, instance = uuid7(given.now), made.settings.instance
    file = uploads.receive(instance, id, name, _chunks())
    try:
        kind = request.args.get("kind", "")
        paged.accept(made.database, given, id=id, kind=kind, name=name, file=file)
    except Exception as error:
        uploads.discard(instance, id)
        if isinstance(error, FileRefused):
            raise FileRefused(error.message, **uploads.called(error.facts, name)) from error
        raise
    return jsonify(id=str(id)), 201


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(_CHUNK_BYTES):
        yield chunk


@imports.get("/api/imports/<uuid:id>")
def one_import(id: UUID) -> Response:
    """All that is known of an import."""
    with reading() as connection:
        found = asked.one(connection, id)
        staged = found["state"] == "staged"
        found["sample"] = staged and asked.installation_has_sample(connection)
        found["in_sample"] = found["sample"] and paged.lies_in_sample(connection, id)
    if error := found["error"]:
        error["facts"] = uploads.called(error["facts"], found["file"])
        found["error"] = wording.refused(error)
    found["first_rejects"] = [
        {"row": row, "reason": wording.reason(why)} for row, why in found["first_rejects"] or ()
    ]
    return jsonify(found)


@imports.get("/api/imports/<uuid:id>/reading")
def how_it_reads(id: UUID) -> Response:
    """How the file reads with another encoding, layer or place columns, and which coordinate
    systems would fit what is on the map."""
    with reading() as connection:
        found = asked.one(connection, id)
        there = what_is_there(connection)
    file = uploads.file_of(services().settings.instance, id)
    encoding, layer = request.args.get("encoding") or None, request.args.get("layer") or None
    try:
        read = paged.look(found["kind"], file, encoding=encoding, layer=layer)
        places = {name: request.args[name] for name in PLACE_COLUMNS if request.args.get(name)}
        positions = files.sample(file, encoding=encoding, layer=layer, places=places or None)
    except FileRefused as error:
        facts = uploads.called(error.facts, found["file"])
        raise FileRefused(error.message, **facts) from error
    fits = candidate_fits(positions, there) if there is not None and len(positions) else []
    told = [
        {
            "crs": fit.crs,
            "inside": fit.share_inside,
            "offset_m": fit.median_offset_m,
            "on_lines": fit.share_on_lines,
        }
        for fit in fits[:_SHOWN_FITS]
    ]
    return jsonify(found=read, fits=told, places=len(positions) > 0)


@imports.get("/api/imports/<uuid:id>/preview")
def preview(id: UUID) -> Response:
    """What was read, as GeoJSON."""
    with reading() as connection:
        return jsonify(asked.preview(connection, id))


@imports.get("/api/imports/<uuid:id>/rejects.csv")
def rejects(id: UUID) -> Response:
    """The rows that cannot be loaded, to be mended and loaded alone."""
    with reading() as connection:
        found = asked.one(connection, id)
    file = uploads.rejects_of(services().settings.instance, id)
    if not file.exists():
        cleared = "这次导入的文件已清除。" if found["cleared"] else "这次导入没有不能用的行。"
        raise NotFound(cleared)
    stem = found["file"].rpartition(".")[0] or found["file"]
    answer = send_file(
        file.absolute(),
        mimetype="text/csv",
        as_attachment=True,
        download_name=f"{stem}-rejects.csv",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@imports.post("/api/imports/<uuid:id>/stage")
def stage(id: UUID) -> Response:
    """Has the file read with the chosen options."""
    body = _body()
    with reading() as connection:
        found = asked.one(connection, id)
    paged.ask_to_stage(services().database, circumstances(), id, _request(found, body))
    return jsonify(id=str(id))


@imports.post("/api/imports/<uuid:id>/load")
def load(id: UUID) -> Response:
    """Has what was read loaded."""
    body = _body()
    paged.ask_to_load(
        services().database,
        circumstances(),
        id,
        keep_good=body.get("keep_good") is True,
        as_is=body.get("as_is") is True,
        remove_sample=body.get("remove_sample") is True,
    )
    return jsonify(id=str(id))


@imports.post("/api/imports/<uuid:id>/throw-away")
def throw_away(id: UUID) -> Response:
    """Drops what was read, and the file."""
    paged.throw_away(services().database, circumstances(), id)
    uploads.discard(services().settings.instance, id)
    return jsonify(id=str(id))


@imports.post("/api/imports/<uuid:id>/take-back")
def take_back(id: UUID) -> Response:
    """Takes the rows of a loaded import out again."""
    removed = run.take_back(services().database, id, circumstances())
    return jsonify(id=str(id), removed=removed)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("请以 JSON 对象提交。")
    return body


def _request(found: dict[str, Any], body: dict[str, Any]) -> ImportRequest:
    """The options of a reading, from a page's form."""
    mapping = body.get("mapping", {})
    if not isinstance(mapping, dict):
        raise InvalidInput("列对应应为 字段 → 列名。")
    given_level, snap_m = body.get("level"), body.get("snap_m") or 0.0
    snap_m = parse.number({"snap_m": snap_m}, "snap_m")
    if not 0 <= snap_m <= _MOST_SNAP_M:
        raise InvalidInput("合缝的宽度应在 0 到 {most} 米之间。", most=_MOST_SNAP_M)
    return ImportRequest(
        kind=found["kind"],
        file=uploads.file_of(services().settings.instance, UUID(found["id"])),
        crs=parse.text(body, "crs") or None,
        encoding=parse.text(body, "encoding") or None,
        layer=parse.text(body, "layer") or None,
        mapping=tuple(f"{field}={column or ''}" for field, column in mapping.items()),
        parent=parse.text(body, "parent") or None,
        level=None if given_level is None else parse.integer(body, "level"),
        since=_since(parse.text(body, "since")),
        snap_m=snap_m,
    )


def _since(day: str) -> datetime | None:
    """The first moment of a local day."""
    if not day:
        return None
    try:
        first = date.fromisoformat(day)
    except ValueError as error:
        raise InvalidInput("日期“{given}”不对，应写成 2026-05-20。", given=day) from error
    return datetime.combine(first, datetime.min.time(), ZoneInfo(services().settings.zone))
