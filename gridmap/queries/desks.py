"""Who sits where today, whom to call; departments near a place; what was asked of whom."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import areas, range_sql, ranges_sql, readable

NEAR_KM = 50.0
_KM_PER_DEGREE = 111.32
MOST = 100

_TODAY = """
SELECT d.id, d.path, d.kind, d.phone AS desk_phone, n.name AS department, c.name AS center,
       c.phone AS center_phone, s.id AS shift, s.name, s.phone,
       lower(s.during) AS since, upper(s.during) AS until,
       s.during @> CAST(:now AS timestamptz) AS now
  FROM desk AS d JOIN center AS c ON c.id = d.center
  LEFT JOIN LATERAL (SELECT name FROM guard.departments_for(d.path) AS f
                      WHERE f.id = d.department) AS n ON true
  LEFT JOIN shift AS s ON s.desk = d.id AND s.during && tstzrange(:begin, :end)
 WHERE ({mine}) AND {inside}
 ORDER BY d.path, n.name, d.id, lower(s.during), s.id
"""


def today(
    connection: Connection, *, within: str, begin: datetime, end: datetime, now: datetime
) -> list[dict[str, Any]]:
    """The desks of an area with their shifts of a day, as far as the viewer may see them.

    ``call`` is whom to call now: who sits there, else the desk, else the center.
    """
    mine = readable(connection, "desk", "d.path")
    inside = range_sql(area.bounds(within), "d.path")
    rows = connection.execute(
        text(_TODAY.format(mine=mine, inside=inside)), {"now": now, "begin": begin, "end": end}
    )
    desks: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        desk = desks.setdefault(row.id, _desk(row))
        if row.shift is None:
            continue
        shift = _shift(row)
        desk["shifts"].append(shift)
        if shift["now"] and desk["call"]["name"] is None:
            desk["call"] = {"name": row.name, "phone": row.phone or desk["call"]["phone"]}
    return list(desks.values())


def _desk(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "path": row.path,
        "kind": row.kind,
        "department": row.department,
        "center": row.center,
        "call": {"name": None, "phone": row.desk_phone or row.center_phone},
        "shifts": [],
    }


def _shift(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.shift),
        "name": row.name,
        "phone": row.phone,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "now": row.now,
    }


MOST_CENTERS = 60
_CENTERS = """
SELECT c.id, c.name, c.path FROM center AS c
 WHERE ({mine}) AND {inside} ORDER BY length(c.path), c.path LIMIT :most
"""
_SERVING = "SELECT id, name FROM guard.departments_for(:path) ORDER BY length(path) DESC, name"


def choices(connection: Connection, *, within: str) -> list[dict[str, Any]]:
    """The centers whose desks the viewer keeps, each with the departments that serve there."""
    given = areas(connection, "desk", "w")
    mine = ranges_sql(given, "c.path")
    inside = range_sql(area.bounds(within), "c.path")
    centers = connection.execute(
        text(_CENTERS.format(mine=mine, inside=inside)), {"most": MOST_CENTERS}
    ).all()
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "departments": [
                {"id": str(row.id), "name": row.name}
                for row in connection.execute(text(_SERVING), {"path": one.path})
            ],
        }
        for one in centers
    ]


# a center's place is its own point, else the middle of its region; the box comes first, since
# under row security no other spatial test uses an index
_PLACED = """
SELECT d.department, d.id AS desk, d.kind, COALESCE(d.phone, c.phone) AS phone, c.name AS center,
       COALESCE(c.point, v.label) AS point
  FROM desk AS d JOIN center AS c ON c.id = d.center
  LEFT JOIN region_version AS v ON v.region = c.region AND v.during @> CAST(:now AS timestamptz)
 WHERE COALESCE(c.point, v.label) && ST_Expand(CAST(:shape AS geometry), :degrees)
"""
_NEAR = f"""
WITH placed AS ({_PLACED}),
nearest AS (
    SELECT DISTINCT ON (department) department, desk, kind, phone, center,
           ST_Distance(CAST(point AS geography),
                       CAST(CAST(:shape AS geometry) AS geography)) AS meters
      FROM placed
     ORDER BY department, point <-> CAST(:shape AS geometry), desk)
