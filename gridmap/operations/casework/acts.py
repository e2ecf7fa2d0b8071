"""What each step does to an incident beyond its state; one without an act here does no more."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap.errors import InvalidInput
from gridmap.operations import visits
from gridmap.operations.circumstances import Circumstances
from gridmap.queries import holders, policies
from gridmap.rules import fields


@dataclass(frozen=True)
class Done:
    """What an act did: another state or path than expected, and the facts for the event."""

    state: str | None = None
    path: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


Given = Mapping[str, Any]


def update(connection: Connection, row: Row[Any], assignments: str, **values: Any) -> None:
    """Changes columns of the incident."""
    connection.execute(
        text(f"UPDATE incident SET {assignments} WHERE county = :county AND id = :id"),
        values | {"county": row.county, "id": row.id},
    )


def accept(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Notes when the holder has seen it."""
    update(connection, row, "accepted_at = :now", now=now.now)
    return Done()


_ADD_FIELDS = """
UPDATE incident SET fields = fields || CAST(:fields AS jsonb)
 WHERE county = :county AND id = :id
"""


def describe(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Keeps what the family of the incident asks, where something of it was answered."""
    answers = fields.checked(row.kind, given.get("fields") or {})
    if answers:
        connection.execute(
            text(_ADD_FIELDS),
            {
                "fields": json.dumps(answers, ensure_ascii=False),
                "county": row.county,
                "id": row.id,
            },
        )
    return Done(facts={"fields": answers} if answers else {})


def begin(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Who begins has seen it."""
    update(connection, row, "accepted_at = COALESCE(accepted_at, :now)", now=now.now)
    return Done()


def resolve(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Keeps the outcome, and with whom it is where it is not ours; a call-back is planned."""
    outcome, elsewhere = given["outcome"], given.get("not_ours_with")
    update(
        connection,
        row,
        "outcome = :outcome, not_ours_with = :elsewhere, resolved_at = :now",
        outcome=outcome,
        elsewhere=elsewhere,
        now=now.now,
    )
    visits.plan_call_back(connection, row, now)
    return Done(facts={"outcome": outcome} | ({"with": elsewhere} if elsewhere else {}))


def pause(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """The clock follows from the event; it says why it stands still."""
    return Done(facts={"pause": given["pause"]})


def call_back(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Keeps whether the resident is satisfied."""
    return Done(facts={"satisfied": given["satisfied"]})


def file(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Puts it on file; whoever was called in sees it no longer."""
    update(connection, row, "filed_at = :now", now=now.now)
    connection.execute(
        text(
            "UPDATE incident_access SET until = :now"
            " WHERE county = :county AND incident = :id AND until IS NULL"
        ),
        {"county": row.county, "id": row.id, "now": now.now},
    )
    return Done()


_STILL_THERE = """
SELECT EXISTS (SELECT FROM duty WHERE id = :duty AND during @> CAST(:now AS timestamptz))
"""


def reopen(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Comes back to whoever held it; where that worker is gone, to the center above."""
    update(
        connection,
        row,
        "outcome = NULL, not_ours_with = NULL, resolved_at = NULL, filed_at = NULL, rating = NULL,"
        " told_share = 0, climbed_depth = NULL",
    )
    held = row.holder_center or row.holder_department
    if held or connection.scalar(text(_STILL_THERE), {"duty": row.holder_duty, "now": now.now}):
        return Done(facts={"back_to": "holder"})
    center = _center_of(connection, row, now)
    update(connection, row, "holder_duty = NULL, holder_center = :center", center=center)
    return Done(state="verified", facts={"back_to": "center"})


def _center_of(connection: Connection, row: Row[Any], now: Circumstances) -> UUID | None:

    depth = holders.answering_depth(holders.levels(connection))
    center = holders.center_above(connection, row.path, depth)
    return center.id if center else None


def recategorize(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """Another category brings its own limit; the time used stays used."""
    category = int(given["category"])
    try:
        policies.rule_of(connection, category, at=row.received_at)
    except KeyError as error:
        raise InvalidInput("没有编号为 {n} 的类别。", n=category) from error
    # by another limit other shares are used up: they are told anew
    update(
        connection,
        row,
        "category = :category, told_share = 0, climbed_depth = NULL",
        category=category,
    )
    return Done(facts={"category_before": row.category, "category": category})


def rate(connection: Connection, row: Row[Any], given: Given, now: Circumstances) -> Done:
    """The reporter's own rating of how it was done."""
    report = UUID(now.actor.name)
    connection.execute(
        text(
            "UPDATE report SET rating = :rating, rated_at = :now"
            " WHERE county = :county AND id = :id"
        ),
        {"rating": given["rating"], "now": now.now, "county": row.county, "id": report},
    )
    update(connection, row, "rating = :rating", rating=given["rating"])
    return Done(facts={"rating": given["rating"]})
