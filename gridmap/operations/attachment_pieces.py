"""A photo or document that arrives in pieces over a bad line, and goes on where it broke off."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from gridmap.database import Database
from gridmap.errors import GridmapError, InvalidInput
from gridmap.operations import attachments
from gridmap.operations.attachments import NewFile
from gridmap.operations.casework.steps import CASEWORK
from gridmap.operations.circumstances import Circumstances
from gridmap.outside import pictures
from gridmap.outside.pieces import Begun
from gridmap.outside.storage import Storage


@dataclass(frozen=True)
class Piece:
    """A part of a file: from which byte on, of how many, under the id that its sender chose."""

    id: UUID
    name: str
    offset: int
    size: int
    content: bytes


def add(
    database: Database,
    storage: Storage,
    instance: Path,
    *,
    county: int,
    incident: UUID,
    piece: Piece,
    most_mb: int,
    given: Circumstances,
) -> dict[str, Any]:
    """Keeps a piece; says how much has come, or gives the receipt once all has.

    A piece that came twice, or one that does not continue what is there, changes nothing. Raises
    as ``attachments.add`` does, and begins anew after what can never become an attachment.
    """
    if not 0 <= piece.offset <= piece.offset + len(piece.content) <= piece.size:
        raise InvalidInput("offset 和 size 不对：这一段要在整个文件之内。")
    pictures.check_size(piece.size, most_mb=most_mb)
    attachments.check_may_add(database, county, incident, given)
    if (receipt := _arrived(database, county, incident, piece.id, given)) is not None:
        return receipt
    begun = Begun(instance, f"{given.actor} {county} {incident}", piece.id, piece.size)
    received = begun.put(piece.offset, piece.content)
    if received < piece.size:
        return {"id": str(piece.id), "received": received, "complete": False}
    try:
        receipt = attachments.add(
            database,
            storage,
            county=county,
            incident=incident,
            new=NewFile(piece.id, piece.name, begun.whole()),
            most_mb=most_mb,
            given=given,
        )
    except GridmapError:
        # taken by the same piece at the same time, or nothing that will ever be taken
        begun.discard()
        if (receipt := _arrived(database, county, incident, piece.id, given)) is None:
            raise
    begun.discard()
    return receipt


_RECEIPT = """
SELECT r.answer FROM receipt AS r
  JOIN attachment AS a ON a.county = :county AND a.id = r.id
 WHERE r.id = :id AND r.kind = 'attachment' AND r.answer IS NOT NULL
   AND a.incident = :incident AND a.added_by = :by
"""


def _arrived(
    database: Database, county: int, incident: UUID, id: UUID, given: Circumstances
) -> dict[str, Any] | None:
    """The receipt of a file of this sender that is there already."""
    asked = {"county": county, "incident": incident, "id": id, "by": str(given.actor)}
    with database.transaction(CASEWORK) as connection:
        answer = connection.scalar(text(_RECEIPT), asked)
    return dict(answer) if answer else None
