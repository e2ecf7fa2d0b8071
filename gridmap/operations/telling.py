"""Telling people: what they must act on at once, the rest in a daily digest."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, text

from gridmap import area, ids
from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.following import new_events
from gridmap.queries import holders, policies
from gridmap.rules import notices
from gridmap.rules.notices import Notice, Telling

TELLER = Viewer("job", "teller")
READER = "notices"
MOST_NAMED = 20
"""So many of the things that a batch tells of are named one by one."""


def tell(database: Database, given: Circumstances) -> int:
    """Makes the notices of what happened since the last time; returns how many."""
    with database.transaction(TELLER) as connection:
        events = new_events(connection, READER)
        if not events:
            return 0
        made = notices.fold(_tellings(connection, events, given.now))
        if made:
            connection.execute(text(_MAKE), [_row(one, given.now) for one in made])
        return len(made)


# a batch that was told before is known by its id: it is never told again
_MAKE = """
INSERT INTO notice (id, account, county, path, kind, urgent, subject_kind, subject_id, why, n, data,
                    batch, made_at, told_at)
VALUES (:id, :account, :county, :path, :kind, :urgent, :subject_kind, :subject_id, :why, :n,
        CAST(:data AS jsonb), :batch, :now, CASE WHEN :urgent THEN CAST(:now AS timestamptz) END)
ON CONFLICT (account, batch) DO NOTHING
"""


def _row(one: Notice, now: datetime) -> dict[str, Any]:
    first = one.first
    county, subject_kind, subject = first.subject
    named = [{"county": c, "kind": kind, "id": id} for c, kind, id in one.subjects[:MOST_NAMED]]
    return {
        "id": ids.uuid7(now),
        "account": first.who,
        "county": county,
        "path": first.path,
        "kind": first.kind,
        "urgent": first.rule.at_once,
        "subject_kind": subject_kind,
        "subject_id": subject,
        "why": first.rule.to,
        "n": len(one.subjects),
        "data": json.dumps({"kinds": one.kinds, "subjects": named}, default=str),
        "batch": first.batch,
        "now": now,
    }


@dataclass(frozen=True)
class _People:
    """Who there is to be told: holders of incidents, officers by path, departments' and staff's."""

    incidents: dict[UUID, Row[Any]]
    of_duty: dict[UUID, list[UUID]]
    of_body: dict[UUID, list[UUID]]
    of_staff: dict[UUID, list[UUID]]
    officers: dict[str, list[UUID]]
    commanders: dict[str, list[UUID]]
    called: dict[tuple[UUID, datetime], list[UUID]]
    answering: int


def _tellings(
    connection: Connection, events: Sequence[Row[Any]], now: datetime
) -> Iterator[Telling]:
    people = _people(connection, events, now)
    # a transaction's events come all at once: its first one names the batch, whoever reads it
    batches: dict[str, UUID] = {}
    for event in events:
        batch = batches.setdefault(str(event.xid), event.id)
        facts = event.data.get("facts", {})
        for rule in notices.rules_for(event.kind, facts):
            for account in dict.fromkeys(_audience(people, rule.to, event, facts)):
                if event.actor != f"account:{account}":
                    subject = (event.county, event.subject_kind, event.subject_id)
                    yield Telling(account, batch, event.kind, subject, event.path, rule)


def _audience(people: _People, to: str, event: Row[Any], facts: dict[str, Any]) -> Sequence[UUID]:
    """The accounts that an audience of an event means."""
    direct = {notices.NAMED: people.of_staff, notices.LATE: people.of_body}.get(to)
    if direct is not None:
        return direct.get(UUID(facts["body"]) if to == notices.LATE else event.subject_id, [])
    if to == notices.LEVEL:
        both = {
            path: [*people.officers.get(path, []), *people.commanders.get(path, [])]
            for path in {*people.officers, *people.commanders}
        }
        return notices.nearest(both, str(facts["to"]))
    if to == notices.CALLED:
        bodies = people.called.get((event.subject_id, event.at), [])
        return [account for body in bodies for account in people.of_body.get(body, [])]
    incident = people.incidents.get(event.subject_id)
    if incident is None:
        return []
    if to == notices.CENTER:
        answering = area.at_level(incident.path, people.answering) or incident.path
        return notices.nearest(people.officers, answering)
    held_by = incident.holder_center or incident.holder_department
    return [*people.of_duty.get(incident.holder_duty, []), *people.of_body.get(held_by, [])]


_INCIDENTS = """
SELECT id, path, holder_duty, holder_center, holder_department FROM incident WHERE id = ANY(:ids)
"""
# whoever stands in is told in place of who is away
_OF_DUTY = """
SELECT d.id AS duty, a.id AS account
  FROM duty AS d
  LEFT JOIN stand_in AS s ON s.staff = d.staff AND s.during @> CAST(:now AS timestamptz)
                         AND guard.within(d.path, s.path)
  JOIN account AS a ON a.staff = COALESCE(s.by_staff, d.staff) AND a.closed_at IS NULL
 WHERE d.id = ANY(:ids)
