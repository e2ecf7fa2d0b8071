"""Reports that may be of the same thing: same kind, near in place and time, in similar words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.access import readable
from gridmap.geo import measure
from gridmap.queries import case, describe, policies, queues
from gridmap.rules import likeness

_MOST = 8
_NEAR = """
SELECT i.county, i.id, i.number, i.path, i.state, i.category, c.zh, c.en, i.occurred_at,
       i.received_at, ST_X(i.point) AS lon, ST_Y(i.point) AS lat, w.words,
       ST_Distance(i.point::geography,
                   ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography) AS meters
  FROM incident AS i JOIN category AS c ON c.number = i.category
  JOIN category AS own ON own.number = :category AND own.kind = c.kind
  LEFT JOIN LATERAL (SELECT words FROM report AS r
                      WHERE r.county = i.county AND r.incident = i.id
                      ORDER BY r.received_at, r.id LIMIT 1) AS w ON true
 WHERE ({areas}) AND i.point && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
   AND ST_DWithin(i.point::geography,
                  ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography, :reach_m)
   AND i.occurred_at BETWEEN :from AND :to AND i.id <> :id AND i.merged_into IS NULL
 ORDER BY meters LIMIT 50
"""
_WORDS = """
SELECT words FROM report WHERE county = :county AND incident = :id ORDER BY received_at, id LIMIT 1
"""


@dataclass(frozen=True)
class Reach:
    """How near two reports of one thing are: a policy, decided by an administrator."""

    meters: float
    time: timedelta


def possible(
    connection: Connection, county: int, id: UUID, *, now: datetime
) -> list[dict[str, Any]]:
    """Incidents that may be the same as this one, the likeliest first; NotFound without a right.

    Ranked by the words they share, then by nearness. Only what the viewer may see; an incident
    without a point has none.
    """
    row = case.found(connection, county, id)
    if row.lon is None:
        return []
    decided = policies.policy(connection, "duplicate_near", at=now)
    reach = Reach(float(decided["meters"]), timedelta(hours=float(decided["hours"])))
    near = _near(connection, row, reach)
    own = connection.scalar(text(_WORDS), {"county": county, "id": id}) or ""
    ranked = sorted(
        ((likeness.shared(own, one.words or ""), one) for one in near),
        key=lambda pair: (-(pair[0] or 0), pair[1].meters),
    )[:_MOST]
    names = describe.names_above(connection, {one.path for _, one in ranked}, now)
    return [_found(one, share, row, names) for share, one in ranked]


def _near(connection: Connection, row: Row[Any], reach: Reach) -> list[Row[Any]]:
    west, south, east, north = measure.box_around(row.lon, row.lat, reach.meters)
    areas = readable(connection, "incident", "i.path")
    given = {
        "lon": row.lon,
        "lat": row.lat,
        "category": row.category,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "reach_m": reach.meters,
        "from": row.occurred_at - reach.time,
        "to": row.occurred_at + reach.time,
        "id": row.id,
    }
    return list(connection.execute(text(_NEAR.format(areas=areas)), given))


def _found(
    one: Row[Any], share: float | None, row: Row[Any], names: dict[str, str]
) -> dict[str, Any]:
    apart = abs((one.occurred_at - row.occurred_at).total_seconds()) / 3600
    return {
        "county": one.county,
        "id": str(one.id),
        "number": one.number,
        "title": queues.first_words(one.words),
        "category": {"number": one.category, "zh": one.zh, "en": one.en},
        "state": one.state,
        "place": queues.place_name(one.path, names),
        "occurred_at": one.occurred_at.isoformat(),
        "lon": one.lon,
        "lat": one.lat,
        "meters": round(one.meters, 1),
        "hours": round(apart, 1),
        "alike": round(share, 2) if share is not None else None,
        "same_category": one.category == row.category,
    }
