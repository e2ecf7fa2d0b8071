"""The households that an incident concerns: one, a list, or all within a drawn area."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import Polygon
from sqlalchemy import Connection, Row, text

from gridmap import access
from gridmap.errors import InvalidInput, NotAllowed, NotFound
from gridmap.events import HouseholdsConcerned
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record
from gridmap.queries import case
from gridmap.rules import life

MOST_AT_ONCE = 2_000
MOST_VERTICES = 1_000
_LONGEST_CODE = 60


@dataclass(frozen=True)
class Changed:
    """How many were put to the incident or taken from it, and which codes nobody knows."""

    added: int = 0
    removed: int = 0
    unknown: list[str] = field(default_factory=list)


def add_one(
    connection: Connection,
    county: int,
    incident: UUID,
    *,
    household: tuple[int, UUID],
    given: Circumstances,
) -> Changed:
    """Puts one household (county, id) to an incident; NotFound where the viewer sees none."""
    row = _writable(connection, county, incident)
    sql = "SELECT county, id FROM household AS h WHERE h.county = :home AND h.id = :household"
    found = {"home": household[0], "household": household[1]}
    if connection.execute(text(sql), found).first() is None:
        raise NotFound("没有这个住户，或者你不能查看它。")
    return _added(connection, row, sql, found, given)


def add_codes(
    connection: Connection,
    county: int,
    incident: UUID,
    *,
    codes: Sequence[str],
    given: Circumstances,
) -> Changed:
    """Puts the households with these codes to an incident; codes unknown to the viewer are told."""
    wanted = {code.strip() for code in codes if code.strip()}
    if not wanted:
        raise InvalidInput("还没有写住户编号。")
    if len(wanted) > MOST_AT_ONCE or max(map(len, wanted)) > _LONGEST_CODE:
        raise InvalidInput("一次最多 {most} 户。", most=MOST_AT_ONCE)
    row = _writable(connection, county, incident)
    areas = access.readable(connection, "household", "h.path")
    condition = f"({areas}) AND h.code = ANY(:codes)"
    known = connection.scalars(
        text(f"SELECT h.code FROM household AS h WHERE {condition}"), {"codes": list(wanted)}
    )
    unknown = sorted(wanted - set(known))
    sql = f"SELECT county, id FROM household AS h WHERE {condition}"
    done = _added(connection, row, sql, {"codes": list(wanted)}, given)
    return Changed(added=done.added, unknown=unknown)


def add_within(
    connection: Connection,
    county: int,
    incident: UUID,
    *,
    ring: Sequence[tuple[float, float]],
    given: Circumstances,
) -> Changed:
    """Puts every household within a drawn ring (EPSG:4326) to an incident.

    Raises InvalidInput for a ring that crosses itself, or that holds more than
    ``MOST_AT_ONCE`` households.
    """
    drawn = _polygon(ring)
    row = _writable(connection, county, incident)
    areas = access.readable(connection, "household", "h.path")
    # the box first: under a policy it is the only test that uses the index
    sql = f"""SELECT county, id FROM household AS h
               WHERE ({areas}) AND h.point && ST_GeomFromText(:drawn, 4326)
                 AND ST_Covers(ST_GeomFromText(:drawn, 4326), h.point)"""
    found = {"drawn": drawn.wkt}
    count = connection.scalar(text(f"SELECT count(*) FROM ({sql}) AS within"), found) or 0
    if count > MOST_AT_ONCE:
        raise InvalidInput(
            "圈内有 {count} 户，一次最多 {most} 户；请画小一些。", count=count, most=MOST_AT_ONCE
        )
    return _added(connection, row, sql, found, given)


def remove(
    connection: Connection,
    county: int,
    incident: UUID,
    *,
    households: Sequence[tuple[int, UUID]],
    given: Circumstances,
) -> Changed:
    """Takes households (county, id) from an incident; those that were not there are no error."""
    row = _writable(connection, county, incident)
    gone = connection.execute(
        text(_REMOVE),
        {
            "county": county,
            "incident": incident,
            "homes": [one[0] for one in households],
            "households": [str(one[1]) for one in households],
        },
    ).rowcount
    _tell(connection, row, {"removed": gone}, given)
    return Changed(removed=gone)


_REMOVE = """
DELETE FROM incident_household AS c
 USING unnest(CAST(:homes AS integer[]), CAST(:households AS uuid[])) AS u (county, id)
 WHERE c.county = :county AND c.incident = :incident
   AND c.household_county = u.county AND c.household = u.id
"""


def _writable(connection: Connection, county: int, incident: UUID) -> Row[Any]:
    row = case.found(connection, county, incident)
    if not access.may(connection, "incident", "w", row.path):
        raise NotAllowed("你不能改这件事涉及的住户。")
    if row.state not in life.OPEN:
        raise NotAllowed("这件事已经办结；要改涉及的住户，请先让它重新办理。")
    return row


def _added(
    connection: Connection, row: Row[Any], sql: str, found: dict[str, Any], given: Circumstances
) -> Changed:
    insert = f"""
        INSERT INTO incident_household (county, incident, household_county, household)
        SELECT :county, :incident, one.county, one.id FROM ({sql}) AS one ON CONFLICT DO NOTHING"""
    added = connection.execute(
        text(insert), found | {"county": row.county, "incident": row.id}
    ).rowcount
    _tell(connection, row, {"added": added}, given)
    return Changed(added=added)


def _tell(
    connection: Connection, row: Row[Any], facts: dict[str, int], given: Circumstances
) -> None:
    if not any(facts.values()):
        return
    happened = HouseholdsConcerned(row.county, row.path, row.id, row.state, row.state, "", facts)
    record(connection, happened, actor=given.actor, at=given.now)


def _polygon(ring: Sequence[tuple[float, float]]) -> Polygon:
    if not 3 <= len(ring) <= MOST_VERTICES:
        raise InvalidInput("画的范围要有 3 到 {most} 个点。", most=MOST_VERTICES)
    if any(not (-180 <= lon <= 180 and -90 <= lat <= 90) for lon, lat in ring):
        raise InvalidInput("画的范围有坐标不在地球上；经度在前，纬度在后。")
    drawn = Polygon(ring)
    if not drawn.is_valid or shapely.area(drawn) == 0:
        raise InvalidInput("画的范围自己交叉了，请重画。")
    return drawn
