"""What hangs on an incident: attachments, possible duplicates, the households concerned."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, current_app, jsonify, request

from gridmap.errors import InvalidInput
from gridmap.operations import attachment_pieces, attachments, concerned
from gridmap.operations.attachment_pieces import Piece
from gridmap.operations.attachments import THUMBNAIL_SUFFIX, NewFile
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.concerned import Changed
from gridmap.outside import pictures
from gridmap.outside.storage import Storage, storage_of
from gridmap.queries import case, duplicates
from gridmap.queries import papers as asked
from gridmap.web import parse
from gridmap.web.context import circumstances, reading, services

papers = Blueprint("papers", __name__, url_prefix="/api/incidents/<int:county>/<uuid:id>")
_FORM_BYTES = 10_000
"""What a form brings beside its file."""


def storage() -> Storage:
    """Where this application keeps attachments; opened once."""
    if "gridmap_storage" not in current_app.extensions:
        current_app.extensions["gridmap_storage"] = storage_of(services().settings)
    kept: Storage = current_app.extensions["gridmap_storage"]
    return kept


def new_file() -> NewFile | Piece:
    """The file of a form, or a piece of it; nothing larger than is taken is read.

    Fields ``id`` and ``file``; of a piece ``offset`` and ``size``, too, both in bytes.
    """
    most_mb = services().settings.attachment_mb
    pictures.check_size(request.content_length or 0, most_mb=most_mb, around=_FORM_BYTES)
    # a body of unknown length ends here
    request.max_content_length = most_mb * 1_000_000 + _FORM_BYTES
    sent = request.files.get("file")
    id = parse.uuid(request.form, "id")
    if sent is None or id is None:
        raise InvalidInput("请以表单提交 id 和 file。")
    name = sent.filename or ""
    if "offset" not in request.form:
        return NewFile(id, name, sent.read())
    offset, size = (_bytes(field) for field in ("offset", "size"))
    return Piece(id, name, offset, size, sent.read())


def _bytes(field: str) -> int:
    given = request.form.get(field, "")
    if not (given.isascii() and given.isdigit() and len(given) < 12):
        raise InvalidInput("{name} 应是字节数，收到“{given}”。", name=field, given=given[:20])
    return int(given)


def keep(
    new: NewFile | Piece, county: int, incident: UUID, given: Circumstances
) -> tuple[Response, int]:
    """Keeps a file, or a piece of one: 201 with the receipt, 202 with how much has come."""
    made = services()
    most_mb = made.settings.attachment_mb
    where: Any = {"county": county, "incident": incident, "most_mb": most_mb, "given": given}
    if isinstance(new, NewFile):
        return jsonify(attachments.add(made.database, storage(), new=new, **where)), 201
    instance = made.settings.instance
    told = attachment_pieces.add(made.database, storage(), instance, piece=new, **where)
    return jsonify(told), 201 if told["complete"] else 202


@papers.get("/attachments")
def list_attachments(county: int, id: UUID) -> Response:
    """Photos and documents of an incident."""
    with reading() as connection:
        case.found(connection, county, id)
        return jsonify(asked.attachments(connection, county, id))


@papers.post("/attachments")
def add_attachment(county: int, id: UUID) -> tuple[Response, int]:
    """Adds a photo or document; the answer is its receipt, the same for a second send."""
    return keep(new_file(), county, id, circumstances())


@papers.get("/attachments/<uuid:attachment>")
def one_attachment(county: int, id: UUID, attachment: UUID) -> Response:
    """A photo (``size=small``: its thumbnail) or document, to who may see the incident."""
    with reading() as connection:
        kept = asked.attachment(connection, county, id, attachment)
    picture = kept.media_type != pictures.PDF
    small = picture and request.args.get("size") == "small"
    content = storage().get(kept.sha256 + (THUMBNAIL_SUFFIX if small else ""))
    response = Response(content, content_type=kept.media_type)
    response.headers["Cache-Control"] = "private, max-age=3600"
    # whatever a document holds, it runs nothing here
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    how = "inline" if picture else "attachment"
    response.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(kept.name)}"
    return response


@papers.get("/duplicates")
def possible_duplicates(county: int, id: UUID) -> Response:
    """Incidents that may be the same as this one."""
    with reading() as connection:
        found = duplicates.possible(connection, county, id, now=services().clock())
    return jsonify(duplicates=found)


@papers.get("/households")
def list_households(county: int, id: UUID) -> Response:
    """The households that an incident concerns."""
    with reading() as connection:
        case.found(connection, county, id)
        return jsonify(asked.households(connection, county, id, now=services().clock()))


@papers.post("/households")
def add_households(county: int, id: UUID) -> Response:
    """Adds one household, a list of codes, or all within a drawn ring."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("请以 JSON 对象提交。")
    given = circumstances()
    with reading() as connection:
        if "ring" in body:
            ring = _ring(body["ring"])
            done = concerned.add_within(connection, county, id, ring=ring, given=given)
        elif "codes" in body:
            codes = _codes(body["codes"])
            done = concerned.add_codes(connection, county, id, codes=codes, given=given)
        else:
            one = _household(body.get("household"))
            done = concerned.add_one(connection, county, id, household=one, given=given)
    return _answer(done)


@papers.post("/households/remove")
def remove_households(county: int, id: UUID) -> Response:
    """Takes households from an incident."""
    body = request.get_json(silent=True)
    listed = body.get("households") if isinstance(body, dict) else None
    if not isinstance(listed, list) or len(listed) > concerned.MOST_AT_ONCE:
        raise InvalidInput("households 应是有 county 和 id 的列表。")
    wanted = [_household(one) for one in listed]
    with reading() as connection:
        done = concerned.remove(connection, county, id, households=wanted, given=circumstances())
    return _answer(done)


def _answer(done: Changed) -> Response:
    return jsonify(added=done.added, removed=done.removed, unknown=done.unknown)


def _household(given: Any) -> tuple[int, UUID]:
    id = parse.uuid(given, "id") if isinstance(given, dict) else None
    if id is None:
        raise InvalidInput("household 应是有 county 和 id 的对象。")
    return parse.integer(given, "county"), id


def _codes(given: Any) -> list[str]:
    if not isinstance(given, list):
        raise InvalidInput("codes 应是住户编号的列表。")
    return [parse.text({"codes": one}, "codes") for one in given]


def _ring(given: Any) -> list[tuple[float, float]]:
    if not isinstance(given, list) or not all(
        isinstance(one, list) and len(one) == 2 for one in given
    ):
        raise InvalidInput("ring 应是 [经度, 纬度] 的列表。")
    return [(parse.number({"lon": x}, "lon"), parse.number({"lat": y}, "lat")) for x, y in given]
