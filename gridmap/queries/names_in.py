"""Which of the persons that something concerns stand by name in a text: for hiding them.

Only the viewer ``job:shield`` reads them, and only names that stand in the text leave the database.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, text

from gridmap import sealing
from gridmap.sealing import Sealer

SHORTEST_NAME = 2
"""A single letter is nobody's name: hiding it would spoil every text."""

# what stands in brackets behind a name is a remark on it, and may be left out in the text
_STANDS = "strpos(:words, split_part(v.name, '（', 1)) > 0"
_CONCERNED = f"""
SELECT v.name FROM person_private AS v JOIN (
    SELECT household_county AS county, household FROM incident_household
     WHERE county = :county AND incident = :id
    UNION
    SELECT county, household FROM incident
     WHERE county = :county AND id = :id AND household IS NOT NULL) AS h
    ON h.county = v.county AND h.household = v.household
 WHERE {_STANDS}
"""
_LIVING = f"""
SELECT v.name FROM person_private AS v
 WHERE v.county = :county AND v.household = :id AND {_STANDS}
"""
_TOGETHER = f"""
SELECT v.name FROM person_private AS p JOIN person_private AS v
    ON v.county = p.county AND v.household = p.household
 WHERE p.county = :county AND p.id = :id AND {_STANDS}
"""
_REPORT = """
SELECT incident FROM report WHERE county = :county AND id = :id
"""
_REPORTERS = """
SELECT id, reporter_name_sealed AS sealed FROM report
 WHERE county = :county AND incident = :id AND reporter_name_sealed IS NOT NULL
"""


def of_incident(
    connection: Connection, county: int, id: UUID, words: str, ring: Sealer
) -> list[str]:
    """Names in ``words`` of the incident's reporters and of its concerned households' persons."""
    asked = {"county": county, "id": id, "words": words}
    names = list(connection.scalars(text(_CONCERNED), asked))
    for row in connection.execute(text(_REPORTERS), asked):
        names.append(reporter_of(row.id, bytes(row.sealed), ring))
    return standing(names, words)


def of_household(connection: Connection, county: int, id: UUID, words: str) -> list[str]:
    """Names in ``words`` of the persons of a household."""
    asked = {"county": county, "id": id, "words": words}
    return standing(list(connection.scalars(text(_LIVING), asked)), words)


def of_subject(
    connection: Connection, kind: str, county: int, id: UUID, words: str, ring: Sealer
) -> list[str]:
    """Names in ``words`` of persons known with the subject of an act; none for other kinds."""
    asked = {"county": county, "id": id, "words": words}
    if kind == "household":
        return of_household(connection, county, id, words)
    if kind == "person":
        return standing(list(connection.scalars(text(_TOGETHER), asked)), words)
    if kind == "report":
        kind, id = "incident", connection.scalar(text(_REPORT), asked) or id
    return of_incident(connection, county, id, words, ring) if kind == "incident" else []


def reporter_of(report: UUID, sealed: bytes, ring: Sealer) -> str:
    """The name of a report's sender."""
    return sealing.unseal(ring, sealed, field="report.reporter_name", row=report)


def standing(names: Collection[str], words: str) -> list[str]:
    """Those of the names that stand in ``words``, with their remark in brackets or without it."""
    bare = {one.split("（")[0].strip() for one in names} | set(names)
    return sorted(one for one in bare if len(one) >= SHORTEST_NAME and one in words)
