"""Free text that leaves the circle of those who may see what it is of: no number, no known name.

Known are the reporters of an incident and the persons of the households that it concerns. Who
asks reads none of these names: the job ``shield`` looks which of them stand in the text.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.queries import names_in
from gridmap.rules import masking
from gridmap.sealing import Sealer

SHIELD = Viewer("job", "shield")
Hide = Callable[[str], str]


def names_of(
    database: Database, county: int, incident: UUID, words: str, ring: Sealer
) -> list[str]:
    """The names in ``words`` of persons known with an incident."""
    if not words:
        return []
    with database.transaction(SHIELD) as connection:
        return names_in.of_incident(connection, county, incident, words, ring)


def of_incident(database: Database, county: int, incident: UUID, ring: Sealer) -> Hide:
    """What hides every number, and every name known with an incident, in a text of it."""
    return lambda words: masking.words(words, names_of(database, county, incident, words, ring))


def of_trail(
    database: Database, rows: Sequence[dict[str, Any]], ring: Sealer
) -> list[dict[str, Any]]:
    """Rows of the trail whose reasons (``why``) hold no name known with what they are of."""
    with database.transaction(SHIELD) as connection:
        return [row | {"why": _reason(connection, row, ring)} for row in rows]


def _reason(connection: Connection, row: dict[str, Any], ring: Sealer) -> str:
    if not (row["why"] and row["subject_id"]):
        return str(row["why"])
    known = (row["subject_kind"], row["county"] or 0, row["subject_id"])
    names = names_in.of_subject(connection, *known, row["why"], ring)
    return masking.words(row["why"], names)


def of_household(database: Database, county: int, household: UUID) -> Hide:
    """What hides every number, and every name of a household's persons, in a text of it."""

    def hide(words: str) -> str:
        if not words:
            return ""
        with database.transaction(SHIELD) as connection:
            names = names_in.of_household(connection, county, household, words)
        return masking.words(words, names)

    return hide