SELECT p.id, p.name, p.path, n.desk, n.kind, n.phone, n.center, n.meters,
       s.name AS sits, s.phone AS sits_phone,
       guard.within(:place, p.path) AS has_jurisdiction
  FROM department AS p LEFT JOIN nearest AS n ON n.department = p.id
  LEFT JOIN LATERAL (SELECT name, phone FROM shift
                      WHERE desk = n.desk AND during @> CAST(:now AS timestamptz)
                      ORDER BY lower(during), id LIMIT 1) AS s ON true
 WHERE guard.within(:place, p.path) OR n.meters <= :most_meters
 ORDER BY guard.within(:place, p.path) DESC, n.meters NULLS LAST, p.name LIMIT :most
"""


def near(connection: Connection, shape: str, place: str, *, now: datetime) -> list[dict[str, Any]]:
    """Departments for a shape (EWKT, EPSG:4326) at a path: jurisdiction first, then by distance.

    Listed are those whose jurisdiction covers the path and those with a desk within
    ``NEAR_KM``; meters are on the spheroid, from the shape to the nearest desk's center. Asked as
    casework, once it is clear that the asker may see the place.
    """
    rows = connection.execute(
        text(_NEAR),
        {
            "shape": shape,
            "place": place,
            "now": now,
            # at 60 degrees of latitude a degree of longitude is half as wide
            "degrees": 2 * NEAR_KM / _KM_PER_DEGREE,
            "most_meters": NEAR_KM * 1000,
            "most": MOST,
        },
    )
    return [
        {
            "id": str(row.id),
            "name": row.name,
            "has_jurisdiction": row.has_jurisdiction,
            "meters": round(row.meters) if row.meters is not None else None,
            "center": row.center,
            "kind": row.kind,
            "call": {"name": row.sits, "phone": row.sits_phone or row.phone},
        }
        for row in rows
    ]


_SMALLEST = """
SELECT v.path FROM region_version AS v
 WHERE v.shape && CAST(:shape AS geometry) AND ST_Covers(v.shape, CAST(:shape AS geometry))
   AND v.during @> CAST(:now AS timestamptz)
 ORDER BY length(v.path) DESC, v.path LIMIT 1
"""


def place_of(connection: Connection, shape: str, *, now: datetime) -> str:
    """The smallest region that covers a shape (EWKT, EPSG:4326); everything where none does."""
    path = connection.scalar(text(_SMALLEST), {"shape": shape, "now": now})
    return str(path) if path is not None else area.EVERYTHING


_ERRANDS = """
SELECT e.county, e.id, e.path, e.incident, e.kind, e.words, e.asked_at, e.due_at, e.arrived_at,
       e.answered_at, e.answer, e.outcome, i.number,
       (e.arrived_at IS NULL AND e.answered_at IS NULL AND e.due_at < :now
        OR e.arrived_at > e.due_at) AS late
  FROM errand AS e LEFT JOIN incident AS i ON i.county = e.county AND i.id = e.incident
 WHERE e.answered_at IS NULL
   AND (e.department = ANY ((SELECT guard.bodies())::uuid[]) OR {mine})
 ORDER BY e.due_at, e.id LIMIT :most
"""


def errands(
    connection: Connection, *, now: datetime, hide: Callable[[int, UUID, str], str]
) -> list[dict[str, Any]]:
    """What was asked and is not answered: of the viewer's departments, or in its area.

    ``hide`` hides in a text of an incident (county, id) what is not for who cannot see it.
    """
    sql = _ERRANDS.format(mine=readable(connection, "errand", "e.path"))
    rows = connection.execute(text(sql), {"now": now, "most": MOST})
    return [
        {
            key: value.isoformat()
            if isinstance(value, datetime)
            else str(value)
            if isinstance(value, UUID)
            else value
            for key, value in row._mapping.items()
        }
        # who is called in and does not see the incident any more reads no number and no name
        | ({"words": hide(row.county, row.incident, row.words)} if row.number is None else {})
        for row in rows
    ]
