"""A household's page: where it is, who lives there as far as the viewer may know, who was there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import sealing
from gridmap.access import may, readable
from gridmap.errors import NotFound
from gridmap.queries import describe
from gridmap.rules import masking
from gridmap.sealing import Sealer

_MOST_VISITS = 20

_HOUSEHOLD = """
SELECT h.county, h.id, h.code, h.address, h.path, h.tags, h.entered_at,
       ST_X(h.point) AS lon, ST_Y(h.point) AS lat
  FROM household AS h WHERE h.county = :county AND h.id = :id
"""
_MASKED = """
SELECT m.id, m.seat, m.tags, m.name, m.phone_sealed, m.has_identity, p.moved_away_on
  FROM guard.masked_people(:county, :id) AS m
  JOIN person AS p ON p.county = :county AND p.id = m.id ORDER BY m.seat
"""
_FULL = """
SELECT p.id, p.position AS seat, p.tags, v.name, v.phone_sealed,
       v.identity_sealed IS NOT NULL AS has_identity, p.moved_away_on
  FROM person AS p JOIN person_private AS v ON v.county = p.county AND v.id = p.id
 WHERE p.county = :county AND p.household = :id ORDER BY p.position
"""
_VISITS = """
SELECT v.at, guard.display(v.by) AS who, v.seen FROM visit AS v
 WHERE v.county = :county AND v.household = :id ORDER BY v.at DESC LIMIT :most
"""


def household(
    connection: Connection,
    county: int,
    id: UUID,
    *,
    now: datetime,
    ring: Sealer,
    hide: Callable[[str], str],
) -> dict[str, Any]:
    """A household with its people and the newest visits; NotFound where it is not seen.

    Names and phones are masked, except for who works in its grid (``in_full``). Identity numbers
    and notes are never in it: they take a reveal, which ``may_reveal`` offers. For all others
    what was seen on visits goes through ``hide``.
    """
    given = {"county": county, "id": id}
    row = connection.execute(text(_HOUSEHOLD), given).first()
    if row is None:
        raise NotFound("没有这一户，或者你不能查看它。")
    in_full = may(connection, "name", "r", row.path)
    people = connection.execute(text(_FULL if in_full else _MASKED), given)
    names = describe.names_above(connection, [row.path], now)
    return {
        "county": county,
        "id": str(id),
        "code": row.code,
        "address": row.address,
        "path": row.path,
        "place": describe.grid_name(row.path, names) if row.path else "—",
        "tags": row.tags,
        "lon": row.lon,
        "lat": row.lat,
        "in_full": in_full,
        "may_reveal": may(connection, "reveal", "r", row.path),
        "may_change": may(connection, "household", "w", row.path),
        "people": [_person(one, in_full, ring) for one in people],
        "visits": _visits(connection, given, None if in_full else hide),
    }


def _person(row: Row[Any], in_full: bool, ring: Sealer) -> dict[str, Any]:
    phone = _opened(row, ring)
    return {
        "id": str(row.id),
        "seat": row.seat,
        "name": row.name,
        "phone": phone if in_full else masking.phone(phone),
        "tags": row.tags,
        "has_identity": row.has_identity,
        "moved_away_on": row.moved_away_on.isoformat() if row.moved_away_on else None,
    }


def _opened(row: Row[Any], ring: Sealer) -> str:
    if row.phone_sealed is None:
        return ""
    return sealing.unseal(ring, bytes(row.phone_sealed), field="person.phone", row=row.id)


def _visits(
    connection: Connection, given: dict[str, Any], hide: Callable[[str], str] | None
) -> list[dict[str, Any]]:
    """What was seen is free text: outside the circle of the grid no number or name stays in it."""
    rows = connection.execute(text(_VISITS), given | {"most": _MOST_VISITS})
    return [
        {
            "at": row.at.isoformat(),
            "who": row.who,
            "seen": hide(row.seen) if hide else row.seen,
        }
        for row in rows
    ]


_NAMED = """
SELECT v.county, v.household AS id, v.path, v.name, h.address, h.code,
       ST_X(h.point) AS lon, ST_Y(h.point) AS lat
  FROM person_private AS v JOIN household AS h ON h.county = v.county AND h.id = v.household
 WHERE ({areas}) AND v.name LIKE :inside
 ORDER BY v.name, v.path, v.id LIMIT :most
"""
MOST_FOUND = 20


def named(connection: Connection, words: str, *, now: datetime) -> list[dict[str, Any]]:
    """Households in which somebody's name holds ``words``: only where the viewer reads names."""
    safe = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sql = _NAMED.format(areas=readable(connection, "name", "v.path"))
    given = {"inside": f"%{safe}%", "most": MOST_FOUND}
    rows = connection.execute(text(sql), given).all()
    names = describe.names_above(connection, {row.path for row in rows}, now)
    return [_found(row, row.name, names) for row in rows]


def _found(row: Row[Any], name: str | None, names: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": "household",
        "county": row.county,
        "id": str(row.id),
        "path": row.path,
        "name": name,
        "address": row.address,
        "place": describe.grid_name(row.path, names) if row.path else "—",
        "lon": row.lon,
        "lat": row.lat,
    }
