"""Photos and documents of an incident: each arrives once, and its sender gets a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.database import Database
from gridmap.errors import Conflict, InvalidInput, NotAllowed
from gridmap.events import AttachmentAdded
from gridmap.operations.casework.steps import CASEWORK
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import close_receipt, content_hash, open_receipt, record
from gridmap.outside import pictures
from gridmap.outside.pictures import Paper
from gridmap.outside.storage import Storage
from gridmap.queries import case

MOST_OF_AN_INCIDENT = 60
MOST_ANNOUNCED = 20
LONGEST_NAME = 100
THUMBNAIL_SUFFIX = "-320"


@dataclass(frozen=True)
class NewFile:
    """A file as it was sent, under an id that its sender chose."""

    id: UUID
    name: str
    content: bytes


def plain_name(name: str) -> str:
    """A file's name without folders and without what no screen can show; never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[-LONGEST_NAME:] or "file"


_ANNOUNCE = """
INSERT INTO attachment (county, id, incident, name, added_by, added_at)
VALUES (:county, :id, :incident, :name, :by, :now) ON CONFLICT DO NOTHING
"""


def announce(
    connection: Connection,
    county: int,
    incident: UUID,
    coming: Sequence[tuple[UUID, str]],
    given: Circumstances,
) -> None:
    """Notes which files will follow, so that what has not arrived can be seen to be missing."""
    if len(coming) > MOST_ANNOUNCED:
        raise InvalidInput("一次最多附 {most} 个文件。", most=MOST_ANNOUNCED)
    for id, name in coming:
        connection.execute(
            text(_ANNOUNCE),
            {
                "county": county,
                "id": id,
                "incident": incident,
                "name": plain_name(name),
                "by": str(given.actor),
                "now": given.now,
            },
        )


def add(
    database: Database,
    storage: Storage,
    *,
    county: int,
    incident: UUID,
    new: NewFile,
    most_mb: int,
    given: Circumstances,
) -> dict[str, Any]:
    """Keeps a file of an incident; returns its receipt, the same for a second send.

    Who works on the incident, was called in to it or reported it may add. Raises NotFound,
    NotAllowed, FileRefused, Conflict for a known id with other content.
    """
    check_may_add(database, county, incident, given)
    content = content_hash(sha256(new.content).hexdigest())
    known = _known(database, new.id, content)
    if known is not None:
        return known
    name = plain_name(new.name)
    paper = pictures.read(new.content, name=name, most_mb=most_mb)
    kept = _keep(storage, paper)
    with database.transaction(CASEWORK) as connection:
        first = open_receipt(
            connection,
            id=new.id,
            kind="attachment",
            county=county,
            content=content,
            at=given.now,
        )
        if first is not None:
            return first
        row = case.found(connection, county, incident, lock=True)
        _store(connection, row, new.id, name, paper, kept, given)
        answer = _receipt(new.id, kept, paper)
        close_receipt(connection, id=new.id, answer=answer)
        return answer


def check_may_add(database: Database, county: int, incident: UUID, given: Circumstances) -> None:
    """Raises NotFound or NotAllowed for who may add nothing to an incident."""
    with database.transaction(given.actor) as connection:
        _check_right(connection, case.found(connection, county, incident), given)


_CALLED_IN = """
SELECT EXISTS (SELECT FROM incident_access
                WHERE county = :county AND incident = :id AND (until IS NULL OR until > :now)
                  AND body = ANY (guard.bodies()))
"""


def _check_right(connection: Connection, row: Row[Any], given: Circumstances) -> None:
    if case.relations(connection, row, given.actor):
        return
    asked = {"county": row.county, "id": row.id, "now": given.now}
    if connection.scalar(text(_CALLED_IN), asked):
        return
    raise NotAllowed("只有经办人、所在地综治中心、到场部门和上报人能添加照片。")


def _known(database: Database, id: UUID, content: bytes) -> dict[str, Any] | None:
    """The receipt of an earlier send, so that a picture is not decoded twice."""
    with database.transaction(CASEWORK) as connection:
        row = connection.execute(
            text("SELECT kind, hash, answer FROM receipt WHERE id = :id"), {"id": id}
        ).first()
    if row is None:
        return None
    if row.kind != "attachment" or bytes(row.hash) != content:
        raise Conflict("编号 {id} 已经用于别的内容；请换一个编号再提交。", id=id)
    return dict(row.answer or {})


def _keep(storage: Storage, paper: Paper) -> str:
    """Keeps the contents under the hash of what is kept; returns it."""
    name = sha256(paper.content).hexdigest()
    storage.put(name, paper.content)
    if paper.thumbnail is not None:
        storage.put(f"{name}{THUMBNAIL_SUFFIX}", paper.thumbnail)
    return name


_STORE = """
INSERT INTO attachment (county, id, incident, sha256, media_type, bytes, name, taken_lon, taken_lat,
                        complete, added_by, added_at)
VALUES (:county, :id, :incident, :sha256, :media_type, :bytes, :name, :lon, :lat, true, :by, :now)
ON CONFLICT (county, id) DO UPDATE
   SET sha256 = EXCLUDED.sha256, media_type = EXCLUDED.media_type, bytes = EXCLUDED.bytes,
       name = EXCLUDED.name, taken_lon = EXCLUDED.taken_lon, taken_lat = EXCLUDED.taken_lat,
       incident = EXCLUDED.incident, complete = true, added_at = EXCLUDED.added_at
 WHERE attachment.added_by = EXCLUDED.added_by AND NOT attachment.complete
"""


def _store(
    connection: Connection,
    row: Row[Any],
    id: UUID,
    name: str,
    paper: Paper,
    kept: str,
    given: Circumstances,
) -> None:
    arrived = connection.scalar(
        text(
            "SELECT count(*) FROM attachment"
            " WHERE county = :county AND incident = :incident AND complete"
        ),
        {"county": row.county, "incident": row.id},
    )
    if (arrived or 0) >= MOST_OF_AN_INCIDENT:
        raise InvalidInput("一件事最多附 {most} 个文件。", most=MOST_OF_AN_INCIDENT)
    values = {
        "county": row.county,
        "id": id,
        "incident": row.id,
        "sha256": bytes.fromhex(kept),
        "media_type": paper.media_type,
        "bytes": len(paper.content),
        "name": name,
        "lon": paper.lon,
        "lat": paper.lat,
        "by": str(given.actor),
        "now": given.now,
    }
    if not connection.execute(text(_STORE), values).rowcount:
        raise Conflict("编号 {id} 已经用于别的内容；请换一个编号再提交。", id=id)
    facts = {"attachment": str(id), "media_type": paper.media_type}
    happened = AttachmentAdded(row.county, row.path, row.id, row.state, row.state, "", facts)
    record(connection, happened, actor=given.actor, at=given.now)


def _receipt(id: UUID, kept: str, paper: Paper) -> dict[str, Any]:
    return {
        "id": str(id),
        "sha256": kept,
        "media_type": paper.media_type,
        "bytes": len(paper.content),
        "complete": True,
    }