"""
_OF_STAFF = "SELECT staff, id FROM account WHERE staff = ANY(:ids) AND closed_at IS NULL"
_CALLED = """
SELECT incident, asked_at, department FROM errand
 WHERE incident = ANY(:ids) AND kind = 'whistle' AND department IS NOT NULL
"""


def _people(connection: Connection, events: Sequence[Row[Any]], now: datetime) -> _People:
    subjects = [event.subject_id for event in events if event.subject_id]
    incidents = {row.id: row for row in connection.execute(text(_INCIDENTS), {"ids": subjects})}
    duties = [row.holder_duty for row in incidents.values() if row.holder_duty]
    staff = [event.subject_id for event in events if event.subject_kind == "staff"]
    called: dict[tuple[UUID, datetime], list[UUID]] = defaultdict(list)
    for row in connection.execute(text(_CALLED), {"ids": subjects}):
        called[row.incident, row.asked_at].append(row.department)
    appointed = connection.execute(text("SELECT * FROM guard.appointed()")).all()
    return _People(
        incidents,
        _grouped(connection.execute(text(_OF_DUTY), {"ids": duties, "now": now}).all()),
        _grouped([(row.body, row.account) for row in appointed if row.body]),
        _grouped(connection.execute(text(_OF_STAFF), {"ids": staff}).all()),
        _grouped([(row.path, row.account) for row in appointed if row.role == "center_officer"]),
        _grouped([(row.path, row.account) for row in appointed if row.role == "commander"]),
        called,
        holders.answering_depth(holders.levels(connection)),
    )


def _grouped(pairs: Sequence[Any]) -> dict[Any, list[UUID]]:
    grouped: dict[Any, list[UUID]] = defaultdict(list)
    for key, account in pairs:
        grouped[key].append(account)
    return dict(grouped)


def last_digest(now: datetime, at: str, zone: str) -> datetime:
    """The latest moment at which the digest was due: ``at`` is a local time like 17:30."""
    local = now.astimezone(ZoneInfo(zone))
    due = datetime.combine(local.date(), time.fromisoformat(at), ZoneInfo(zone))
    return due if due <= local else due - timedelta(days=1)


_DIGEST = """
UPDATE notice SET told_at = :now WHERE told_at IS NULL AND made_at <= :due RETURNING account
"""


def digest(database: Database, given: Circumstances) -> dict[UUID, int]:
    """Tells what waited for the daily digest, once it is time: account → how many notices.

    A digest that was missed is told as soon as possible; no notice is told twice.
    """
    with database.transaction(TELLER) as connection:
        at = policies.policy(connection, "digest_at", at=given.now)
        due = last_digest(given.now, at, given.zone)
        told: dict[UUID, int] = {}
        for account in connection.scalars(text(_DIGEST), {"now": given.now, "due": due}):
            told[account] = told.get(account, 0) + 1
    return told


def logins(connection: Connection, accounts: Sequence[UUID]) -> dict[UUID, str]:
    """The logins of accounts that are open."""
    rows = connection.execute(
        text("SELECT id, login FROM account WHERE id = ANY(:ids) AND closed_at IS NULL"),
        {"ids": list(accounts)},
    )
    return {row.id: row.login for row in rows}


_SEEN = """
UPDATE notice SET seen_at = :now
 WHERE account = :account AND seen_at IS NULL AND told_at IS NOT NULL
   AND (:all OR id = ANY(CAST(:ids AS uuid[])))
"""


def mark_seen(connection: Connection, wanted: Sequence[UUID] | None, given: Circumstances) -> int:
    """Marks the viewer's own notices as seen, all of them for None; returns how many were new."""
    return connection.execute(
        text(_SEEN),
        {
            "now": given.now,
            "account": given.actor.name if given.actor.kind == "account" else None,
            "all": wanted is None,
            "ids": [str(one) for one in wanted or ()],
        },
    ).rowcount
