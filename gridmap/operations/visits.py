"""Visits: planned once or in a series, made, and with a next date that follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import access, ids
from gridmap.clock import local_day
from gridmap.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gridmap.events import Event, HouseholdVisited, VisitMade
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import close_receipt, content_hash, open_receipt, record
from gridmap.operations.trail import note
from gridmap.queries import policies
from gridmap.queries.locate import Spot
from gridmap.rules.rounds import EVERY, after

LONGEST_SEEN = 4_000
MOST_OF_ROUND = 100


@dataclass(frozen=True)
class Whom:
    """What is visited: a household, an incident, or a household for an incident; one county's."""

    county: int
    household: UUID | None = None
    incident: UUID | None = None


@dataclass(frozen=True)
class NewPlan:
    """A visit to come, or a series of them until a day."""

    whom: Whom
    every: str
    first_on: date
    why: str
    until: date | None = None


@dataclass(frozen=True)
class NewVisit:
    """A visit that was made; its id is chosen by the phone that saw it, perhaps offline."""

    id: UUID
    whom: Whom
    seen: str
    at: datetime | None = None
    plan: UUID | None = None
    spot: Spot | None = None


_PLAN = """
INSERT INTO visit_plan (county, id, path, household, incident, every, next_on, until, why,
                        planned_by)
VALUES (:county, :id, :path, :household, :incident, :every, :first, :until, :why, :by)
"""


def plan(connection: Connection, new: NewPlan, given: Circumstances) -> UUID:
    """Plans visits; raises NotFound for what the actor may not see, InvalidInput for bad dates."""
    if new.every not in EVERY:
        raise InvalidInput("走访周期应是 once、weekly、monthly 或 quarterly。")
    if not new.why.strip() or (new.until and new.until < new.first_on):
        raise InvalidInput("走访计划要写明事由，截止日不能早于首次日期。")
    path = _place(connection, new.whom)
    id = ids.uuid7(given.now)
    values = {
        "id": id,
        "path": path,
        "every": new.every,
        "first": new.first_on,
        "until": new.until,
        "why": new.why.strip(),
        "by": str(given.actor),
    }
    connection.execute(text(_PLAN), vars(new.whom) | values)
    told = {"every": new.every, "first_on": new.first_on, "until": new.until}
    note(connection, "visit_planned", kind="visit_plan", id=id, path=path, given=given, data=told)
    return id


def plan_round(
    connection: Connection, whoms: Sequence[Whom], like: NewPlan, given: Circumstances
) -> list[UUID]:
    """Plans the same visits to several, all or none; raises as ``plan`` does."""
    if not 0 < len(whoms) <= MOST_OF_ROUND:
        raise InvalidInput("一次可以安排 1 到 {most} 户。", most=MOST_OF_ROUND)
    if len(set(whoms)) < len(whoms):
        raise InvalidInput("同一户写了两次；请去掉一个。")
    return [plan(connection, replace(like, whom=one), given) for one in whoms]


_CALL_BACK = """
INSERT INTO visit_plan (county, id, path, incident, every, next_on, why, planned_by)
VALUES (:county, :id, :path, :incident, 'once', :on, 'call_back', :by)
ON CONFLICT (county, incident) WHERE why = 'call_back' DO UPDATE SET next_on = EXCLUDED.next_on
"""


def plan_call_back(connection: Connection, row: Row[Any], given: Circumstances) -> None:
    """Plans the call-back on an incident that is being resolved; one that is resolved again, anew.

    ``row`` is the incident's, as ``case.found`` gives it; the days are a policy.
    """
    days = policies.policy(connection, "call_back_after_days", at=given.now)
    connection.execute(
        text(_CALL_BACK),
        {
            "county": row.county,
            "id": ids.uuid7(given.now),
            "path": row.path,
            "incident": row.id,
            "on": local_day(given.now, given.zone) + timedelta(days=days),
            "by": str(given.actor),
        },
    )


def drop(connection: Connection, county: int, id: UUID, given: Circumstances) -> None:
    """Ends a plan before its time; NotFound where there is none that the actor may end."""
    path = connection.scalar(
        text(
            "UPDATE visit_plan SET next_on = NULL WHERE county = :county AND id = :id"
            " AND next_on IS NOT NULL RETURNING path"
        ),
        {"county": county, "id": id},
    )
    if path is None:
        raise NotFound("没有这个走访计划，或者它已经结束。")
    note(connection, "visit_plan_ended", kind="visit_plan", id=id, path=path, given=given)


