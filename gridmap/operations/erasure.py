"""Forgetting people: those who moved away, and those who reported, after the years of the policy.

What is counted stays: the person's row without a name, the report without its sender.
"""

from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.access import Viewer
from gridmap.clock import local_day
from gridmap.database import Database
from gridmap.errors import NotFound
from gridmap.operations import trail
from gridmap.operations.circumstances import Circumstances
from gridmap.queries import names_in
from gridmap.queries.policies import policy
from gridmap.rules import masking

ERASER = Viewer("job", "eraser")
AT_ONCE = 500
Moment = TypeVar("Moment", date, datetime)
_LEAP = timedelta(days=1)

_MARK = """
UPDATE person AS p SET moved_away_on = :day FROM household AS h
 WHERE p.county = :county AND p.id = :id AND h.county = p.county AND h.id = p.household
RETURNING h.path
"""


def mark_moved_away(
    connection: Connection,
    county: int,
    person: UUID,
    day: date | None,
    *,
    source: str,
    given: Circumstances,
) -> None:
    """Keeps the day on which a person moved away; None: still there. NotFound where not seen."""
    marked = {"county": county, "id": person, "day": day}
    path = connection.scalar(text(_MARK), marked)
    if path is None:
        raise NotFound("没有这个人，或者你不能改动这一户。")
    trail.note(
        connection,
        "moved_away" if day else "moved_back",
        kind="person",
        id=person,
        path=path,
        source=source,
        given=given,
        data={"on": day},
    )


_PERSONS = """
WITH gone AS (
    SELECT p.county, p.id FROM person AS p
     WHERE p.moved_away_on < :before
       AND EXISTS (SELECT FROM person_private AS v WHERE v.county = p.county AND v.id = p.id)
     LIMIT :most),
nameless AS (
    DELETE FROM person_private AS v USING gone AS g WHERE v.county = g.county AND v.id = g.id)
UPDATE person AS p SET fingerprint = NULL, tags = '{}' FROM gone AS g
 WHERE p.county = g.county AND p.id = g.id
"""
_REPORTS = """
SELECT r.county, r.id, r.words, r.reporter_name_sealed AS name FROM report AS r
  JOIN incident AS i ON i.county = r.county AND i.id = r.incident
 WHERE r.received_at < :before AND i.resolved_at IS NOT NULL
   AND num_nonnulls(r.reporter_name_sealed, r.reporter_phone_sealed, r.reporter_phone_hash) > 0
 LIMIT :most FOR UPDATE OF r
"""
_SENDERLESS = """
UPDATE report SET reporter_name_sealed = NULL, reporter_phone_sealed = NULL,
       reporter_phone_hash = NULL, words = :words
 WHERE county = :county AND id = :id
"""


def erase(database: Database, given: Circumstances) -> dict[str, int]:
    """Erases whoever's time has come; how many persons and reporters. ``given`` acts as the job.

    In batches of their own transactions: what is interrupted goes on at the next call.
    """
    with database.transaction(given.actor) as connection:
        years = policy(connection, "erase_after_years", at=given.now)
    day = local_day(given.now, given.zone)
    moved_before = years_before(day, years["moved_away"])
    reported_before = years_before(given.now, years["reporters"])
    return {
        "persons": _in_batches(database, given, "persons_erased", "person", moved_before),
        "reporters": _in_batches(database, given, "reporters_erased", "report", reported_before),
    }


def _in_batches(
    database: Database, given: Circumstances, what: str, kind: str, before: date | datetime
) -> int:
    one_batch = _erase_persons if kind == "person" else _erase_reporters
    erased, total = AT_ONCE, 0
    while erased == AT_ONCE:
        with database.transaction(given.actor) as connection:
            erased = one_batch(connection, before, given)
            if erased:
                trail.note(connection, what, kind=kind, given=given, data={"n": erased})
        total += erased
    return total


def _erase_persons(connection: Connection, before: date | datetime, _given: Circumstances) -> int:
    return connection.execute(text(_PERSONS), {"before": before, "most": AT_ONCE}).rowcount


def _erase_reporters(connection: Connection, before: date | datetime, given: Circumstances) -> int:
    rows = connection.execute(text(_REPORTS), {"before": before, "most": AT_ONCE}).all()
    changes = [
        {"county": row.county, "id": row.id, "words": _without_sender(row, given)} for row in rows
    ]
    if changes:
        connection.execute(text(_SENDERLESS), changes)
    return len(rows)


def _without_sender(row: Row[Any], given: Circumstances) -> str:
    """What was reported, without any number and without the sender's own name."""
    name = names_in.reporter_of(row.id, bytes(row.name), given.sealer) if row.name else ""
    return masking.words(row.words, names_in.standing([name], row.words))


def years_before(moment: Moment, years: int) -> Moment:
    """The same day some years earlier; of the leap day, the day before it."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return (moment - _LEAP).replace(year=moment.year - years)
