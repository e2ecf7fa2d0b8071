"""What hangs on an incident: its photos and documents, and the households that it concerns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap.errors import NotFound
from gridmap.queries import describe, queues

_ATTACHMENTS = """
SELECT id, name, media_type, bytes, complete, taken_lon, taken_lat, added_at,
       added_by LIKE 'follow:%' AS by_reporter, guard.display(added_by) AS who
  FROM attachment WHERE county = :county AND incident = :incident ORDER BY added_at, id
"""


def attachments(connection: Connection, county: int, incident: UUID) -> dict[str, Any]:
    """Photos and documents of an incident that the viewer may see.

    ``count`` have arrived, ``missing`` were announced by their sender and have not. An item has
    ``url``, and ``thumbnail`` where it is a picture; ``taken`` is where the picture says that it
    was taken (EPSG:4326).
    """
    rows = connection.execute(text(_ATTACHMENTS), {"county": county, "incident": incident}).all()
    items = []
    for row in rows:
        url = f"/api/incidents/{county}/{incident}/attachments/{row.id}" if row.complete else None
        picture = bool(url) and str(row.media_type).startswith("image/")
        taken = {"lon": row.taken_lon, "lat": row.taken_lat} if row.taken_lon is not None else None
        items.append(
            {
                "id": str(row.id),
                "name": row.name,
                "media_type": row.media_type,
                "bytes": row.bytes,
                "complete": row.complete,
                "url": url,
                "thumbnail": f"{url}?size=small" if picture else None,
                "taken": taken,
                "at": row.added_at.isoformat(),
                "by_reporter": row.by_reporter,
                "who": "" if row.by_reporter else row.who,
            }
        )
    count = sum(1 for row in rows if row.complete)
    return {"count": count, "missing": len(rows) - count, "items": items}


@dataclass(frozen=True)
class Kept:
    """Under which hash an attachment is kept, of which type, and its name for people."""

    sha256: str
    media_type: str
    name: str


_ONE = """
SELECT sha256, media_type, name FROM attachment
 WHERE county = :county AND incident = :incident AND id = :id AND complete
"""


def attachment(connection: Connection, county: int, incident: UUID, id: UUID) -> Kept:
    """One attachment that has arrived; NotFound where there is none that the viewer may see."""
    given = {"county": county, "incident": incident, "id": id}
    row = connection.execute(text(_ONE), given).first()
    if row is None:
        raise NotFound("没有这个附件，或者你不能查看它。")
    return Kept(bytes(row.sha256).hex(), row.media_type, row.name)


_HOUSEHOLDS = """
SELECT c.household_county AS county, c.household AS id, h.code, h.address, h.path,
       ST_X(h.point) AS lon, ST_Y(h.point) AS lat
  FROM incident_household AS c
  LEFT JOIN household AS h ON h.county = c.household_county AND h.id = c.household
 WHERE c.county = :county AND c.incident = :incident
 ORDER BY h.path, h.code, c.household LIMIT :most
"""
_MOST_SHOWN = 500


def households(
    connection: Connection, county: int, incident: UUID, *, now: datetime
) -> dict[str, Any]:
    """The households that an incident concerns; those outside the viewer's area are counted only.

    ``count`` are all, ``items`` at most 500 of those that may be seen.
    """
    given = {"county": county, "incident": incident}
    count = connection.scalar(
        text(
            "SELECT count(*) FROM incident_household"
            " WHERE county = :county AND incident = :incident"
        ),
        given,
    )
    found = connection.execute(text(_HOUSEHOLDS), given | {"most": _MOST_SHOWN})
    rows = [row for row in found if row.path is not None]
    names = describe.names_above(connection, {row.path for row in rows}, now)
    items = [
        {
            "county": row.county,
            "id": str(row.id),
            "code": row.code,
            "address": row.address,
            "path": row.path,
            "place": queues.place_name(row.path, names),
            "lon": row.lon,
            "lat": row.lat,
        }
        for row in rows
    ]
    return {"count": count or 0, "items": items}