_MAKE = """
INSERT INTO visit (county, id, path, household, incident, plan, by, at, received_at, seen, point)
VALUES (:county, :id, :path, :household, :incident, :plan, :by, :at, :now, :seen,
        ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))
"""


def make(connection: Connection, new: NewVisit, given: Circumstances) -> dict[str, Any]:
    """Keeps a visit that was made; the plan's next date follows. Returns it with its id.

    The same id twice is the same visit and gets the first answer; with other content it raises
    Conflict. Raises NotFound for what the actor may not see, InvalidInput for what is missing.
    """
    if not 0 < len(new.seen.strip()) <= LONGEST_SEEN:
        raise InvalidInput("请写看到了什么，最多 {most} 字。", most=LONGEST_SEEN)
    if new.at and new.at > given.now:
        raise InvalidInput("走访时间 {at} 在将来，请核对时钟。", at=new.at.isoformat())
    first = open_receipt(
        connection,
        id=new.id,
        kind="visit",
        county=new.whom.county,
        content=content_hash(vars(new) | {"whom": str(new.whom), "spot": str(new.spot)}),
        at=given.now,
    )
    if first is not None:
        return first
    path = _place(connection, new.whom)
    made_at = new.at or given.now
    connection.execute(text(_MAKE), _values(new, path, made_at, given))
    next_on = _move_on(connection, new, local_day(made_at, given.zone)) if new.plan else None
    record(connection, _event(new, path), actor=given.actor, at=given.now)
    answer = {"id": str(new.id), "next_on": next_on.isoformat() if next_on else None}
    close_receipt(connection, id=new.id, answer=answer)
    return answer


def _values(new: NewVisit, path: str, made_at: datetime, given: Circumstances) -> dict[str, Any]:
    return vars(new.whom) | {
        "id": new.id,
        "path": path,
        "plan": new.plan,
        "by": str(given.actor),
        "at": made_at,
        "now": given.now,
        "seen": new.seen.strip(),
        "lon": new.spot.lon if new.spot else None,
        "lat": new.spot.lat if new.spot else None,
    }


def _event(new: NewVisit, path: str) -> Event:
    """What was seen of an incident is part of its timeline; of a household it stays at home."""
    facts = {"visit": str(new.id)}
    if new.whom.incident:
        return VisitMade(new.whom.county, path, new.whom.incident, "", "", new.seen.strip(), facts)
    assert new.whom.household is not None
    return HouseholdVisited(new.whom.county, path, new.whom.household, facts)


_LOCK_PLAN = """
SELECT every, next_on, until FROM visit_plan
 WHERE county = :county AND id = :plan AND household IS NOT DISTINCT FROM CAST(:household AS uuid)
   AND incident IS NOT DISTINCT FROM CAST(:incident AS uuid) FOR UPDATE
"""


def _move_on(connection: Connection, new: NewVisit, day: date) -> date | None:
    asked = vars(new.whom) | {"plan": new.plan}
    row = connection.execute(text(_LOCK_PLAN), asked).first()
    if row is None:
        raise NotFound("没有这个走访计划，或者它不是这一户、这一件的。")
    if row.next_on is None:
        raise Conflict("这个走访计划已经完成；请刷新后再看。")
    next_on = after(row.next_on, row.every, day, row.until)
    connection.execute(
        text("UPDATE visit_plan SET next_on = :next WHERE county = :county AND id = :plan"),
        {"next": next_on, "county": new.whom.county, "plan": new.plan},
    )
    return next_on


_HOUSEHOLD = "SELECT path FROM household WHERE county = :county AND id = :id"
_INCIDENT = "SELECT path FROM incident WHERE county = :county AND id = :id"


def _place(connection: Connection, whom: Whom) -> str:
    """Where it lies, if the actor may visit there: of the household, else of the incident."""
    paths = [
        connection.scalar(text(sql), {"county": whom.county, "id": id})
        for sql, id in ((_HOUSEHOLD, whom.household), (_INCIDENT, whom.incident))
        if id
    ]
    if not paths or None in paths:
        raise NotFound("没有这一户或这一件，或者你不能查看。")
    if not access.may(connection, "visit", "w", paths[0]):
        raise NotAllowed("你不能在这里走访；请找这里的网格员或综治中心。")
    return str(paths[0])
