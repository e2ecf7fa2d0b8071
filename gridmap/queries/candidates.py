"""To whom an incident can be given: workers on duty around it, centers, departments, neighbors."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import area
from gridmap.queries import case, describe, holders

_WORKERS = """
SELECT DISTINCT ON (d.path, d.grid) d.id, s.name, s.post, d.path
  FROM duty AS d JOIN staff AS s ON s.id = d.staff
 WHERE d.path >= :low AND d.path < :high AND d.during @> CAST(:now AS timestamptz)
 ORDER BY d.path, d.grid, array_position('{lead,full_time,backup}', d.kind), s.code
"""
_CENTERS = "SELECT id, name, path FROM center WHERE path = ANY(:paths) ORDER BY length(path) DESC"
_DEPARTMENTS = """
SELECT id, name, path FROM department
 WHERE path = ANY(:paths) OR path = '' ORDER BY length(path) DESC, name
"""
_NEIGHBORS = """
SELECT o.path, g.code FROM grid_version AS v
  JOIN grid_version AS o ON o.shape && ST_Expand(v.shape, 0.00001) AND o.id <> v.id
  JOIN grid AS g ON g.id = o.grid
 WHERE v.path = :path AND v.during @> CAST(:now AS timestamptz)
   AND o.during @> CAST(:now AS timestamptz) AND ST_DWithin(o.shape, v.shape, 0.00001)
 ORDER BY ST_Distance(o.shape, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)), o.path
"""


def candidates(
    connection: Connection, county: int, id: UUID, *, now: datetime
) -> dict[str, list[dict[str, Any]]]:
    """Who could hold an incident, the nearest first; NotFound where it is not seen."""
    row = case.found(connection, county, id)
    depth = holders.answering_depth(holders.levels(connection))
    township = area.at_level(row.path, depth) or row.path
    low, high = area.bounds(township)
    above = [township, *area.parents(township)]
    workers = list(
        connection.execute(text(_WORKERS), {"low": low, "high": high or "\U0010ffff", "now": now})
    )
    neighbors = connection.execute(
        text(_NEIGHBORS), {"path": row.path, "now": now, "lon": row.lon, "lat": row.lat}
    ).all()
    paths = [one.path for one in workers] + [one.path for one in neighbors]
    names = describe.names_above(connection, paths, now)
    # who knows the place comes first
    workers.sort(key=lambda one: (-len(_common(one.path, row.path)), one.path))
    return {
        "duty": [
            {"id": str(w.id), "name": w.name, "place": describe.grid_name(w.path, names)}
            for w in workers
        ],
        "center": _plain(connection, _CENTERS, above),
        "department": _plain(connection, _DEPARTMENTS, above),
        "grid": [
            {"code": one.code, "path": one.path, "name": describe.grid_name(one.path, names)}
            for one in neighbors
        ],
    }


def _common(one: str, other: str) -> list[str]:
    both = zip(one.split("/"), other.split("/"), strict=False)
    shared: list[str] = []
    for mine, theirs in both:
        if mine != theirs:
            break
        shared.append(mine)
    return shared


def _plain(connection: Connection, sql: str, paths: list[str]) -> list[dict[str, Any]]:
    rows = connection.execute(text(sql), {"paths": paths})
    return [{"id": str(row.id), "name": row.name} for row in rows]
